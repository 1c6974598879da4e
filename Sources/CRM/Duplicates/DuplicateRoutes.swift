import HTTPTypes
import Storage
import Tenancy
import Web

/// Leads that may be one, in the API.
struct DuplicateRoutes {
    let cursors: Cursors

    private static let rivals = 10

    var routes: [Route] {
        [
            .api(
                .get, "/duplicates", "Lists pairs of leads that may be one, the likeliest first",
                query: DuplicatePairs.listing.parameters,
                answers: [.init(200, "One page.", .page(of: DuplicatePairs.Shown.schema))],
                handle: list),
            .api(
                .post, "/duplicates/check", "Looks for leads that a new one may be",
                input: .json(Self.draftSchema),
                answers: [.init(200, "Of the leads you see.", Self.rivalsSchema)], handle: check),
            .api(
                .post, "/duplicates/scan", "Compares all leads with each other",
                answers: [.init(202, "It will be done. Of the last scan:", Self.scanSchema)],
                handle: scan),
            .api(
                .get, "/duplicates/scan", "How far the comparison of all leads is",
                answers: [.init(200, "Of the scan that runs, or ran last.", Self.scanSchema)],
                handle: showScan),
            .api(
                .post, "/duplicates/{id}/dismissal", "Remembers that two leads are not the same",
                answers: [.init(200, "The pair.", DuplicatePairs.Shown.schema)],
                handle: { try await settle($0, as: .dismissed) }),
            .api(
                .delete, "/duplicates/{id}/dismissal", "Asks again whether two leads are the same",
                answers: [.init(200, "The pair.", DuplicatePairs.Shown.schema)],
                handle: { try await settle($0, as: .open) }),
        ].grouped("Duplicates")
    }

    private func list(_ call: Call) async throws -> Reply {
        let request = try ListRequest(call.query, DuplicatePairs.listing)
        let page = try await call.read(from: .replica) {
            try await DuplicatePairs($0).page(request, cursors)
        }
        try call.noteSensitive(page.sensitive, of: nil)
        return .page(page.elements, next: page.next) { $1.write(to: &$0) }
    }

    /// Only of leads that the caller reaches: to be told of any by a name that is nearly right
    /// would let everybody ask for the whole company's.
    private func check(_ call: Call) async throws -> Reply {
        try call.caller().must(.leadsCreate)
        let input = call.input
        let draft = LeadProfile(
            id: ID(), company: input.text("company"), person: input.text("contact_name"),
            email: input.text("email")?.lowercased(), phone: input.text("phone"),
            taxes: [input.text("external_id"), input.text("tax_number")].compactMap(\.self),
            territory: input.text("territory"))
        let found = try await call.read { scope in
            let rivals = try await DuplicateSearch(scope).rivals(of: draft, limit: Self.rivals)
            let leads = try await Leads(scope).find(rivals.map(\.id))
            let known = Dictionary(uniqueKeysWithValues: leads.map { ($0.id, $0) })
            let masks = scope.caller.grants.masks
            return rivals.compactMap { rival in
                known[rival.id].map { lead in
                    let hidden = masks.fields(at: lead.stage)
                    return (
                        lead: lead, comparison: rival.comparison,
                        evidence: rival.comparison.evidence.filter { !hidden.contains($0.field) }
                    )
                }
            }
        }
        return .json { writer in
            writer.object { body in
                body.member("data", objects: found) { body, rival in
                    body.member("lead") { rival.lead.write(to: &$0) }
                    body.member("score", .number(rival.comparison.score))
                    body.member("band", rival.comparison.band?.rawValue)
                    body.member("evidence", rival.evidence.json)
                }
            }
        }
    }

    private func scan(_ call: Call) async throws -> Reply {
        try await call.write { scope in
            try scope.caller.must(.operationsManage)
            let scans = DuplicateScans(scope)
            try await scans.add()
            try await scope.record(Event("duplicates.scan_asked", nil))
            let last = try await scans.last()
            return .json(.accepted) { Self.write(last, to: &$0) }
        }
    }

    private func showScan(_ call: Call) async throws -> Reply {
        let last = try await call.read { scope in
            try scope.caller.must(.operationsManage)
            return try await DuplicateScans(scope).last()
        }
        return .json { Self.write(last, to: &$0) }
    }

    private func settle(_ call: Call, as state: DuplicatePair.State) async throws -> Reply {
        let id: ID<DuplicatePair> = try call.id(of: "pair of duplicates")
        return try await call.write { scope in
            let shown = try await DuplicatePairs(scope).settle(id, as: state)
            return .json { shown.write(to: &$0) }
        }
    }

    @Sendable private static func write(_ scan: DuplicateScan?, to writer: inout JSONWriter) {
        writer.object { body in
            body.member("leads", scan?.leads ?? 0)
            body.member("pairs", scan?.pairs ?? 0)
            body.member("crowded_keys", scan?.crowded ?? 0)
            body.member("began_at", scan?.beganAt)
            body.member("ended_at", scan?.endedAt)
        }
    }

    private static let count = Schema.integer(0...Int64.max)

    private static let scanSchema = Schema.object([
        .init("leads", count, required: true, "Compared so far."),
        .init("pairs", count, required: true, "Found, those known before among them."),
        .init(
            "crowded_keys", count, required: true,
            "Left out, because more than \(DuplicateSearch.blockMax) leads share them."),
        .init("began_at", .optional(.instant), required: true),
        .init("ended_at", .optional(.instant), required: true),
    ])

    private static let draftSchema = Schema.object([
        .init("company", .optional(.text(max: 200))),
        .init("contact_name", .optional(.text(max: 200))),
        .init("email", .optional(.text(max: 254))), .init("phone", .optional(.text(max: 60))),
        .init("external_id", .optional(.text(max: 200))),
        .init("tax_number", .optional(.text(max: 30)), "A GSTIN, or a VAT number."),
        .init("territory", .optional(.text(max: 120))),
    ])

    private static let rivalsSchema = Schema.object([
        .init(
            "data",
            .list(
                .object([.init("lead", Lead.schema, required: true)] + DuplicatePair.scoreFields),
                max: rivals), required: true)
    ])
}

extension DuplicatePair {
    static let scoreFields: [Schema.Field] = [
        .init("score", .number, required: true, "0 to 1: how likely they are one."),
        .init("band", .choice(Comparison.Band.allCases.map(\.rawValue)), required: true),
        .init(
            "evidence",
            .list(
                .object([
                    .init("field", .text(max: 100), required: true),
                    .init("words", .text(max: 200), required: true),
                    .init("similarity", .number, required: true, "0 to 1."),
                    .init(
                        "weight", .number, required: true,
                        "For it when positive, against it when negative; logarithms of odds."),
                ]), max: 20), required: true, "What speaks for it and against it."),
    ]
}

extension DuplicatePairs.Shown {
    static let schema = Schema.named(
        "DuplicatePair",
        .object(
            [
                .init("id", .id, required: true),
                .init(
                    "state", .choice(DuplicatePair.State.allCases.map(\.rawValue)), required: true),
                .init("found_at", .instant, required: true),
                .init("leads", .list(Lead.schema, max: 2), required: true),
            ] + DuplicatePair.scoreFields))

    func write(to writer: inout JSONWriter) {
        writer.object { body in
            body.member("id", pair.id)
            body.member("state", pair.state.rawValue)
            body.member("score", .number(pair.score))
            body.member("band", pair.band.rawValue)
            body.member("evidence", evidence)
            body.member("found_at", pair.foundAt)
            body.member("leads") { $0.array([low, high]) { $1.write(to: &$0) } }
        }
    }
}
