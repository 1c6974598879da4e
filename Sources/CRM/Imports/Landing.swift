import Storage
import Tenancy
import Web

/// What became of a row.
struct Settled: Sendable {
    let row: PreparedRow
    let outcome: RowOutcome
    var reason: String?
    var lead: ID<Lead>?
    /// What it changed of a lead that was there.
    var change: (before: Lead, after: Lead)?
}

/// Makes leads of a chunk's rows: the same operations as for one lead, with what they look up
/// held in memory for the chunk.
struct Landing {
    let scope: Scope
    let chunk: Chunk
    private var known = KnownLeads()
    private var met: MetLeads
    private var owners: OwnerBook
    private var rota: Rota
    /// Leads of this chunk that are not written yet; and those that rows met, as they are now.
    private var fresh: [Lead] = []
    private var changed: [ID<Lead>: Lead] = [:]
    private var events: [Event] = []
    /// Those of them that nobody can take yet.
    private var waiting: [(lead: ID<Lead>, wait: Assignment.Wait)] = []

    private var mapping: Mapping { chunk.layout.mapping }

    init(_ chunk: Chunk, in scope: Scope) async throws {
        self.scope = scope
        self.chunk = chunk
        let mapping = chunk.layout.mapping
        owners = mapping.has(.owner) ? try await OwnerBook(in: scope) : OwnerBook()
        rota = try await Rotas(scope).whole()
        try await known.load(chunk.rows, in: scope)
        met = try await MetLeads(
            known.matched(chunk.rows, by: mapping.match), mapping, locking: true, in: scope)
    }

    /// Settles every row. First all at once; should one of them fail in the database, which
    /// what was checked before should have prevented, then each by itself.
    static func settle(_ chunk: Chunk, in scope: Scope) async throws -> [Settled] {
        do {
            return try await scope.tx.attempt {
                var landing = try await Landing(chunk, in: scope)
                var settled: [Settled] = []
                for row in chunk.rows { settled.append(try await landing.settle(row)) }
                // Turns before leads, as whoever creates a single lead does: in another order, two
                // of them would wait for each other.
                try await Rotas(scope).save(landing.rota)
                try await landing.flush()
                return settled
            }
        } catch let error where error.isOfOneRow {
            return try await settleEach(chunk, in: scope)
        }
    }

    private static func settleEach(_ chunk: Chunk, in scope: Scope) async throws -> [Settled] {
        var landing = try await Landing(chunk, in: scope)
        var settled: [Settled] = []
        for row in chunk.rows {
            let before = landing
            do {
                let one = try await scope.tx.attempt {
                    let settled = try await landing.settle(row)
                    try await landing.flush()
                    return settled
                }
                settled.append(one)
            } catch let error where error.isOfOneRow {
                landing = before
                let reason = (error as? Problem)?.detail ?? "This row cannot be stored: \(error)."
                settled.append(Settled(row: row, outcome: .rejected, reason: reason))
            }
        }
        try await Rotas(scope).save(landing.rota)
        return settled
    }

    private mutating func settle(_ row: PreparedRow) async throws -> Settled {
        switch Verdict(row, known, owners, mapping) {
        case .reject(let reasons):
            return Settled(row: row, outcome: .rejected, reason: reasons.joined(separator: "\n"))
        case .merge(let match, let key):
            guard case .lead(let id) = match else {
                preconditionFailure("Only a dry run knows of rows.")
            }
            return meet(id, row, Verdict.reason(match, key), key)
        case .create(let answer):
            let decision = try await decision(for: row, answer)
            let history =
                mapping.hasHistory
                ? row.past.history(at: scope.now, in: chunk.layout.ground.pipeline) : nil
            let lead = Lead(draft: row.draft, history: history, decision, at: scope.now)
            fresh.append(lead)
            if case .waits(let wait) = decision, lead.status == .open {
                waiting.append((lead.id, wait))
            }
            known.note(lead)
            met.note(lead)
            return Settled(row: row, outcome: .create, lead: lead.id)
        }
    }

    private mutating func meet(
        _ id: ID<Lead>, _ row: PreparedRow, _ reason: String, _ key: Mapping.Key
    ) -> Settled {
        switch met.meet(id, row.draft, known, at: scope.now) {
        case .nothing:
            return Settled(row: row, outcome: .duplicate, reason: reason, lead: id)
        case .refused(let why):
            return Settled(row: row, outcome: .rejected, reason: why, lead: id)
        case .change(let before, let after):
            known.note(after)
            changed[id] = after
            events.append(mapping.onMatch.event(before, after, row.draft, key))
            let outcome: RowOutcome = before.changes(to: after).isEmpty ? .duplicate : .update
            return Settled(
                row: row, outcome: outcome, reason: reason, lead: id, change: (before, after))
        }
    }

    /// Writes what stands ready: a lead once, however many rows met it.
    private mutating func flush() async throws {
        let leads = Leads(scope)
        if !fresh.isEmpty { try await leads.begin(fresh, imported: true) }
        // Nobody is waited for to act on them: a file may bring the work of years.
        if !waiting.isEmpty { try await Holds(scope).add(waiting) }
        for id in changed.keys.sorted() {
            if let lead = changed[id] { try await leads.write(lead) }
        }
        if !events.isEmpty { try await scope.record(events.map { ($0, scope.now) }) }
        (fresh, waiting, changed, events) = ([], [], [:], [])
    }

    /// Whose it is: whom the file names; the salesperson who imports it; else the rules say.
    private mutating func decision(
        for row: PreparedRow, _ answer: OwnerBook.Answer?
    ) async throws -> Assignment.Decision {
        if case .found(let user) = answer { return .given(.named(user)) }
        if case .unknown = answer, let name = row.owner {
            let slug = chunk.layout.ground.profile.slug
            return .given(.named(try await owners.create(name, slug: slug, in: scope)))
        }
        if let user = scope.caller.user, Reach(scope.caller, .leadsCreate).span == .own {
            return .given(.kept(by: user))
        }
        return rota.decide(Rota.Question(draft: row.draft))
    }
}

extension Mapping.OnMatch {
    /// What is recorded of a row that met a lead: that it came in once more, or what changed.
    fileprivate func event(
        _ before: Lead, _ after: Lead, _ draft: LeadDraft, _ key: Mapping.Key
    ) -> Event {
        let name = self == .update ? "lead.changed" : "lead.touched"
        return Event(name, after.id.uuid, imported: true) { body in
            body.members(of: after, after: before)
            body.member("matched", key.words)
            body.member("source", draft.source)
            body.member("campaign", draft.campaign)
            body.member("attribution", draft.attribution)
            body.member("notes", draft.notes)
        }
    }
}

extension Error {
    /// Whether it may be the fault of a single row, not of the disk or the database.
    fileprivate var isOfOneRow: Bool {
        if let problem = self as? Problem { return problem != .busy && problem != .full }
        switch self as? StorageError {
        case .unique, .foreignKey, .check: return true
        default: return false
        }
    }
}
