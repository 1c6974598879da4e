import Storage
import Tenancy

// The keys that are kept of leads.
extension DuplicateSearch {
    /// An arm for each key, so that of a crowded one no more is read than says so.
    func blocks(of keys: Set<BlockingKey>) async throws -> Blocks {
        var blocks: Blocks = [:]
        for some in Array(keys).parts(of: 64) {
            // Few sizes, so that few statements are prepared.
            let padded = some.padded(to: some.count <= 8 ? 8 : 64)
            let arms: [SQL] = padded.map { key in
                """
                SELECT key, lead_id FROM (SELECT key, lead_id FROM lead_keys
                    WHERE tenant_id = \(scope.tenant) AND key = \(key.number)
                    LIMIT \(Self.blockMax + 1)) AS block
                """
            }
            try await scope.tx.each(SQL.joined(arms, by: " UNION ALL ")) { row in
                let key = BlockingKey(number: try row.next())
                blocks[key, default: []].append(try row.next())
            }
            // What was asked for twice was answered twice.
            if let last = some.last, padded.count > some.count, let block = blocks[last] {
                blocks[last] = Array(Set(block))
            }
        }
        return blocks
    }

    func keys(of profiles: [LeadProfile]) -> [ID<Lead>: Set<BlockingKey>] {
        Dictionary(uniqueKeysWithValues: profiles.map { ($0.id, $0.keys) })
    }

    /// What differs from the keys that are kept.
    struct KeyDifference: Sendable {
        fileprivate var new: [(key: BlockingKey, lead: ID<Lead>)] = []
        fileprivate var old: [ID<Lead>: Set<BlockingKey>] = [:]
        fileprivate var stamps: Stamps = [:]
    }

    /// Many differences by the order of the table, in pieces of so many keys: what is near each
    /// other is written together. Of one key no more than makes it crowded.
    static func slices(of all: [KeyDifference], keys size: Int) -> [KeyDifference] {
        var stamps: Stamps = [:]
        var old: [ID<Lead>: Set<BlockingKey>] = [:]
        for one in all {
            stamps.merge(one.stamps) { $1 }
            old.merge(one.old) { $1 }
        }
        var (new, run) = ([(key: BlockingKey, lead: ID<Lead>)](), 0)
        for one in all.flatMap(\.new).sorted(by: Self.isBefore) {
            run = one.key == new.last?.key ? run + 1 : 1
            if run <= blockMax + 1 { new.append(one) }
        }
        var slices = new.parts(of: size).map { KeyDifference(new: Array($0)) }
        slices += old.keys.sorted().parts(of: listMax).map { leads in
            KeyDifference(old: Dictionary(uniqueKeysWithValues: leads.map { ($0, old[$0] ?? []) }))
        }
        return slices.map { slice in
            var slice = slice
            for lead in slice.new.map(\.lead) + Array(slice.old.keys) {
                slice.stamps[lead] = stamps[lead]
            }
            return slice
        }
    }

    private static func isBefore(
        _ one: (key: BlockingKey, lead: ID<Lead>), _ other: (key: BlockingKey, lead: ID<Lead>)
    ) -> Bool {
        (one.key.number, one.lead) < (other.key.number, other.lead)
    }

    /// What differs in the keys of some leads, to be written later.
    func keyDifference(of ids: [ID<Lead>]) async throws -> KeyDifference {
        let profiles = try await profiles(of: ids)
        let keys = keys(of: profiles)
        var blocks = try await blocks(of: Set(keys.values.joined()))
        return try await difference(keys, of: profiles, &blocks)
    }

    /// Writes what differed, but of leads that are not what they were.
    func apply(_ difference: KeyDifference) async throws {
        let others = try await changed(since: difference.stamps)
        var difference = difference
        difference.new.removeAll { others.contains($0.lead) }
        for lead in others { difference.old[lead] = nil }
        try await write(difference)
    }

    /// Into a crowded block goes nothing more.
    func difference(
        _ keys: [ID<Lead>: Set<BlockingKey>], of profiles: [LeadProfile], _ blocks: inout Blocks
    ) async throws -> KeyDifference {
        var kept: [ID<Lead>: Set<BlockingKey>] = [:]
        for some in Array(keys.keys).parts(of: Self.listMax) {
            try await scope.tx.each(
                """
                SELECT lead_id, key FROM lead_keys
                WHERE tenant_id = \(scope.tenant) AND lead_id IN \(SQL.list(Array(some)))
                """
            ) { row in
                let lead: ID<Lead> = try row.next()
                kept[lead, default: []].insert(BlockingKey(number: try row.next()))
            }
        }
        var difference = KeyDifference(stamps: stamps(of: profiles))
        for (lead, own) in keys.sorted(by: { $0.key < $1.key }) {
            for key in own.subtracting(kept[lead] ?? []) {
                guard blocks[key, default: []].count <= Self.blockMax else { continue }
                blocks[key, default: []].append(lead)
                difference.new.append((key, lead))
            }
            let gone = (kept[lead] ?? []).subtracting(own)
            if !gone.isEmpty { difference.old[lead] = gone }
        }
        return difference
    }

    private func write(_ difference: KeyDifference) async throws {
        try await scope.tx.executeAll(
            difference.old.map { lead, keys in
                """
                DELETE FROM lead_keys WHERE tenant_id = \(scope.tenant) AND lead_id = \(lead)
                    AND key IN \(SQL.list(keys.map(\.number)))
                """
            })
        // In the order of the table, so that neighbours are written together.
        try await insert(difference.new.sorted(by: Self.isBefore))
    }

    typealias Stamps = [ID<Lead>: LeadProfile.Stamp]

    func stamps(of profiles: [LeadProfile]) -> Stamps {
        Dictionary(
            profiles.compactMap { one in one.stamp.map { (one.id, $0) } }, uniquingKeysWith: { $1 })
    }

    /// Those of some leads that are gone, or not what they were when they were read.
    func changed(since stamps: Stamps) async throws -> Set<ID<Lead>> {
        var worked = Set(stamps.keys)
        for some in stamps.keys.sorted().parts(of: Self.listMax) {
            let rows = try await scope.tx.rows(
                """
                SELECT id, version FROM leads
                WHERE tenant_id = \(scope.tenant) AND id IN \(SQL.list(Array(some)))
                """
            ) { row in try (row.next(ID<Lead>.self), row.next(Int.self)) }
            for (id, version) in rows where stamps[id]?.version == version { worked.remove(id) }
        }
        var changed = worked
        for some in worked.sorted().parts(of: Self.listMax) {
            let texts: [LeadTexts] = try await scope.tx.all(
                """
                SELECT \(LeadProfile.columns) FROM leads l
                WHERE l.tenant_id = \(scope.tenant) AND l.id IN \(SQL.list(Array(some)))
                """)
            for one in texts where stamps[one.id]?.texts == one.hash { changed.remove(one.id) }
        }
        return changed
    }

    private func insert(_ keys: [(key: BlockingKey, lead: ID<Lead>)]) async throws {
        var rest = keys[...]
        for size in [250, 25, 1] {
            while rest.count >= size {
                let rows = rest.prefix(size).map { key, lead in
                    [.uuid(scope.tenant.uuid), .integer(key.number), SQLValue.uuid(lead.uuid)]
                }
                rest = rest.dropFirst(size)
                try await scope.tx.execute(
                    """
                    INSERT INTO lead_keys (tenant_id, key, lead_id) \(SQL.rows(rows))
                    ON CONFLICT DO NOTHING
                    """)
            }
        }
    }

    /// Takes away what is kept of leads that are gone.
    func forget(_ ids: [ID<Lead>]) async throws {
        for some in ids.parts(of: Self.listMax) {
            let list = SQL.list(Array(some))
            try await scope.tx.executeAll([
                "DELETE FROM lead_keys WHERE tenant_id = \(scope.tenant) AND lead_id IN \(list)",
                "DELETE FROM lead_aliases WHERE tenant_id = \(scope.tenant) AND lead_id IN \(list)",
                """
                DELETE FROM duplicate_pairs
                WHERE tenant_id = \(scope.tenant) AND state = 'open' AND low_id IN \(list)
                """,
                """
                DELETE FROM duplicate_pairs
                WHERE tenant_id = \(scope.tenant) AND state = 'open' AND high_id IN \(list)
                """,
            ])
        }
    }
}

extension ArraySlice {
    /// With its last element repeated.
    fileprivate func padded(to size: Int) -> [Element] {
        guard let last, count < size else { return Array(self) }
        return self + Array(repeating: last, count: size - count)
    }
}
