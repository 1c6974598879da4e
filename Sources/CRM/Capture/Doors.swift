import Storage
import Tenancy
import Web

/// What another system sends through its door: something it calls by a name of its own.
struct DoorArrival: Sendable {
    let externalID: String
    /// As the API's `NewLead`.
    let lead: JSON
    /// What is noted of where it comes from, beside what the lead says itself.
    let attribution: [String: JSON]
}

/// What became of an arrival, now or when it came first.
struct DoorAnswer: Sendable {
    let externalID: String
    let outcome: Outcome
    /// Whether it had come before, so that nothing was done.
    let isKnown: Bool
    let lead: ID<Lead>?
    let problem: String?
}

/// The doors for partners and for ERPs: each arrival is taken once, by the name that the other
/// side has for it, and has one outcome in the ledger of its channel.
struct Doors: Sendable {
    let scope: Scope
    let channel: Arrived.Channel
    let remote: String

    static let entriesMax = 500

    /// Takes an arrival, or tells what became of it before. One that was refused is tried again
    /// with what it says now.
    func take(_ arrival: DoorArrival, _ profile: TenantProfile) async throws -> DoorAnswer {
        let payload = arrival.lead.text
        if let id = try await journal(arrival, payload) {
            try await Inbox(scope).add(channel, received: 1, [:])
            return try await process(id, arrival, profile)
        }
        let entry = try await find(arrival.externalID)
        guard entry.outcome == .refused else {
            return DoorAnswer(
                externalID: arrival.externalID, outcome: entry.outcome, isKnown: true,
                lead: entry.lead, problem: entry.reason)
        }
        try await scope.tx.execute(
            """
            UPDATE inbox SET payload = \(payload), remote = \(remote)
            WHERE tenant_id = \(scope.tenant) AND id = \(entry.id)
            """)
        return try await process(entry.id, arrival, profile)
    }

    /// Stands an arrival in the journal; nil when it stands there already.
    private func journal(_ arrival: DoorArrival, _ payload: String) async throws -> ID<Entry>? {
        let id = ID<Entry>(UUIDv7.next(at: scope.now))
        let source = Fields(arrival.lead).text("source")?.lowercased() ?? channel.rawValue
        let made = try await scope.tx.execute(
            """
            INSERT INTO inbox (tenant_id, id, received_at, channel, source, payload, remote,
                outcome, external_id)
            VALUES (\(scope.tenant), \(id), \(scope.now), \(channel),
                \(String(source.prefix(60))), \(payload), \(remote), 'waiting',
                \(arrival.externalID))
            ON CONFLICT (tenant_id, channel, external_id) WHERE external_id IS NOT NULL DO NOTHING
            """)
        return made == 1 ? id : nil
    }

    private func find(_ externalID: String) async throws -> Entry {
        let entry: Entry? = try await scope.tx.first(
            """
            SELECT \(Entry.columns) FROM inbox i
            WHERE i.tenant_id = \(scope.tenant) AND i.channel = \(channel)
                AND i.external_id = \(externalID)
            \(scope.tx.dialect.locking("i"))
            """)
        guard let entry else { throw Problem.notFound("entry") }
        return entry
    }

    private func process(
        _ id: ID<Entry>, _ arrival: DoorArrival, _ profile: TenantProfile
    ) async throws -> DoorAnswer {
        let inbox = Inbox(scope)
        let entry = try await inbox.find(id, locking: true)
        do {
            let captured = try await scope.tx.attempt {
                try await Leads(scope).create(try await draft(arrival, profile))
            }
            let outcome: Outcome = captured.merged ? .merged : .created
            try await inbox.settle(entry, as: outcome, lead: captured.id)
            return DoorAnswer(
                externalID: arrival.externalID, outcome: outcome, isKnown: false,
                lead: captured.id, problem: nil)
        } catch let problem as Problem {
            guard !problem.mayPass else { throw problem }
            let words = Self.words(problem)
            try await inbox.settle(entry, as: .refused, reason: words)
            return DoorAnswer(
                externalID: arrival.externalID, outcome: .refused, isKnown: false, lead: nil,
                problem: words)
        }
    }

    /// With the fields that are wrong: who sends many at once sees no single answer.
    private static func words(_ problem: Problem) -> String {
        guard case .invalid(let faults) = problem else { return problem.detail }
        return faults.map { "\($0.field): \($0.message)" }.joined(separator: " ")
    }

    private func draft(
        _ arrival: DoorArrival, _ profile: TenantProfile
    ) async throws -> LeadDraft {
        let faults = LeadDraft.schema.faults(in: arrival.lead)
        guard faults.isEmpty else { throw Problem.invalid(faults) }
        var draft = try LeadDraft(
            Fields(arrival.lead), profile: profile, source: channel.rawValue)
        draft.custom = try await CustomFields(scope).checked(draft.custom)
        // Who does not see attribution writes none: what a partner's person brings is shared with
        // their partner, which says as much.
        let hidden = scope.caller.grants.masks.fields(at: Stage.first)
        guard !hidden.contains("attribution") else { return draft }
        let own = draft.attribution.object ?? [:]
        draft.attribution = .object(own.merging(arrival.attribution) { _, door in door })
        return draft
    }
}
