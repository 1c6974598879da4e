import Storage
import Tenancy

/// A web form that anyone may post to with its token.
package struct Form: Sendable, Equatable {
    package let id: ID<Form>
    package var name: String
    /// The last characters of the token; the token itself is only kept as its hash.
    package var hint: String
    /// What its leads have as source.
    package var source: String
    package var product: String?
    package var territory: String?
    /// Web origins that may post from their pages, as `https://www.example.com`.
    package var origins: [String]
    package var thankYou: String?
    /// What it asks and how it takes the answers; nil for the fields of old.
    package var definition: FormDefinition?
    package var isActive: Bool
    package var submissions: Int
    package var lastSubmissionAt: Instant?
    package var version: Int

    static let defaultThanks = "Thank you. We will be in touch shortly."
}

extension Form {
    /// A form to be made: its token, and what it counts, come with `Forms.create`.
    package init(
        named name: String, product: String? = nil, origins: [String] = [],
        thankYou: String? = nil
    ) {
        id = ID()
        self.name = name
        hint = ""
        source = "web_form"
        self.product = product
        self.origins = origins
        self.thankYou = thankYou
        isActive = true
        submissions = 0
        version = 1
    }
}

extension Form: RowDecodable {
    static let columns: SQL = """
        id, name, hint, source, product, territory, origins, thank_you, definition, active,
        submissions, last_submission_at, version
        """

    package init(row: inout Row) throws {
        id = try row.next()
        name = try row.next()
        hint = try row.next()
        source = try row.next()
        product = try row.next()
        territory = try row.next()
        origins = try JSON(parsing: row.next(String.self)).array?.compactMap(\.string) ?? []
        thankYou = try row.next()
        definition = try row.next(String?.self).map(FormDefinition.init(stored:))
        isActive = try row.next()
        submissions = try row.next()
        lastSubmissionAt = try row.next()
        version = try row.next()
    }
}

/// A tenant's forms, in this transaction.
package struct Forms: Sendable {
    let scope: Scope

    static let max = 200

    package init(_ scope: Scope) {
        self.scope = scope
    }

    package func list() async throws -> [Form] {
        try await scope.tx.all(
            """
            SELECT \(Form.columns) FROM forms WHERE tenant_id = \(scope.tenant) ORDER BY name, id
            """)
    }

    package func find(_ id: ID<Form>) async throws -> Form {
        let form: Form? = try await scope.tx.first(
            """
            SELECT \(Form.columns) FROM forms WHERE tenant_id = \(scope.tenant) AND id = \(id)
            """)
        guard let form else { throw Problem.notFound("form") }
        return form
    }

    /// Makes a form and its token, which is told only now.
    package func create(_ form: Form) async throws -> (form: Form, token: String) {
        try scope.caller.must(.settingsEdit)
        let count: Int? = try await scope.tx.value(
            "SELECT COUNT(*) FROM forms WHERE tenant_id = \(scope.tenant)")
        guard count ?? 0 < Self.max else {
            throw Problem.conflict("You have \(Self.max) forms. Delete one first.")
        }
        let token = SecretToken.random()
        var form = try await settled(form)
        form.hint = String(token.suffix(4))
        try await scope.tx.execute(
            """
            INSERT INTO forms (tenant_id, id, name, token_hash, hint, source, product, territory,
                origins, thank_you, definition, active, created_at)
            VALUES (\(scope.tenant), \(form.id), \(form.name), \(SecretToken.hash(token)),
                \(form.hint), \(form.source), \(form.product), \(form.territory),
                \(origins(form)), \(form.thankYou), \(form.definition?.json.text),
                \(form.isActive), \(scope.now))
            """)
        try await record("form.created", form)
        return (form, token)
    }

    /// - Throws: `Problem.stale` when `version` is not the form's.
    package func change(
        _ id: ID<Form>, version: Int, _ edit: @Sendable (inout Form) -> Void
    ) async throws -> Form {
        try scope.caller.must(.settingsEdit)
        var form = try await find(id)
        guard form.version == version else {
            throw Problem.stale("Somebody else changed this form. Reload and try again.")
        }
        edit(&form)
        form = try await settled(form)
        form.version += 1
        try await scope.tx.execute(
            """
            UPDATE forms SET name = \(form.name), source = \(form.source),
                product = \(form.product), territory = \(form.territory),
                origins = \(origins(form)), thank_you = \(form.thankYou),
                definition = \(form.definition?.json.text), active = \(form.isActive),
                version = \(form.version)
            WHERE tenant_id = \(scope.tenant) AND id = \(id)
            """)
        try await record("form.changed", form)
        return form
    }

    /// Gives the form another token; the old one is worth nothing from then on.
    package func rotate(_ id: ID<Form>) async throws -> (form: Form, token: String) {
        try scope.caller.must(.settingsEdit)
        var form = try await find(id)
        let token = SecretToken.random()
        form.hint = String(token.suffix(4))
        form.version += 1
        try await scope.tx.execute(
            """
            UPDATE forms SET token_hash = \(SecretToken.hash(token)), hint = \(form.hint),
                version = \(form.version)
            WHERE tenant_id = \(scope.tenant) AND id = \(id)
            """)
        try await record("form.token_rotated", form)
        return (form, token)
    }

    package func delete(_ id: ID<Form>) async throws {
        try scope.caller.must(.settingsEdit)
        let form = try await find(id)
        try await scope.tx.execute(
            "DELETE FROM forms WHERE tenant_id = \(scope.tenant) AND id = \(id)")
        try await record("form.deleted", form)
    }

    /// A form whose definition was found right, with the version of its words of consent.
    ///
    /// - Throws: `Problem.invalid` with everything that is wrong.
    private func settled(_ form: Form) async throws -> Form {
        guard var definition = form.definition else { return form }
        let faults = definition.faults(try await CustomFields(scope).list())
        guard faults.isEmpty else { throw Problem.invalid(faults) }
        if let consent = definition.consent {
            definition.consent?.version = try await Consents(scope).keep(
                consent.text, of: form.id)
        }
        var form = form
        form.definition = definition
        return form
    }

    /// The company's custom fields, where the form asks for any.
    func custom(for form: Form) async throws -> [CustomField] {
        guard form.definition?.asksCustom ?? false else { return [] }
        return try await CustomFields(scope).list()
    }

    private func origins(_ form: Form) -> String {
        JSON.array(form.origins.map(JSON.string)).text
    }

    private func record(_ name: String, _ form: Form) async throws {
        try await scope.record(Event(name, form.id.uuid) { $0.member("name", form.name) })
    }

    /// The active form with this token, and the tenant it belongs to.
    package static func find(
        token: String, in tx: any Transaction
    ) async throws -> (tenant: TenantProfile, form: Form)? {
        guard token.utf8.count <= 100 else { return nil }
        // tenant: found by the token's hash, which is unique across tenants.
        let found = try await tx.rows(
            """
            SELECT tenant_id, \(Form.columns) FROM forms
            WHERE token_hash = \(SecretToken.hash(token)) AND active
            """
        ) { row in (try row.next(ID<Tenant>.self), try Form(row: &row)) }.first
        guard let found else { return nil }
        return (try await Tenants.find(found.0, in: tx), found.1)
    }
}
