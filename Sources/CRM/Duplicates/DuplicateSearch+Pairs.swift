import Storage
import Tenancy

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

// Who is compared with whom, and what is kept of it.
extension DuplicateSearch {
    /// What came of comparing some leads, to be written later.
    struct Findings: Sendable {
        fileprivate(set) var leads: [ID<Lead>] = []
        fileprivate(set) var pairs: [LeadPair: Comparison] = [:]
        fileprivate var stamps: DuplicateSearch.Stamps = [:]
        /// Pairs that were there: what came since is somebody else's finding.
        fileprivate var kept: Set<ID<DuplicatePair>> = []
        fileprivate var withEarlierOnly = false
    }

    /// Compares some leads with those before them that share a key, whose keys are kept already.
    func findings(of ids: [ID<Lead>]) async throws -> Findings {
        let profiles = try await profiles(of: ids)
        guard !profiles.isEmpty else { return Findings() }
        let keys = keys(of: profiles)
        let blocks = try await blocks(of: Set(keys.values.joined()))
        return try await findings(of: profiles, keys, blocks, withEarlierOnly: true)
    }

    func findings(
        of profiles: [LeadProfile], _ keys: [ID<Lead>: Set<BlockingKey>], _ blocks: Blocks,
        withEarlierOnly: Bool
    ) async throws -> Findings {
        let (found, known) = try await compare(profiles, keys, blocks, withEarlierOnly)
        let own = profiles.map(\.id)
        let all = Set(found.keys.flatMap { [$0.low, $0.high] } + own).compactMap { known[$0] }
        let kept = try await kept(of: own, withEarlierOnly)
        return Findings(
            leads: own, pairs: found, stamps: stamps(of: all), kept: Set(kept.map(\.id)),
            withEarlierOnly: withEarlierOnly)
    }

    /// Writes what differs from the pairs that are kept, but of leads that are not what they were.
    /// What somebody has decided stays decided.
    func settle(_ findings: Findings) async throws {
        let others = try await changed(since: findings.stamps)
        func isThere(_ pair: LeadPair) -> Bool {
            !others.contains(pair.low) && !others.contains(pair.high)
        }
        let found = findings.pairs.filter { isThere($0.key) }
        let leads = findings.leads.filter { !others.contains($0) }
        var known: Set<LeadPair> = []
        var changes: [SQL] = []
        for one in try await kept(of: leads, findings.withEarlierOnly) {
            known.insert(one.pair)
            guard one.isOpen, isThere(one.pair) else { continue }
            if let comparison = found[one.pair] {
                guard one.score != comparison.basisPoints else { continue }
                changes.append(renewal(of: one.id, comparison))
            } else if findings.kept.contains(one.id) {
                changes.append(
                    """
                    DELETE FROM duplicate_pairs
                    WHERE tenant_id = \(scope.tenant) AND id = \(one.id) AND state = 'open'
                    """)
            }
        }
        for (pair, comparison) in likeliest(found, of: leads) where !known.contains(pair) {
            changes.append(insertion(of: pair, comparison))
        }
        try await scope.tx.executeAll(changes)
    }

    private func renewal(of id: ID<DuplicatePair>, _ comparison: Comparison) -> SQL {
        """
        UPDATE duplicate_pairs SET score_bp = \(comparison.basisPoints),
            evidence = \(comparison.evidence.json.text)
        WHERE tenant_id = \(scope.tenant) AND id = \(id) AND state = 'open'
        """
    }

    /// - Parameter withEarlierOnly: Of each two only once: the later one is compared.
    private func compare(
        _ profiles: [LeadProfile], _ keys: [ID<Lead>: Set<BlockingKey>], _ blocks: Blocks,
        _ withEarlierOnly: Bool
    ) async throws -> (found: [LeadPair: Comparison], known: [ID<Lead>: LeadProfile]) {
        var pairs: Set<LeadPair> = []
        for profile in profiles {
            for rival in rivals(of: profile, keys[profile.id] ?? [], blocks) {
                if withEarlierOnly, rival > profile.id { continue }
                pairs.insert(LeadPair(profile.id, rival))
            }
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
        return (found, known)
    }

    /// Who shares a key with a lead that is not crowded.
    private func rivals(
        of profile: LeadProfile, _ keys: Set<BlockingKey>, _ blocks: Blocks
    ) -> Set<ID<Lead>> {
        var rivals: Set<ID<Lead>> = []
        for key in keys.sorted(by: { $0.number < $1.number }) {
            guard let block = blocks[key], block.count <= Self.blockMax else { continue }
            for rival in block where rivals.count < Self.rivalsMax { rivals.insert(rival) }
        }
        rivals.remove(profile.id)
        return rivals
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

    private func kept(of leads: [ID<Lead>], _ withEarlierOnly: Bool) async throws -> [Kept] {
        var all: [Kept] = []
        for some in leads.parts(of: Self.listMax / 2) {
            let list = SQL.list(Array(some))
            let asLater: SQL = """
                SELECT low_id, high_id, id, score_bp, state FROM duplicate_pairs
                WHERE tenant_id = \(scope.tenant) AND high_id IN \(list)
                """
            let asEarlier: SQL = """
                SELECT low_id, high_id, id, score_bp, state FROM duplicate_pairs
                WHERE tenant_id = \(scope.tenant) AND low_id IN \(list)
                """
            all += try await scope.tx.all(
                withEarlierOnly ? asLater : "\(asEarlier) UNION \(asLater)")
        }
        return all
    }
}

extension Comparison {
    /// The score in ten-thousandths.
    var basisPoints: Int { Int((score * 10_000).rounded()) }
}
