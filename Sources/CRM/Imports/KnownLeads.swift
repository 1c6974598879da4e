import Storage
import Synchronization
import Tenancy

/// The leads that the rows of a chunk may be, looked up in three statements instead of one a
/// row; and, in a dry run, the rows before that will have become leads.
struct KnownLeads: Sendable {
    private var leads: [Mapping.Key: [String: ID<Lead>]] = [:]
    private let seen: SeenRows?

    /// - Parameter seen: In a dry run, the rows before.
    init(seen: SeenRows? = nil) {
        self.seen = seen
    }

    /// What a row is already.
    enum Match: Sendable, Equatable {
        case lead(ID<Lead>)
        /// An earlier row of the file, by number.
        case row(Int)
    }

    /// Placeholders in a statement: few sizes, so that few statements are prepared.
    private static let sizes = [8, 64, 512]

    /// Forgets the leads of the last chunk and looks up those of this one.
    mutating func load(_ chunk: [PreparedRow], in scope: Scope) async throws {
        for key in Mapping.Key.allCases {
            let texts = Set(chunk.compactMap { $0.faults.isEmpty ? $0.draft[key] : nil })
            leads[key] = try await Self.find(key, Array(texts), in: scope)
        }
    }

    private static func find(
        _ key: Mapping.Key, _ texts: [String], in scope: Scope
    ) async throws -> [String: ID<Lead>] {
        var found: [String: ID<Lead>] = [:]
        var rest = texts[...]
        while let last = rest.last {
            let size = sizes.first { $0 >= rest.count } ?? sizes[sizes.count - 1]
            let batch = Array(rest.prefix(size))
            rest = rest.dropFirst(size)
            let padded = batch + Array(repeating: last, count: size - batch.count)
            let pairs = try await scope.tx.rows(
                """
                SELECT \(key.column), id FROM leads
                WHERE tenant_id = \(scope.tenant) AND \(key.column) IN \(SQL.list(padded))
                UNION ALL
                SELECT value, lead_id FROM lead_aliases
                WHERE tenant_id = \(scope.tenant) AND kind = \(key.kind)
                    AND value IN \(SQL.list(padded))
                """
            ) { row in try (row.next(String.self), row.next(ID<Lead>.self)) }
            // What a lead is known by now goes before what another was known by.
            for (text, id) in pairs where found[text] == nil { found[text] = id }
        }
        return found
    }

    /// What a row is already by one of these keys, best first.
    func match(_ row: PreparedRow, by keys: [Mapping.Key]) -> (match: Match, key: Mapping.Key)? {
        for key in keys {
            guard let text = row.draft[key] else { continue }
            if let id = leads[key]?[text] { return (.lead(id), key) }
            if let number = seen?.first(key, text, before: row.number) {
                return (.row(number), key)
            }
        }
        return nil
    }

    /// The leads that rows of the chunk are, as far as they were there before it.
    func matched(_ rows: [PreparedRow], by keys: [Mapping.Key]) -> Set<ID<Lead>> {
        Set(
            rows.compactMap { row in
                guard row.faults.isEmpty, case .lead(let id) = match(row, by: keys)?.match else {
                    return nil
                }
                return id
            })
    }

    /// By which key another lead than this one is what a draft says.
    func other(than id: ID<Lead>, like draft: LeadDraft) -> Mapping.Key? {
        Mapping.Key.allCases.first { key in
            guard let text = draft[key], let found = leads[key]?[text] else { return false }
            return found != id
        }
    }

    /// Notes a lead that is there now, or has learned a key.
    mutating func note(_ lead: Lead) {
        if let text = lead.externalID { leads[.externalID, default: [:]][text] = lead.id }
        if let text = lead.email { leads[.email, default: [:]][text] = lead.id }
        if let text = lead.phone { leads[.phone, default: [:]][text] = lead.id }
    }

    /// Notes a row that would become a lead.
    func note(_ row: PreparedRow) {
        for key in Mapping.Key.allCases {
            if let text = row.draft[key] { seen?.note(key, text, row.number) }
        }
    }
}

/// The keys of the rows that a dry run has seen.
///
/// By hash, because a dry run of two million rows keeps them all. That two keys share one is
/// as good as impossible, and only a forecast would be wrong.
final class SeenRows: Sendable {
    private let rows = Mutex<[Int: Int32]>([:])

    func note(_ key: Mapping.Key, _ text: String, _ number: Int) {
        let hash = Self.hash(key, text)
        rows.withLock { if $0[hash] == nil { $0[hash] = Int32(clamping: number) } }
    }

    /// The first row with the key, if it stands before `number`: a transaction that is run
    /// again must not find itself.
    func first(_ key: Mapping.Key, _ text: String, before number: Int) -> Int? {
        let found = rows.withLock { $0[Self.hash(key, text)] }.map { Int($0) }
        return found.flatMap { $0 < number ? $0 : nil }
    }

    private static func hash(_ key: Mapping.Key, _ text: String) -> Int {
        var hasher = Hasher()
        hasher.combine(key)
        hasher.combine(text)
        return hasher.finalize()
    }
}

extension Mapping.Key {
    fileprivate var column: SQL {
        switch self {
        case .externalID: "external_id"
        case .email: "email"
        case .phone: "phone"
        }
    }

    /// As `lead_aliases` calls it.
    fileprivate var kind: String {
        switch self {
        case .externalID: "external_id"
        case .email: "email"
        case .phone: "phone"
        }
    }

    /// As people say it.
    var words: String {
        switch self {
        case .externalID: "external id"
        case .email: "e-mail"
        case .phone: "phone"
        }
    }
}

extension LeadDraft {
    fileprivate subscript(key: Mapping.Key) -> String? {
        switch key {
        case .externalID: externalID
        case .email: email
        case .phone: phone
        }
    }
}
