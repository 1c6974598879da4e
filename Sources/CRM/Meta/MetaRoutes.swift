import Background
import HTTPTypes
import Meta
import Storage
import Tenancy
import Web

/// The connection to Facebook in the API, for who may manage connections.
struct MetaRoutes {
    let keys: MasterKeys
    let graph: MetaGraph
    let mailing: Mailing

    var routes: [Route] {
        [
            .api(
                .get, "/connections/meta", "Reads the connection to Facebook’s lead ads",
                answers: [.init(200, "Without its secrets.", MetaReport.schema)], handle: show),
            .api(
                .put, "/connections/meta", "Connects to Facebook’s lead ads, or changes that",
                input: .json(Self.changeSchema),
                answers: [
                    .init(200, "As it is now; the token is checked next.", MetaReport.schema)
                ],
                handle: set),
            .api(
                .delete, "/connections/meta", "Ends the connection to Facebook’s lead ads",
                answers: [.init(204, "Gone. What came stays; what waits is refused.")],
                handle: remove),
            .api(
                .patch, "/connections/meta/mapping", "Says which field a question of a form is",
                input: .json(Self.mappingSchema),
                answers: [.init(200, "As it is now.", MetaReport.schema)], handle: map),
            .api(
                .post, "/connections/meta/check", "Asks Facebook again, after a fault",
                answers: [.init(200, "What waited goes on.", MetaReport.schema)], handle: check),
            .api(
                .post, "/connections/meta/test-lead", "Has Facebook send a test lead",
                input: .json(Self.formSchema),
                answers: [.init(201, "It comes by the webhook.", Self.testSchema)], handle: test),
            .api(
                .post, "/connections/meta/backfill", "Fetches leads that Facebook has and we lack",
                input: .json(Self.daySchema),
                answers: [.init(202, "A job does it.", Self.askedSchema)],
                handle: { try await read($0, takes: true) }),
            .api(
                .post, "/connections/meta/reconciliation",
                "Counts what Facebook has of the last days, to be compared",
                input: .json(Self.formSchema),
                answers: [.init(202, "A job does it.", Self.askedSchema)],
                handle: { try await read($0, takes: false) }),
        ].grouped("Connections")
    }

    private func show(_ call: Call) async throws -> Reply {
        try await call.read { scope in
            let report = try await report(of: MetaConnections(scope, keys).find(), in: scope)
            return .json { report.write(to: &$0) }
        }
    }

    private func report(of connection: MetaConnection, in scope: Scope) async throws -> MetaReport {
        try await MetaReport(connection, mailing, graph, in: scope)
    }

    private func set(_ call: Call) async throws -> Reply {
        let input = call.input
        return try await call.write { scope in
            try scope.caller.must(.connectionsEdit)
            var change = MetaChange(
                appSecret: input.text("app_secret"), verifyToken: input.text("verify_token"),
                pageToken: input.text("page_token"))
            if let mapping = input["mapping"], mapping != .null {
                change.mapping = try MetaMapping(mapping, try await CustomFields(scope).list())
            }
            let kept = try await MetaConnections(scope, keys).set(change)
            let report = try await report(of: kept, in: scope)
            return .json { report.write(to: &$0) }
        }
    }

    private func remove(_ call: Call) async throws -> Reply {
        try await call.write { scope in
            try await MetaConnections(scope, keys).remove()
            return .noContent
        }
    }

    private func map(_ call: Call) async throws -> Reply {
        let (question, target) = (
            call.input.text("question") ?? "", call.input.text("target") ?? ""
        )
        return try await call.write { scope in
            let kept = try await MetaConnections(scope, keys).map(question, to: target)
            let report = try await report(of: kept, in: scope)
            return .json { report.write(to: &$0) }
        }
    }

    private func check(_ call: Call) async throws -> Reply {
        try await call.write { scope in
            let report = try await report(of: MetaConnections(scope, keys).check(), in: scope)
            return .json { report.write(to: &$0) }
        }
    }

    /// Facebook is asked before anything is kept, and by those alone who may.
    private func test(_ call: Call) async throws -> Reply {
        let given = call.input.text("form_id")
        let (form, token) = try await call.read { scope in
            let connections = MetaConnections(scope, keys)
            let connection = try await connections.find()
            guard let form = try await MetaForms(scope).tested(given) else {
                throw Problem.invalid(
                    "form_id", "Name a form: none is known yet, so none can be chosen.")
            }
            return (form, try await connections.token(of: connection))
        }
        let leadgen: String
        do { leadgen = try await graph.testLead(of: form, token: token) } catch let fault
            as GraphFault
        {
            throw Problem.unavailable("Facebook made no test lead: \(fault.description)")
        }
        return try await call.write { scope in
            try await MetaConnections(scope, keys).noteTest(leadgen, of: form)
            return .json(.created) { writer in
                writer.object {
                    $0.member("leadgen_id", leadgen)
                    $0.member("form_id", form)
                }
            }
        }
    }

    private static let comparedDays = 7

    /// Has Facebook's lists read: all forms or one, from a day on or from where we are.
    private func read(_ call: Call, takes: Bool) async throws -> Reply {
        let form = call.input.text("form_id")
        let today = call.now.day().number
        var days: Int? = takes ? nil : Self.comparedDays
        if let day = call.input.day("day") {
            let count = today - day.number + 1
            guard (1...MetaRoutes.daysMax).contains(count) else {
                throw Problem.invalid("day", "Give one of the last \(Self.daysMax) days.")
            }
            days = count
        }
        let job = ReadMetaForms(form: form, days: days, takes: takes)
        return try await call.write { scope in
            _ = try await MetaConnections(scope, keys).find()
            if let form, try await MetaForms(scope).find(form) == nil {
                throw Problem.invalid("form_id", "No such form is known.")
            }
            let key = "meta-\(takes ? "fill" : "compare"):\(form ?? "")"
            try await Jobs(scope).add(job, key: key, rival: .makesWay)
            return .json(.accepted) { writer in writer.object { $0.member("asked", true) } }
        }
    }

    static let daysMax = 90

    private static let secret = Schema.text(max: 2000)

    private static let changeSchema = Schema.named(
        "MetaConnectionChange",
        .object([
            .init("app_secret", secret, "What Facebook signs its calls with."),
            .init("verify_token", secret, "Words of your choice; Facebook is given the same."),
            .init("page_token", secret, "A long-lived token of the page."),
            .init(
                "mapping", .optional(.map(.text(max: 100))),
                "By question: a field of a lead, `custom.` and a key, or `ignore`."),
        ]))

    private static let mappingSchema = Schema.named(
        "MetaMappingChange",
        .object([
            .init("question", .text(max: MetaMapping.questionMax), required: true, "Its key."),
            .init(
                "target", .text(max: 100), required: true,
                "A field of a lead, `custom.` and a key, or `ignore`; empty for the usual one."),
        ]))

    private static let formSchema = Schema.named(
        "MetaFormChoice",
        .object([.init("form_id", .optional(.text(max: 100)), "All, or the latest, unless told.")]))

    private static let daySchema = Schema.named(
        "MetaBackfill",
        .object([
            .init("form_id", .optional(.text(max: 100)), "All unless told."),
            .init("day", .optional(.day), "From this day on; from where we are unless told."),
        ]))

    private static let testSchema = Schema.named(
        "MetaTestLead",
        .object([
            .init("leadgen_id", .text(max: 100), required: true),
            .init("form_id", .text(max: 100), required: true),
        ]))

    private static let askedSchema = Schema.named(
        "MetaAsked", .object([.init("asked", .boolean, required: true)]))
}
