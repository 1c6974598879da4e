import Storage
import Tenancy

/// How many leads a caller reaches in each stage, and their worth.
struct Totals: Sendable {
    struct Sum: Sendable, Equatable {
        var leads = 0
        /// By currency.
        var valueMinor: [String: Int64] = [:]

        static func + (left: Sum, right: Sum) -> Sum {
            Sum(
                leads: left.leads + right.leads,
                valueMinor: left.valueMinor.merging(right.valueMinor, uniquingKeysWith: +))
        }

        /// The worth in words: the largest currency first.
        func text(or currency: String) -> String {
            guard let most = valueMinor.max(by: { $0.value < $1.value }) else {
                return Currency.short(0, currency)
            }
            let others = valueMinor.count > 1 ? " +" : ""
            return Currency.short(most.value, most.key) + others
        }

        func minor(in currency: String) -> Int64 { valueMinor[currency] ?? 0 }
    }

    private(set) var byStage: [String: Sum] = [:]

    subscript(stage: String) -> Sum { byStage[stage] ?? Sum() }

    func open(_ pipeline: Pipeline) -> Sum {
        pipeline.open.reduce(Sum()) { $0 + self[$1.key] }
    }

    private typealias Row4 = (stage: String, currency: String, leads: Int, value: Int64)

    /// From the kept totals of each owner; leads that were handed to the caller are few and
    /// counted on top.
    init(_ scope: Scope) async throws {
        let reach = Reach(scope.caller)
        guard !reach.isAll else {
            add(try await Self.owned(scope, ""))
            return
        }
        let owners = reach.owners(in: scope).map { "(\($0))" as SQL }
        if let owners { add(try await Self.owned(scope, "AND owner_id IN \(owners)")) }
        if let handed = reach.handed(in: scope) {
            add(try await Self.handed(scope, handed, besides: owners))
        }
    }

    /// Counted row by row, for a list with filters.
    init(_ request: SQL, in scope: Scope) async throws {
        add(
            try await Self.rows(
                scope,
                """
                SELECT l.stage, l.currency, COUNT(*), COALESCE(SUM(l.value_minor), 0) FROM leads l
                WHERE l.tenant_id = \(scope.tenant) \(Reach(scope.caller).sql(in: scope))
                    \(request)
                GROUP BY l.stage, l.currency
                """))
    }

    private mutating func add(_ rows: [Row4]) {
        for row in rows where row.leads > 0 {
            byStage[row.stage] =
                self[row.stage] + Sum(leads: row.leads, valueMinor: [row.currency: row.value])
        }
    }

    private static func owned(_ scope: Scope, _ who: SQL) async throws -> [Row4] {
        try await rows(
            scope,
            """
            SELECT stage, currency, SUM(leads), SUM(value_minor) FROM lead_totals
            WHERE tenant_id = \(scope.tenant) \(who) GROUP BY stage, currency
            """)
    }

    private static func handed(
        _ scope: Scope, _ leads: SQL, besides owners: SQL?
    ) async throws -> [Row4] {
        let others: SQL =
            owners.map { "AND (l.owner_id IS NULL OR l.owner_id NOT IN \($0))" } ?? ""
        return try await rows(
            scope,
            """
            SELECT l.stage, l.currency, COUNT(*), COALESCE(SUM(l.value_minor), 0) FROM leads l
            WHERE l.tenant_id = \(scope.tenant) \(others) AND l.id IN (\(leads))
            GROUP BY l.stage, l.currency
            """)
    }

    private static func rows(_ scope: Scope, _ sql: SQL) async throws -> [Row4] {
        try await scope.tx.rows(sql) { row in
            try (row.next(), row.next(), row.next(), row.next())
        }
    }
}
