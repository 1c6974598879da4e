import HTTPTypes
import Storage
import Tenancy
import Web

/// The doors by which other systems bring leads: those of partners, and ERPs.
struct DoorRoutes {
    var routes: [Route] {
        [
            .api(
                .post, "/doors/partner", "Takes leads that a partner brings, each once",
                input: .json(
                    Self.schema("partner", "The partner's name; a partner's own key needs none.")),
                answers: [.init(200, "What became of each, in order.", Self.answer)],
                handle: takeFromPartner),
            .api(
                .post, "/doors/erp", "Takes leads out of an ERP, each once",
                input: .json(Self.schema("erp_system", "What the ERP is called.", required: true)),
                answers: [.init(200, "What became of each, in order.", Self.answer)],
                handle: takeFromERP),
        ].grouped("Doors")
    }

    private static func schema(
        _ name: String, _ note: String, required: Bool = false
    ) -> Schema {
        .object([
            .init(name, .text(max: 120), required: required, note),
            .init("entries", .list(entry, max: Doors.entriesMax), required: true),
        ])
    }

    private static let entry = Schema.object([
        .init(
            "external_id", .text(max: 200), required: true,
            "What the other side calls it. Sent again, it is answered as before."),
        .init("document", .optional(.text(max: 200)), "An offer, an order, a deal registration."),
        .init("lead", .map(.any), required: true, "As NewLead; each is checked for itself."),
    ])

    private static let answer = Schema.named(
        "DoorAnswer",
        .object([
            .init("created", .integer(0...Int64.max), required: true),
            .init("merged", .integer(0...Int64.max), required: true),
            .init("refused", .integer(0...Int64.max), required: true),
            .init(
                "known", .integer(0...Int64.max), required: true,
                "How many had come before; they are in the other numbers, too."),
            .init(
                "data",
                .list(
                    .object([
                        .init("external_id", .text(max: 200), required: true),
                        .init(
                            "outcome", .choice(Outcome.allCases.map(\.rawValue)), required: true),
                        .init("known", .boolean, required: true),
                        .init("lead", .optional(.id), required: true),
                        .init("problem", .optional(.text(max: 10_000)), required: true),
                    ]), max: Doors.entriesMax), required: true),
        ]))

    private func takeFromPartner(_ call: Call) async throws -> Reply {
        let given = call.input.text("partner")
        return try await take(call, .partner) { scope in
            // Who is of a partner speaks for that one alone.
            let own =
                scope.caller.role == .partner
                ? try await Partners(scope).list().first?.name : nil
            guard let partner = own ?? given else {
                throw Problem.invalid("partner", "Say which partner brings them.")
            }
            return ("partner", partner)
        }
    }

    private func takeFromERP(_ call: Call) async throws -> Reply {
        guard let system = call.input.text("erp_system") else {
            throw Problem.invalid("erp_system", "Say what the ERP is called.")
        }
        return try await take(call, .erp) { _ in ("erp_system", system) }
    }

    private func take(
        _ call: Call, _ channel: Arrived.Channel,
        _ origin: @escaping @Sendable (Scope) async throws -> (name: String, value: String)
    ) async throws -> Reply {
        try call.caller().must(.leadsCreate)
        let entries = call.input.list("entries") ?? []
        let remote = call.remote
        var faults: [Problem.Fault] = []
        for (place, entry) in entries.enumerated() where entry.text("external_id") == nil {
            faults.append(
                .init("entries[\(place)].external_id", "Give it, so that it is taken once."))
        }
        guard faults.isEmpty else { throw Problem.invalid(faults) }
        return try await call.write(isolation: .readCommitted) { scope in
            let from = try await origin(scope)
            let profile = try await Tenants.find(scope.tenant, in: scope.tx)
            let doors = Doors(scope: scope, channel: channel, remote: remote)
            var answers: [DoorAnswer] = []
            for entry in entries {
                answers.append(
                    try await doors.take(Self.arrival(entry, from), profile))
            }
            return Self.reply(answers)
        }
    }

    private static func arrival(
        _ entry: Fields, _ from: (name: String, value: String)
    ) -> DoorArrival {
        var attribution = [from.name: JSON.string(from.value)]
        if let document = entry.text("document") { attribution["document"] = .string(document) }
        return DoorArrival(
            externalID: entry.text("external_id") ?? "", lead: entry["lead"] ?? [:],
            attribution: attribution)
    }

    private static func reply(_ answers: [DoorAnswer]) -> Reply {
        .json(capacity: answers.count * 160 + 128) { writer in
            writer.object { body in
                for outcome in [Outcome.created, .merged, .refused] {
                    body.member(outcome.rawValue, answers.count { $0.outcome == outcome })
                }
                body.member("known", answers.count { $0.isKnown })
                body.member("data") { $0.array(answers) { write($1, to: &$0) } }
            }
        }
    }

    private static func write(_ answer: DoorAnswer, to writer: inout JSONWriter) {
        writer.object { body in
            body.member("external_id", answer.externalID)
            body.member("outcome", answer.outcome.rawValue)
            body.member("known", answer.isKnown)
            body.member("lead", answer.lead)
            body.member("problem", answer.problem)
        }
    }
}
