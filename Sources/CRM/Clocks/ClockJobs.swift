import Background
import Storage
import Tenancy

/// Writes down which clocks of a company were breached: its timer, one for all of them.
struct BreachClocks: Job {
    static let kind = JobKind("clocks.breach")
}

/// Gives the clocks that run the target of today's policy.
struct RetargetClocks: Job {
    static let kind = JobKind("clocks.retarget", urgency: .bulk, atOnce: 2)
}

/// The handlers of what clocks leave to do later.
package func clockHandlers() -> [JobHandler] {
    [
        JobHandler(BreachClocks.self) { _, run in
            try await run.finish(isolation: .readCommitted) { scope in
                let clocks = Clocks(scope)
                let isAll = try await clocks.breach()
                // What the reader has not taken yet is looked at again when it has.
                try await clocks.plan(after: scope.now.adding(seconds: isAll ? 2 : 0))
            }
        },
        JobHandler(RetargetClocks.self) { _, run in
            var last: ID<Clock>?
            repeat {
                let after = last
                last = try await run.write(isolation: .readCommitted) { scope in
                    try await Clocks(scope).retarget(after: after)
                }
            } while last != nil
        },
    ]
}

extension StoredEvent {
    /// Whether it stops or pauses a clock that does not know of it yet.
    fileprivate func halts(_ clock: Clock) -> Bool {
        guard subject == clock.subject, place.number > clock.lastSeq else { return false }
        return firstResponseAct == .stop || firstResponseAct == .pause
    }
}

extension Clocks {
    private static let atOnce = 500

    /// Writes down what was due before now; false when there may be more of it. A clock is left
    /// alone whose lead was responded to in time, though the reader has not come to that yet.
    func breach() async throws -> Bool {
        let due: [Clock] = try await scope.tx.all(
            """
            SELECT \(Clock.columns) FROM clocks c
            WHERE c.tenant_id = \(scope.tenant) AND c.running_since IS NOT NULL
                AND c.breached_at IS NULL AND c.due_at < \(scope.now)
            ORDER BY c.due_at, c.id LIMIT \(Self.atOnce) \(scope.tx.dialect.locking("c"))
            """)
        let unread = try await Feed.events(
            about: due.map(\.subject), after: due.map(\.lastSeq).min() ?? 0, of: scope.tenant,
            named: StoredEvent.firstResponseNames, in: scope.tx)
        var (changed, entries): ([Clock], [Clock.Entry]) = ([], [])
        for var clock in due {
            guard !unread.contains(where: { $0.halts(clock) }) else { continue }
            entries += clock.breach(by: scope.now)
            changed.append(clock)
        }
        try await update(changed)
        try await write(entries, of: changed)
        return due.count < Self.atOnce
    }

    /// Retargets the next clocks that run; nil when there are no more.
    func retarget(after last: ID<Clock>?) async throws -> ID<Clock>? {
        let policy = try await ClockPolicies(scope).firstResponse()
        let calendar = try await Calendars(scope).ofCompany()
        let behind: SQL = if let last { "AND c.id > \(last)" } else { "" }
        let some: [Clock] = try await scope.tx.all(
            """
            SELECT \(Clock.columns) FROM clocks c
            WHERE c.tenant_id = \(scope.tenant) AND c.stopped_at IS NULL \(behind)
            ORDER BY c.id LIMIT \(Self.atOnce) \(scope.tx.dialect.locking("c"))
            """)
        var (changed, entries): ([Clock], [Clock.Entry]) = ([], [])
        for var clock in some {
            let made = clock.take(
                .retarget(seconds: policy.targetMinutes * 60), at: scope.now, event: nil,
                in: calendar)
            guard !made.isEmpty else { continue }
            changed.append(clock)
            entries += made
        }
        try await update(changed)
        try await write(entries, of: changed)
        if !changed.isEmpty { try await plan() }
        return some.count < Self.atOnce ? nil : some.last?.id
    }
}
