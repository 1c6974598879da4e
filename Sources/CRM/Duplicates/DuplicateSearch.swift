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
    static let blockMax = 100
    /// Leads that one lead is compared with.
    static let rivalsMax = 1000
    /// New pairs of one lead that are kept, the likeliest of them: of a hundred leads of one
    /// company nobody looks at five thousand pairs.
    static let pairsMax = 10
    static let listMax = 500

    init(_ scope: Scope) {
        self.scope = scope
    }

    /// Leads under each key, at most one more than `blockMax`.
    typealias Blocks = [BlockingKey: [ID<Lead>]]

    /// What differs of some leads, read beside the writer and to be written then.
    struct Differences: Sendable {
        fileprivate var gone: [ID<Lead>] = []
        fileprivate var keys = KeyDifference()
        fileprivate var findings = Findings()
    }

    /// Looks at some leads, some of which may be gone.
    func differences(of ids: [ID<Lead>]) async throws -> Differences {
        let profiles = try await profiles(of: ids)
        let known = Set(profiles.map(\.id))
        let gone = ids.filter { !known.contains($0) }
        guard !profiles.isEmpty else { return Differences(gone: gone) }
        let keys = keys(of: profiles)
        var blocks = try await blocks(of: Set(keys.values.joined()))
        let difference = try await difference(keys, of: profiles, &blocks)
        return Differences(
            gone: gone, keys: difference,
            findings: try await findings(of: profiles, keys, blocks, withEarlierOnly: false))
    }

    /// Brings the keys and pairs of the leads up to date, and takes away those of what is gone.
    func apply(_ differences: Differences) async throws {
        // One may be back: a merge is undone.
        let back = Set(try await profiles(of: differences.gone).map(\.id))
        try await forget(differences.gone.filter { !back.contains($0) })
        try await apply(differences.keys)
        try await settle(differences.findings)
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

    func profiles(of ids: [ID<Lead>], _ reach: SQL = "") async throws -> [LeadProfile] {
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

extension Array {
    /// Its elements in order, so many at a time.
    func parts(of size: Int) -> [ArraySlice<Element>] {
        stride(from: 0, to: count, by: size).map { self[$0..<Swift.min($0 + size, count)] }
    }
}
