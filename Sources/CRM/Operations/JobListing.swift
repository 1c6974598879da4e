import Background
import Storage
import Tenancy
import Web

extension Jobs {
    /// What changed last comes first.
    static let listing = Listing(
        [
            .init("id", .id, "id", sort: "id"),
            .init("state", .choice(StoredJob.State.allCases.map(\.rawValue)), "state"),
            .init("kind", .text, "kind"), .init("run_at", .instant, "run_at", sort: "run_at"),
            .init("changed_at", .instant, "changed_at", sort: "changed_at"),
        ], defaultSort: "-changed_at,-id")

    func page(
        _ request: ListRequest, _ cursors: Cursors
    ) async throws -> (elements: [StoredJob], next: String?) {
        try scope.caller.must(.operationsManage)
        let rows = try await scope.tx.rows(
            """
            SELECT \(StoredJob.columns), \(request.sortColumns) FROM jobs
            WHERE tenant_id = \(scope.tenant) \(try request.conditions(in: scope))
                \(try request.behind(cursors))
            ORDER BY \(request.order) LIMIT \(request.limit + 1)
            """
        ) { row in (element: try StoredJob(row: &row), place: try request.place(&row)) }
        return request.page(rows, cursors)
    }

    /// Jobs that are counted.
    static let countedMax = 100_000
    private static let rateHours = 24

    /// The kinds of jobs there are and were lately, and how they stand; with `isMore` there are
    /// at least as many of each as it says.
    func queues() async throws -> (queues: [JobQueueStanding], isMore: Bool) {
        try scope.caller.must(.operationsManage)
        var queues: [String: JobQueueStanding] = [:]
        try await scope.tx.each(
            """
            SELECT kind, state, COUNT(*), MIN(run_at) FROM (SELECT kind, state, run_at FROM jobs
                WHERE tenant_id = \(scope.tenant) LIMIT \(Self.countedMax)) AS counted
            GROUP BY kind, state
            """
        ) { row in
            let kind: String = try row.next()
            let (state, count): (StoredJob.State, Int) = (try row.next(), try row.next())
            var queue = queues[kind] ?? JobQueueStanding(kind: kind)
            queue.counts[state] = count
            if state == .waiting { queue.oldestAt = try row.next() }
            queues[kind] = queue
        }
        let all = queues.values.reduce(0) { $0 + $1.counts.values.reduce(0, +) }
        let since = scope.now.adding(seconds: -Self.rateHours * 3600)
        try await scope.tx.each(
            """
            SELECT kind, SUM(done), SUM(failed), SUM(run_microseconds) FROM job_counts
            WHERE tenant_id = \(scope.tenant) AND hour_at > \(since) GROUP BY kind
            """
        ) { row in
            let kind: String = try row.next()
            var queue = queues[kind] ?? JobQueueStanding(kind: kind)
            queue.doneLately = try row.next()
            queue.failedLately = try row.next()
            queue.runMicrosecondsLately = try row.next()
            queues[kind] = queue
        }
        return (queues.values.sorted { $0.kind < $1.kind }, all >= Self.countedMax)
    }
}

/// The jobs of one kind, counted.
struct JobQueueStanding: Sendable, Equatable {
    let kind: String
    var counts: [StoredJob.State: Int] = [:]
    /// Since when the longest waiting one might have run.
    var oldestAt: Instant?
    /// In the last 24 hours.
    var doneLately = 0
    var failedLately = 0
    var runMicrosecondsLately = 0

    init(kind: String) {
        self.kind = kind
    }

    subscript(state: StoredJob.State) -> Int { counts[state] ?? 0 }

    /// How long one run took, on the average of the last day.
    var meanMilliseconds: Double? {
        let runs = doneLately + failedLately
        return runs == 0 ? nil : Double(runMicrosecondsLately) / Double(runs) / 1000
    }
}
