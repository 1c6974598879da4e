import HTTPTypes
import Storage
import Tenancy
import Web

/// Forms in the API: for admins.
struct FormRoutes {
    var routes: [Route] {
        [
            .api(
                .get, "/forms", "Lists web forms",
                answers: [.init(200, "All of them.", .page(of: Form.schema))], handle: list),
            .api(
                .post, "/forms", "Makes a web form", input: .json(Form.inputSchema),
                answers: [.init(201, "With its token, told only now.", Form.tokenSchema)],
                handle: create),
            .api(
                .patch, "/forms/{id}", "Changes a web form", input: .json(Form.changeSchema),
                answers: [.init(200, "As it is now.", Form.schema)], needsVersion: true,
                handle: change),
            .api(
                .delete, "/forms/{id}", "Deletes a web form; its leads stay",
                answers: [.init(204, "Deleted.")], handle: delete),
            .api(
                .post, "/forms/{id}/token", "Gives a web form another token",
                answers: [.init(200, "With the token, told only now.", Form.tokenSchema)],
                handle: rotate),
        ].grouped("Forms")
    }

    private func list(_ call: Call) async throws -> Reply {
        let forms = try await call.read { scope in
            try scope.caller.must(.settingsEdit)
            return try await Forms(scope).list()
        }
        return .page(forms, next: nil) { $1.write(to: &$0) }
    }

    private func create(_ call: Call) async throws -> Reply {
        let form = try Form(call.input)
        return try await call.write { scope in
            let (form, token) = try await Forms(scope).create(form)
            return .json(.created, version: form.version) {
                form.write(to: &$0) { $0.member("token", token) }
            }.secret
        }
    }

    private func change(_ call: Call) async throws -> Reply {
        let (id, version): (ID<Form>, Int) = (try call.id(of: "form"), try call.version())
        let input = call.input
        try Form.check(input)
        return try await call.write { scope in
            let form = try await Forms(scope).change(id, version: version) { $0.apply(input) }
            return .json(version: form.version) { form.write(to: &$0) }
        }
    }

    private func delete(_ call: Call) async throws -> Reply {
        let id: ID<Form> = try call.id(of: "form")
        return try await call.write { scope in
            try await Forms(scope).delete(id)
            return .noContent
        }
    }

    private func rotate(_ call: Call) async throws -> Reply {
        let id: ID<Form> = try call.id(of: "form")
        return try await call.write { scope in
            let (form, token) = try await Forms(scope).rotate(id)
            return .json(version: form.version) {
                form.write(to: &$0) { $0.member("token", token) }
            }.secret
        }
    }
}

extension Form {
    private static let input: [Schema.Field] = [
        .init("source", .text(max: 60), "web_form unless told."),
        .init("product", .optional(.text(max: 120))),
        .init("territory", .optional(.text(max: 120))),
        .init("origins", .list(.text(max: 300), max: 50), "As https://www.example.com."),
        .init("thank_you", .optional(.text(max: 500))), .init("active", .boolean),
        .init(
            "definition", .optional(FormDefinition.schema),
            "What it asks; null for company, name, email, phone and a message."),
    ]

    static let inputSchema = Schema.named(
        "NewForm", .object([.init("name", .text(max: 120), required: true)] + input))
    static let changeSchema = Schema.named(
        "FormChange", .object([.init("name", .text(max: 120))] + input))

    private static let output: [Schema.Field] = [
        .init("id", .id, required: true), .init("name", .text(max: 120), required: true),
        .init("token_hint", .text(max: 10), required: true),
        .init("source", .text(max: 60), required: true),
        .init("product", .optional(.text(max: 120)), required: true),
        .init("territory", .optional(.text(max: 120)), required: true),
        .init("origins", .list(.text(max: 300), max: 50), required: true),
        .init("thank_you", .optional(.text(max: 500)), required: true),
        .init("definition", .optional(FormDefinition.schema), required: true),
        .init("active", .boolean, required: true),
        .init("submissions", .integer(0...Int64.max), required: true),
        .init("last_submission_at", .optional(.instant), required: true),
        .init("version", .integer(1...Int64.max), required: true),
    ]

    static let schema = Schema.named("Form", .object(output))
    static let tokenSchema = Schema.named(
        "FormWithToken", .object(output + [.init("token", .text(max: 100), required: true)]))

    func write(
        to writer: inout JSONWriter, extra: (inout JSONWriter) -> Void = { _ in }
    ) {
        writer.object { body in
            body.member("id", id)
            body.member("name", name)
            body.member("token_hint", hint)
            body.member("source", source)
            body.member("product", product)
            body.member("territory", territory)
            body.member("origins", .array(origins.map(JSON.string)))
            body.member("thank_you", thankYou)
            body.member("definition", definition?.json ?? .null)
            body.member("active", isActive)
            body.member("submissions", submissions)
            body.member("last_submission_at", lastSubmissionAt)
            body.member("version", version)
            extra(&body)
        }
    }

    /// - Throws: `Problem.invalid` for an empty name or an origin that is none.
    static func check(_ input: Fields) throws {
        var faults: [Problem.Fault] = []
        if input.has("name"), input.text("name") == nil {
            faults.append(.init("name", "Give the form a name."))
        }
        for (index, origin) in (input.texts("origins") ?? []).enumerated() {
            let host = origin.split(separator: "/", omittingEmptySubsequences: false)
            let isOrigin =
                host.count == 3 && !host[2].isEmpty
                && ["http:", "https:"].contains(String(host[0]))
            if !isOrigin {
                faults.append(
                    .init("origins[\(index)]", "Give an origin like https://www.example.com."))
            }
        }
        guard faults.isEmpty else { throw Problem.invalid(faults) }
    }

    init(_ input: Fields) throws {
        try Form.check(input)
        id = ID()
        name = input.text("name") ?? ""
        hint = ""
        source = "web_form"
        origins = []
        isActive = true
        submissions = 0
        version = 1
        apply(input)
    }

    mutating func apply(_ input: Fields) {
        if let text = input.text("name") { name = text }
        if let text = input.text("source") { source = text.lowercased() }
        if input.has("product") { product = input.text("product") }
        if input.has("territory") { territory = input.text("territory") }
        if let list = input.texts("origins") { origins = list.removingDuplicates() }
        if input.has("thank_you") { thankYou = input.text("thank_you") }
        if input.has("definition") {
            definition = input.fields("definition").map(FormDefinition.init)
        }
        if let active = input.bool("active") { isActive = active }
    }
}
