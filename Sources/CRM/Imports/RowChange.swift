import Storage
import Tenancy

/// What a row of an import did to a lead that was there, to take it back.
struct RowChange: Sendable, RowDecodable {
    let row: Int
    let lead: ID<Lead>
    /// The lead's after this row.
    let version: Int
    /// By column, what was and what is.
    let changes: JSON

    static let columns: SQL = "number, lead_id, version, changes"

    init(row: inout Row) throws {
        self.row = try row.next()
        lead = try row.next()
        version = try row.next()
        changes = try JSON(parsing: row.next(String.self))
    }

    /// Nil for a row that met no lead, or changed nothing of it.
    init?(_ settled: Settled) {
        guard let (before, after) = settled.change else { return nil }
        row = settled.row.number
        lead = after.id
        version = after.version
        changes = .object(before.changes(to: after))
    }
}

extension Lead {
    /// By column, what this lead was and what it is after a change: `{"company": ["A", "B"]}`.
    func changes(to after: Lead) -> [String: JSON] {
        let (old, new) = difference(to: after)
        let members = (old.object ?? [:]).map {
            ($0.key, JSON.array([$0.value, new[$0.key] ?? .null]))
        }
        return Dictionary(uniqueKeysWithValues: members)
    }

    /// Puts back what was before `changes`.
    mutating func takeBack(_ changes: JSON) {
        restore(.object((changes.object ?? [:]).compactMapValues { $0.array?.first }))
    }
}
