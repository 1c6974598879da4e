import Meta
import Storage
import Tenancy
import Web

/// How the connection to Facebook stands, for people: all but its secrets.
struct MetaReport: Sendable {
    let connection: MetaConnection
    let callback: String
    let version: String
    let waiting: Int
    let forms: [MetaForm]
    let counts: [String: (leads: Int, last: Instant?)]
    let days: [MetaFormDay]
    /// What came of the last test lead; nil when none has come.
    let test: (outcome: Outcome, lead: ID<Lead>?)?

    init(
        _ connection: MetaConnection, _ mailing: Mailing, _ graph: MetaGraph, in scope: Scope
    ) async throws {
        self.connection = connection
        let slug = try await Tenants.find(scope.tenant, in: scope.tx).slug
        callback = mailing.meta(slug)
        version = graph.address.version
        let leads = MetaLeads(scope)
        waiting = try await leads.waiting()
        let forms = MetaForms(scope)
        self.forms = try await forms.list()
        counts = try await forms.counts()
        days = try await forms.days()
        test = try await leads.became(connection.testLeadgen)
    }

    func write(to writer: inout JSONWriter) {
        writer.object { body in
            body.member("state", connection.state.rawValue)
            body.member("fault", connection.fault)
            body.member("callback_url", callback)
            body.member("graph_version", version)
            body.member("app_secret_set", true)
            body.member("verify_token_set", true)
            body.member("page_token_hint", connection.tokenHint)
            body.member("page_id", connection.page)
            body.member("page_name", connection.pageName)
            body.member("subscribed") { writer in
                writer.value(connection.isSubscribed.map { .bool($0) } ?? .null)
            }
            body.member("checked_at", connection.checkedAt)
            body.member("paused_until", connection.pausedUntil)
            body.member("connected_at", connection.createdAt)
            body.member("mapping", connection.mapping.json)
            body.member("waiting", waiting)
            body.member("forms", objects: forms) { body, form in write(form, to: &body) }
            body.member("days", objects: days) { body, day in
                body.member("form_id", day.form)
                body.member("day", day.day)
                body.member("facebook", day.theirs)
                body.member("ours", day.ours)
                body.member("missing", day.missing)
                body.member("counted_at", day.countedAt)
            }
            body.member("test_lead") { writer in writeTest(to: &writer) }
        }
    }

    private func write(_ form: MetaForm, to body: inout JSONWriter) {
        body.member("form_id", form.id)
        body.member("name", form.name)
        body.member("leads", counts[form.id]?.leads ?? 0)
        body.member("last_lead_at", counts[form.id]?.last ?? nil)
        body.member("read_at", form.readAt)
        body.member("fault", form.fault)
    }

    private func writeTest(to writer: inout JSONWriter) {
        guard let leadgen = connection.testLeadgen else { return writer.null() }
        writer.object { body in
            body.member("leadgen_id", leadgen)
            body.member("asked_at", connection.testAt)
            body.member("outcome", test?.outcome.rawValue)
            body.member("lead", test?.lead)
        }
    }

    static let schema = Schema.named("MetaConnection", .object(fields))

    private static let count = Schema.integer(0...Int64.max)
    private static let moment = Schema.optional(.instant)
    private static let id = Schema.text(max: 100)

    private static let fields: [Schema.Field] = [
        .init("state", .choice(MetaConnection.State.allCases.map(\.rawValue)), required: true),
        .init("fault", .optional(.text(max: 1000)), required: true, "In Facebook’s words."),
        .init("callback_url", .text(max: 500), required: true, "To be given to Facebook."),
        .init("graph_version", .text(max: 20), required: true),
        .init("app_secret_set", .boolean, required: true),
        .init("verify_token_set", .boolean, required: true),
        .init("page_token_hint", .text(max: 4), required: true, "Its end; empty of a short one."),
        .init("page_id", .optional(id), required: true),
        .init("page_name", .optional(.text(max: 500)), required: true),
        .init(
            "subscribed", .optional(.boolean), required: true,
            "Whether the page tells of its leads; null until that is known."),
        .init("checked_at", moment, required: true), .init("paused_until", moment, required: true),
        .init("connected_at", .instant, required: true),
        .init("mapping", .map(.text(max: 100)), required: true),
        .init("waiting", count, required: true, "Leads whose answers are not here yet."),
        .init("forms", .list(.object(formFields), max: MetaForms.max), required: true),
        .init(
            "days", .list(.object(dayFields), max: MetaForms.max), required: true,
            "Days of UTC; what Facebook had when it was counted."),
        .init("test_lead", .optional(.object(testFields)), required: true),
    ]

    private static let formFields: [Schema.Field] = [
        .init("form_id", id, required: true),
        .init("name", .optional(.text(max: 200)), required: true),
        .init("leads", count, required: true), .init("last_lead_at", moment, required: true),
        .init("read_at", moment, required: true),
        .init("fault", .optional(.text(max: 1000)), required: true),
    ]

    private static let dayFields: [Schema.Field] = [
        .init("form_id", id, required: true), .init("day", .day, required: true),
        .init("facebook", count, required: true), .init("ours", count, required: true),
        .init("missing", count, required: true), .init("counted_at", .instant, required: true),
    ]

    private static let testFields: [Schema.Field] = [
        .init("leadgen_id", id, required: true), .init("asked_at", moment, required: true),
        .init(
            "outcome", .optional(.choice(Outcome.allCases.map(\.rawValue))), required: true,
            "Null while nothing has come."),
        .init("lead", .optional(.id), required: true),
    ]
}

extension MetaLeads {
    /// How many wait for their answers.
    func waiting() async throws -> Int {
        try await scope.tx.value(
            """
            SELECT COUNT(*) FROM inbox
            WHERE tenant_id = \(scope.tenant) AND outcome = 'waiting' AND channel = 'facebook'
            """) ?? 0
    }

    /// What became of what Facebook calls so; nil when it has not come.
    func became(_ leadgen: String?) async throws -> (outcome: Outcome, lead: ID<Lead>?)? {
        guard let leadgen else { return nil }
        return try await scope.tx.rows(
            """
            SELECT outcome, lead_id FROM inbox
            WHERE tenant_id = \(scope.tenant) AND channel = 'facebook' AND external_id = \(leadgen)
            """
        ) { row in (try row.next(Outcome.self), try row.next(ID<Lead>?.self)) }.first
    }
}

extension MetaForms {
    /// The form to test: the one that is named, else the one that the last lead is of.
    func tested(_ given: String?) async throws -> String? {
        if let given { return GraphID.isID(given) ? given : nil }
        let latest: String? = try await scope.tx.value(
            """
            SELECT f.form_id FROM meta_forms f
            WHERE f.tenant_id = \(scope.tenant)
            ORDER BY (SELECT COALESCE(MAX(l.sent_at), 0) FROM meta_leads l
                WHERE l.tenant_id = f.tenant_id AND l.form_id = f.form_id) DESC, f.form_id
            LIMIT 1
            """)
        return latest
    }
}

extension Mailing {
    /// What Facebook is given as the address of a company's webhook.
    func meta(_ slug: String) -> String { "\(site)/hooks/meta/\(slug)" }
}
