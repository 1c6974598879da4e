import Storage
import Tenancy
import Web

/// What became of a row.
struct Settled: Sendable {
    let row: PreparedRow
    let outcome: RowOutcome
    var reason: String?
    var lead: ID<Lead>?
}

/// Makes leads of a chunk's rows: the same operations as for one lead, with what they look up
/// held in memory for the chunk.
struct Landing {
    let scope: Scope
    let chunk: Chunk
    private var known = KnownLeads()
    private var owners: OwnerBook
    private var rota: Rota
    /// Leads of this chunk that are not written yet.
    private var fresh: [Lead] = []

    private var mapping: Mapping { chunk.layout.mapping }

    init(_ chunk: Chunk, in scope: Scope) async throws {
        self.scope = scope
        self.chunk = chunk
        owners = chunk.layout.mapping.has(.owner) ? try await OwnerBook(in: scope) : OwnerBook()
        rota = try await Rota(in: scope)
        try await known.load(chunk.rows, in: scope)
    }

    /// Settles every row. First all at once; should one of them fail in the database, which
    /// what was checked before should have prevented, then each by itself.
    static func settle(_ chunk: Chunk, in scope: Scope) async throws -> [Settled] {
        do {
            return try await scope.tx.attempt {
                var landing = try await Landing(chunk, in: scope)
                var settled: [Settled] = []
                for row in chunk.rows { settled.append(try await landing.settle(row)) }
                try await landing.flush()
                try await landing.rota.save(in: scope)
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
        try await landing.rota.save(in: scope)
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
            // The lead may be one of this chunk; and a touch must see what others are known by.
            try await flush()
            let lead = try await Leads(scope).touch(
                id, row.draft, matched: key.words, imported: true)
            known.note(lead)
            return Settled(
                row: row, outcome: .duplicate, reason: Verdict.reason(match, key), lead: id)
        case .create(let answer):
            let choice = try await choice(for: row, answer)
            let history =
                mapping.hasHistory
                ? row.past.history(at: scope.now, in: chunk.layout.ground.pipeline) : nil
            let lead = Lead(draft: row.draft, history: history, owner: choice, at: scope.now)
            fresh.append(lead)
            known.note(lead)
            return Settled(row: row, outcome: .create, lead: lead.id)
        }
    }

    private mutating func flush() async throws {
        guard !fresh.isEmpty else { return }
        try await Leads(scope).begin(fresh, imported: true)
        fresh = []
    }

    /// Whose it is: whom the file names; the salesperson who imports it; else the rules say.
    private mutating func choice(
        for row: PreparedRow, _ answer: OwnerBook.Answer?
    ) async throws -> Assignment.Choice? {
        if case .found(let user) = answer { return .named(user) }
        if case .unknown = answer, let name = row.owner {
            let slug = chunk.layout.ground.profile.slug
            return .named(try await owners.create(name, slug: slug, in: scope))
        }
        if let user = scope.caller.user, Reach(scope.caller, .leadsCreate).span == .own {
            return .kept(by: user)
        }
        return try await rota.choose(for: row.draft)
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
