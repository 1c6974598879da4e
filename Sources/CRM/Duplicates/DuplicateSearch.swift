import Foundation
import Storage
import Tenancy

/// Looks for the leads that some leads may be: keeps their keys, compares them with whoever
/// shares one, and keeps the pairs that are likely enough.
///
/// For a batch, however it came about: what the feed tells, or a walk over all leads. The
/// statements are the same for one lead as for a thousand, and doing it twice changes nothing.
struct DuplicateSearch: Sendable {
    let scope: Scope

    /// More leads than that under one key say that it tells nothing: no more are put there, and
    /// they are not compared by it.
    static let blockMax = 200
    /// Leads that one lead is compared with.
    static let rivalsMax = 1000
    /// New pairs of one lead that are kept, the likeliest of them: of two hundred leads of one
    /// company nobody looks at twenty thousand pairs.
    static let pairsMax = 10
    private static let listMax = 500

    init(_ scope: Scope) {
        self.scope = scope
    }

    /// What came of a search.
    struct Findings: Sendable, Equatable {
        var leads = 0
        var pairs = 0
        /// Keys that too many leads share.
        var crowded = 0
    }

    /// Leads under each key, at most one more than `blockMax`.
    typealias Blocks = [BlockingKey: [ID<Lead>]]

    /// Brings the keys and pairs of some leads up to date; of those that are gone, takes them away.
    @discardableResult
    func look(at ids: [ID<Lead>]) async throws -> Findings {
        let profiles = try await profiles(of: ids)
        let known = Set(profiles.map(\.id))
        try await forget(ids.filter { !known.contains($0) })
        return try await look(at: profiles)
    }

    func look(at profiles: [LeadProfile]) async throws -> Findings {
        guard !profiles.isEmpty else { return Findings() }
        var keys: [ID<Lead>: Set<BlockingKey>] = [:]
        for profile in profiles { keys[profile.id] = profile.keys }
        var blocks = try await blocks(of: Set(keys.values.joined()))
        try await keep(keys, &blocks)
        let crowded = blocks.filter { $0.value.count > Self.blockMax }
        for key in crowded.keys { blocks[key] = nil }
        let found = try await compare(profiles, keys, blocks)
        try await settle(found, of: profiles.map(\.id))
        return Findings(leads: profiles.count, pairs: found.count, crowded: crowded.count)
    }

    /// Leads that a draft may be, the likeliest first, of those that the caller reaches.
    func rivals(
        of draft: LeadProfile, limit: Int
    ) async throws -> [(id: ID<Lead>, comparison: Comparison)] {
        let blocks = try await blocks(of: draft.keys).filter { $0.value.count <= Self.blockMax }
        let ids = Array(Set(blocks.values.joined()).sorted().prefix(Self.rivalsMax))
        let reach = Leads(scope).reach
        var found: [(id: ID<Lead>, comparison: Comparison)] = []
        for rival in try await profiles(of: ids, reach) {
            let comparison = Comparison(draft, rival)
            if comparison.band != nil { found.append((rival.id, comparison)) }
        }
        found.sort { ($0.comparison.score, $1.id) > ($1.comparison.score, $0.id) }
        return Array(found.prefix(limit))
    }

    private func profiles(of ids: [ID<Lead>], _ reach: SQL = "") async throws -> [LeadProfile] {
        var all: [LeadProfile] = []
        for some in ids.parts(of: Self.listMax) {
            all += try await scope.tx.all(
                """
                SELECT \(LeadProfile.columns) FROM leads l
                WHERE l.tenant_id = \(scope.tenant) AND l.id IN \(SQL.list(Array(some))) \(reach)
                """)
        }
        return all
    }
}

// Keys.
extension DuplicateSearch {
    /// An arm for each key, so that of a crowded one no more is read than says so.
    private func blocks(of keys: Set<BlockingKey>) async throws -> Blocks {
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

    /// Writes what differs. Into a crowded block goes nothing more.
    private func keep(
        _ keys: [ID<Lead>: Set<BlockingKey>], _ blocks: inout Blocks
    ) async throws {
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
        var (new, old): ([(BlockingKey, ID<Lead>)], [SQL]) = ([], [])
        for (lead, own) in keys.sorted(by: { $0.key < $1.key }) {
            for key in own.subtracting(kept[lead] ?? []) {
                guard blocks[key, default: []].count <= Self.blockMax else { continue }
                blocks[key, default: []].append(lead)
                new.append((key, lead))
            }
            let gone = (kept[lead] ?? []).subtracting(own)
            if !gone.isEmpty {
                old.append(
                    """
                    DELETE FROM lead_keys WHERE tenant_id = \(scope.tenant) AND lead_id = \(lead)
                        AND key IN \(SQL.list(gone.map(\.number)))
                    """)
            }
        }
        try await scope.tx.executeAll(old)
        // In the order of the table, so that neighbours are written together.
        new.sort { ($0.0.number, $0.1) < ($1.0.number, $1.1) }
        try await insert(new)
    }

    private func insert(_ keys: [(BlockingKey, ID<Lead>)]) async throws {
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
    private func forget(_ ids: [ID<Lead>]) async throws {
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

/// Two leads, in the order of their ids.
struct LeadPair: Hashable, Sendable, Comparable {
    let low: ID<Lead>
    let high: ID<Lead>

    init(_ one: ID<Lead>, _ other: ID<Lead>) {
        (low, high) = one < other ? (one, other) : (other, one)
    }

    static func < (left: Self, right: Self) -> Bool {
        (left.low, left.high) < (right.low, right.high)
    }
}

// Pairs.
extension DuplicateSearch {
    private func compare(
        _ profiles: [LeadProfile], _ keys: [ID<Lead>: Set<BlockingKey>], _ blocks: Blocks
    ) async throws -> [LeadPair: Comparison] {
        var pairs: Set<LeadPair> = []
        for profile in profiles {
            var rivals: Set<ID<Lead>> = []
            for key in (keys[profile.id] ?? []).sorted(by: { $0.number < $1.number }) {
                for rival in blocks[key] ?? [] where rivals.count < Self.rivalsMax {
                    rivals.insert(rival)
                }
            }
            rivals.remove(profile.id)
            for rival in rivals { pairs.insert(LeadPair(profile.id, rival)) }
        }
        var known: [ID<Lead>: LeadProfile] = [:]
        for profile in profiles { known[profile.id] = profile }
        var others: Set<ID<Lead>> = []
        for pair in pairs {
            if known[pair.low] == nil { others.insert(pair.low) }
            if known[pair.high] == nil { others.insert(pair.high) }
        }
        for other in try await self.profiles(of: others.sorted()) { known[other.id] = other }
        var found: [LeadPair: Comparison] = [:]
        for pair in pairs {
            guard let low = known[pair.low], let high = known[pair.high] else { continue }
            let comparison = Comparison(low, high)
            if comparison.band != nil { found[pair] = comparison }
        }
        return found
    }

    private struct Kept: RowDecodable {
        let pair: LeadPair
        let id: ID<DuplicatePair>
        let score: Int
        let isOpen: Bool

        init(row: inout Row) throws {
            pair = LeadPair(try row.next(), try row.next())
            id = try row.next()
            score = try row.next()
            isOpen = try row.next(DuplicatePair.State.self) == .open
        }
    }

    /// Writes what differs from the pairs that are kept of these leads. What somebody has decided
    /// stays decided.
    private func settle(
        _ found: [LeadPair: Comparison], of leads: [ID<Lead>]
    ) async throws {
        let kept = try await kept(of: leads)
        var known: Set<LeadPair> = []
        var changes: [SQL] = []
        for one in kept {
            known.insert(one.pair)
            guard one.isOpen else { continue }
            guard let comparison = found[one.pair] else {
                changes.append(
                    """
                    DELETE FROM duplicate_pairs
                    WHERE tenant_id = \(scope.tenant) AND id = \(one.id) AND state = 'open'
                    """)
                continue
            }
            guard one.score != comparison.basisPoints else { continue }
            changes.append(
                """
                UPDATE duplicate_pairs SET score_bp = \(comparison.basisPoints),
                    evidence = \(comparison.evidence.json.text)
                WHERE tenant_id = \(scope.tenant) AND id = \(one.id) AND state = 'open'
                """)
        }
        for (pair, comparison) in likeliest(found, of: leads) where !known.contains(pair) {
            changes.append(insertion(of: pair, comparison))
        }
        try await scope.tx.executeAll(changes)
    }

    /// The likeliest pairs of each lead.
    private func likeliest(
        _ found: [LeadPair: Comparison], of leads: [ID<Lead>]
    ) -> [(LeadPair, Comparison)] {
        var left: [ID<Lead>: Int] = [:]
        for lead in leads { left[lead] = Self.pairsMax }
        let sorted = found.sorted { ($0.value.score, $1.key) > ($1.value.score, $0.key) }
        return sorted.filter { pair, _ in
            let places = [pair.low, pair.high].filter { (left[$0] ?? 0) > 0 }
            for lead in places { left[lead, default: 0] -= 1 }
            return !places.isEmpty
        }.map { ($0.key, $0.value) }
    }

    private func insertion(of pair: LeadPair, _ comparison: Comparison) -> SQL {
        """
        INSERT INTO duplicate_pairs (tenant_id, id, low_id, high_id, score_bp, evidence, state,
            found_at)
        VALUES (\(scope.tenant), \(ID<DuplicatePair>()), \(pair.low), \(pair.high),
            \(comparison.basisPoints), \(comparison.evidence.json.text), 'open', \(scope.now))
        ON CONFLICT (tenant_id, low_id, high_id) DO NOTHING
        """
    }

    private func kept(of leads: [ID<Lead>]) async throws -> [Kept] {
        var all: [Kept] = []
        for some in leads.parts(of: Self.listMax / 2) {
            let list = SQL.list(Array(some))
            all += try await scope.tx.all(
                """
                SELECT low_id, high_id, id, score_bp, state FROM duplicate_pairs
                WHERE tenant_id = \(scope.tenant) AND low_id IN \(list)
                UNION
                SELECT low_id, high_id, id, score_bp, state FROM duplicate_pairs
                WHERE tenant_id = \(scope.tenant) AND high_id IN \(list)
                """)
        }
        return all
    }
}

extension Comparison {
    /// The score in ten-thousandths.
    var basisPoints: Int { Int((score * 10_000).rounded()) }
}

extension Array {
    /// Its elements in order, so many at a time.
    func parts(of size: Int) -> [ArraySlice<Element>] {
        stride(from: 0, to: count, by: size).map { self[$0..<Swift.min($0 + size, count)] }
    }
}

extension ArraySlice {
    /// With its last element repeated.
    fileprivate func padded(to size: Int) -> [Element] {
        guard let last, count < size else { return Array(self) }
        return self + Array(repeating: last, count: size - count)
    }
}
