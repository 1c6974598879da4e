import Storage
import Tenancy
import Web

/// Two leads that may be one.
package struct DuplicatePair: Sendable, RowDecodable {
    package let id: ID<DuplicatePair>
    package let low: ID<Lead>
    package let high: ID<Lead>
    /// Of 10,000.
    package let scoreBP: Int
    let evidence: JSON
    package let state: State
    package let foundAt: Instant

    package enum State: String, Sendable, CaseIterable, SQLConvertible {
        case open
        /// Somebody said that they are not the same.
        case dismissed
        case merged
    }

    var score: Double { Double(scoreBP) / 10_000 }
    /// Whether they are very likely the same.
    package var isLikely: Bool { band == .likely }
    var band: Comparison.Band { Comparison.Band(score: score) ?? .possible }

    static let columns: SQL = """
        p.id, p.low_id, p.high_id, p.score_bp, p.evidence, p.state, p.found_at
        """

    package init(row: inout Row) throws {
        id = try row.next()
        low = try row.next()
        high = try row.next()
        scoreBP = try row.next()
        evidence = try JSON(parsing: row.next(String.self))
        state = try row.next()
        foundAt = try row.next()
    }
}

/// The pairs of which this caller reaches both leads, in this transaction.
package struct DuplicatePairs: Sendable {
    let scope: Scope

    package init(_ scope: Scope) {
        self.scope = scope
    }

    /// A pair with its leads as the caller may see them.
    package struct Shown: Sendable {
        package let pair: DuplicatePair
        package let low: Lead
        package let high: Lead
        /// Without what is masked.
        let evidence: JSON
    }

    static let listing = Listing(
        [
            .init("id", .id, "p.id", sort: "p.id"),
            .init("score_bp", .integer, "p.score_bp", sort: "p.score_bp"),
            .init("state", .choice(["open", "dismissed"]), "p.state"),
            .init(
                "band", .choice(Comparison.Band.allCases.map(\.rawValue)), "p.score_bp",
                equals: { text, _ in inBand(text) }),
            .init(
                "lead", .id, "p.low_id",
                equals: { text, _ in
                    guard let id = ID<Lead>(text) else {
                        throw Problem.invalid("filter[lead]", "Give the id of a lead.")
                    }
                    return "p.low_id = \(id) OR p.high_id = \(id)"
                }),
        ], defaultSort: "-score_bp")

    @Sendable private static func inBand(_ text: String) -> SQL {
        let least = Int(Comparison.Band.likelyLeast * 10_000)
        let bands = text.split(separator: ",").compactMap { Comparison.Band(rawValue: String($0)) }
        let arms: [SQL] = bands.map { band in
            band == .likely ? "p.score_bp >= \(least)" : "p.score_bp < \(least)"
        }
        return arms.isEmpty ? "1 = 0" : SQL.joined(arms, by: " OR ")
    }

    /// One page, the likeliest first; the open ones unless another state is asked for.
    package func page(
        _ request: ListRequest, _ cursors: Cursors
    ) async throws -> (elements: [Shown], next: String?, sensitive: [String]) {
        try scope.caller.must(.leadsMerge)
        let isAsked = request.filters.contains { $0.column.name == "state" }
        let open: SQL = isAsked ? "" : "AND p.state = 'open'"
        let rows = try await scope.tx.rows(
            """
            SELECT \(DuplicatePair.columns), \(request.sortColumns) FROM duplicate_pairs p
            WHERE p.tenant_id = \(scope.tenant) \(open)
                \(try request.conditions(in: scope)) \(try request.behind(cursors)) \(reach)
            ORDER BY \(request.order) LIMIT \(request.limit + 1)
            """
        ) { row in (element: try DuplicatePair(row: &row), place: try request.place(&row)) }
        let page = request.page(rows, cursors)
        let (shown, sensitive) = try await shown(page.elements)
        return (shown, page.next, sensitive)
    }

    /// The open ones alone, without their leads, page by page.
    package func page(
        cursor: String?, _ cursors: Cursors
    ) async throws -> (elements: [DuplicatePair], next: String?) {
        let request = try ListRequest(Self.listing, "state", "open", cursor: cursor)
        let page = try await page(request, cursors)
        return (page.elements.map(\.pair), page.next)
    }

    /// How many open ones there are, up to a limit.
    package func count(limit: Int) async throws -> Int {
        try await scope.tx.value(
            """
            SELECT COUNT(*) FROM (SELECT 1 FROM duplicate_pairs p
                WHERE p.tenant_id = \(scope.tenant) AND p.state = 'open' \(reach)
                LIMIT \(limit)) AS counted
            """) ?? 0
    }

    /// The open ones of a lead that the caller has found, the likeliest first.
    func open(of lead: ID<Lead>, limit: Int) async throws -> [Shown] {
        guard scope.caller.may(.leadsMerge) else { return [] }
        let pairs: [DuplicatePair] = try await scope.tx.all(
            """
            SELECT \(DuplicatePair.columns) FROM duplicate_pairs p
            WHERE p.tenant_id = \(scope.tenant) AND p.state = 'open'
                AND (p.low_id = \(lead) OR p.high_id = \(lead)) \(reach)
            ORDER BY p.score_bp DESC, p.id LIMIT \(limit)
            """)
        return try await shown(pairs).pairs
    }

    /// - Throws: `Problem.notFound`, also when the caller does not reach both leads.
    package func find(_ id: ID<DuplicatePair>) async throws -> Shown {
        try scope.caller.must(.leadsMerge)
        guard let shown = try await first(id) else {
            throw Problem.notFound("pair of duplicates")
        }
        return shown
    }

    func first(_ id: ID<DuplicatePair>) async throws -> Shown? {
        let pair: DuplicatePair? = try await scope.tx.first(
            """
            SELECT \(DuplicatePair.columns) FROM duplicate_pairs p
            WHERE p.tenant_id = \(scope.tenant) AND p.id = \(id) \(reach)
            """)
        guard let pair else { return nil }
        return try await shown([pair]).pairs.first
    }

    /// Remembers that two leads are not the same, or asks again whether they are.
    package func settle(
        _ id: ID<DuplicatePair>, as state: DuplicatePair.State
    ) async throws -> Shown {
        let shown = try await find(id)
        for lead in [shown.pair.low, shown.pair.high] {
            try await Leads(scope).check(.leadsMerge, on: lead)
        }
        guard shown.pair.state != state else { return shown }
        let isOpen = state == .open
        try await scope.tx.execute(
            """
            UPDATE duplicate_pairs SET state = \(state),
                settled_at = \(isOpen ? nil : scope.now),
                settled_by = \(isOpen ? nil : scope.caller.user)
            WHERE tenant_id = \(scope.tenant) AND id = \(id)
            """)
        let (low, high) = (shown.pair.low, shown.pair.high)
        try await scope.record(
            Event(isOpen ? "duplicate.reopened" : "duplicate.dismissed", id.uuid) { body in
                body.member("leads", .array([low, high].map { .string($0.description) }))
            })
        return try await find(id)
    }

    private var reach: SQL {
        let reach = Leads(scope).reach
        return """
            AND EXISTS (SELECT 1 FROM leads l WHERE l.tenant_id = p.tenant_id AND l.id = p.low_id
                \(reach))
            AND EXISTS (SELECT 1 FROM leads l WHERE l.tenant_id = p.tenant_id AND l.id = p.high_id
                \(reach))
            """
    }

    private func shown(
        _ pairs: [DuplicatePair]
    ) async throws -> (pairs: [Shown], sensitive: [String]) {
        guard !pairs.isEmpty else { return ([], []) }
        let ids = Set(pairs.flatMap { [$0.low, $0.high] }).sorted()
        let all: [Lead] = try await scope.tx.all(
            """
            SELECT \(Lead.columns) \(Lead.from)
            WHERE l.tenant_id = \(scope.tenant) AND l.id IN \(SQL.list(ids)) \(Leads(scope).reach)
            """)
        let (leads, sensitive) = try await Leads(scope).look(at: all)
        let known = Dictionary(uniqueKeysWithValues: leads.map { ($0.id, $0) })
        let shown = pairs.compactMap { pair -> Shown? in
            guard let low = known[pair.low], let high = known[pair.high] else { return nil }
            return Shown(
                pair: pair, low: low, high: high,
                evidence: pair.evidence.without(scope.caller.grants.masks, low, high))
        }
        return (shown, sensitive)
    }
}

// For merges.
extension DuplicatePairs {
    /// Whom a lead was said not to be.
    func dismissed(of lead: ID<Lead>) async throws -> [ID<Lead>] {
        try await scope.tx.column(
            """
            SELECT high_id FROM duplicate_pairs
            WHERE tenant_id = \(scope.tenant) AND low_id = \(lead) AND state = 'dismissed'
            UNION
            SELECT low_id FROM duplicate_pairs
            WHERE tenant_id = \(scope.tenant) AND high_id = \(lead) AND state = 'dismissed'
            """)
    }

    func forgetOpen(of lead: ID<Lead>) async throws {
        try await scope.tx.execute(
            """
            DELETE FROM duplicate_pairs
            WHERE tenant_id = \(scope.tenant) AND state = 'open'
                AND (low_id = \(lead) OR high_id = \(lead))
            """)
    }

    /// Says what a pair is, whether or not it was found.
    func settle(_ pair: LeadPair, _ state: DuplicatePair.State) async throws {
        try await scope.tx.execute(
            """
            INSERT INTO duplicate_pairs (tenant_id, id, low_id, high_id, score_bp, evidence, state,
                found_at, settled_at, settled_by)
            VALUES (\(scope.tenant), \(ID<DuplicatePair>()), \(pair.low), \(pair.high), 0, '[]',
                \(state), \(scope.now), \(scope.now), \(scope.caller.user))
            ON CONFLICT (tenant_id, low_id, high_id) DO UPDATE SET state = excluded.state,
                settled_at = excluded.settled_at, settled_by = excluded.settled_by
            """)
    }
}

extension JSON {
    /// Evidence without what fields say that are masked of either lead.
    fileprivate func without(_ masks: Mask, _ leads: Lead...) -> JSON {
        guard !masks.isEmpty else { return self }
        let hidden = leads.reduce(into: Set<String>()) { $0.formUnion(masks.fields(at: $1.stage)) }
        let tax: Set<String> = hidden.contains("custom") ? ["tax_number"] : []
        let all = hidden.union(tax)
        return .array((array ?? []).filter { !all.contains($0["field"]?.string ?? "") })
    }
}
