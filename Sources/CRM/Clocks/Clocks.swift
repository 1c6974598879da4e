import Background
import Foundation
import Storage
import Tenancy

/// The clocks of a company's leads, in this transaction.
package struct Clocks: Sendable {
    let scope: Scope

    package init(_ scope: Scope) {
        self.scope = scope
    }

    /// Those of a lead that the caller has found, with their ledgers.
    package func list(of lead: ID<Lead>) async throws -> [(clock: Clock, entries: [Clock.Entry])] {
        let clocks: [Clock] = try await scope.tx.all(
            """
            SELECT \(Clock.columns) FROM clocks c
            WHERE c.tenant_id = \(scope.tenant) AND c.subject_kind = 'lead'
                AND c.subject_id = \(lead)
            ORDER BY c.started_at, c.id LIMIT 10
            """)
        let entries: [Clock.Entry] = try await scope.tx.all(
            """
            SELECT \(Clock.Entry.columns) FROM clock_entries n
            WHERE n.tenant_id = \(scope.tenant) AND n.clock_id IN \(SQL.list(clocks.map(\.id)))
            ORDER BY n.clock_id, n.number LIMIT 1000
            """)
        let ledgers = Dictionary(grouping: entries, by: \.clock)
        return clocks.map { ($0, ledgers[$0.id] ?? []) }
    }

    /// A clock with the place in the feed of the last event that made an entry.
    struct Placed: RowDecodable {
        var clock: Clock
        var place: FeedPlace

        init(_ clock: Clock, at place: FeedPlace) {
            (self.clock, self.place) = (clock, place)
        }

        init(row: inout Row) throws {
            clock = try Clock(row: &row)
            place = try FeedPlace(row: &row)
        }
    }

    /// The first-response clocks of leads, held until this transaction ends.
    func held(of subjects: [UUID]) async throws -> [Placed] {
        try await scope.tx.all(
            """
            SELECT \(Clock.columns), \(scope.tx.dialect.feed.place)
            FROM clocks c
            JOIN events e ON e.seq = c.last_seq AND e.tenant_id = c.tenant_id
            WHERE c.tenant_id = \(scope.tenant) AND c.subject_kind = 'lead'
                AND c.subject_id IN \(SQL.list(subjects)) AND c.kind = \(Clock.Kind.firstResponse)
            ORDER BY c.id \(scope.tx.dialect.locking("c"))
            """)
    }

    func insert(_ clocks: [Clock]) async throws {
        try await scope.tx.insert(
            clocks,
            into: """
                INSERT INTO clocks (tenant_id, id, subject_kind, subject_id, kind, target_seconds,
                    started_at, running_since, worked_seconds, due_at, stopped_at, breached_at,
                    entries, last_seq)
                """
        ) { clock in
            [
                .uuid(scope.tenant.uuid), .uuid(clock.id.uuid), .text("lead"),
                .uuid(clock.subject), .text(clock.kind.rawValue),
                .integer(Int64(clock.targetSeconds)), .init(clock.startedAt),
                .init(clock.runningSince), .integer(Int64(clock.workedSeconds)),
                .init(clock.dueAt), .init(clock.stoppedAt), .init(clock.breachedAt),
                .integer(Int64(clock.entries)), .integer(clock.lastSeq),
            ]
        }
    }

    func update(_ clocks: [Clock]) async throws {
        try await scope.tx.executeAll(
            clocks.map { clock in
                """
                UPDATE clocks SET subject_id = \(clock.subject),
                    target_seconds = \(clock.targetSeconds),
                    running_since = \(clock.runningSince),
                    worked_seconds = \(clock.workedSeconds), due_at = \(clock.dueAt),
                    stopped_at = \(clock.stoppedAt), breached_at = \(clock.breachedAt),
                    entries = \(clock.entries), last_seq = \(clock.lastSeq)
                WHERE tenant_id = \(scope.tenant) AND id = \(clock.id)
                """
            })
    }

    func delete(_ clocks: [ID<Clock>]) async throws {
        guard !clocks.isEmpty else { return }
        try await scope.tx.executeAll([
            """
            DELETE FROM clock_entries
            WHERE tenant_id = \(scope.tenant) AND clock_id IN \(SQL.list(clocks))
            """,
            "DELETE FROM clocks WHERE tenant_id = \(scope.tenant) AND id IN \(SQL.list(clocks))",
        ])
    }

    /// Writes entries down, tells of them in the feed, and copies what is due to the leads, whose
    /// versions stay: nobody edited them.
    func write(_ entries: [Clock.Entry], of clocks: [Clock]) async throws {
        guard !entries.isEmpty else { return }
        try await scope.tx.insert(
            entries,
            into: """
                INSERT INTO clock_entries (tenant_id, clock_id, number, kind, at, target_seconds,
                    worked_seconds, event_seq)
                """
        ) { entry in
            [
                .uuid(scope.tenant.uuid), .uuid(entry.clock.uuid), .integer(Int64(entry.number)),
                .text(entry.kind.rawValue), .init(entry.at),
                .integer(Int64(entry.targetSeconds)), .integer(Int64(entry.workedSeconds)),
                .init(entry.event),
            ]
        }
        try await copyDue(clocks)
        let known = Dictionary(clocks.map { ($0.id, $0) }) { _, last in last }
        try await scope.record(
            entries.compactMap { entry in
                known[entry.clock].map { (event: entry.event(of: $0), at: entry.at) }
            })
    }

    func copyDue(_ clocks: [Clock]) async throws {
        try await scope.tx.executeAll(
            clocks.map { clock in
                """
                UPDATE leads SET respond_by = \(clock.isRunning ? clock.dueAt : nil)
                WHERE tenant_id = \(scope.tenant) AND id = \(clock.subject)
                """
            })
    }

    /// Sets the timer to when the next clock is breached.
    ///
    /// - Parameter moment: Not before.
    func plan(after moment: Instant? = nil) async throws {
        let due: Instant? = try await scope.tx.value(
            """
            SELECT MIN(due_at) FROM clocks
            WHERE tenant_id = \(scope.tenant) AND running_since IS NOT NULL
                AND breached_at IS NULL AND due_at IS NOT NULL
            """)
        // A response at the last moment is in time.
        guard let due = due?.adding(seconds: 1) else { return }
        try await Jobs(scope).add(
            BreachClocks(), at: max(due, moment ?? due), key: BreachClocks.kind.name,
            rival: .makesWay)
    }
}

extension Clock.Entry {
    /// What the feed tells of it, as something about the lead.
    fileprivate func event(of clock: Clock) -> Event {
        Event("clock.\(kind.rawValue)", clock.subject) { body in
            body.member("clock", clock.id)
            body.member("kind", clock.kind.rawValue)
            body.member("target_seconds", targetSeconds)
            body.member("worked_seconds", workedSeconds)
            body.member("due_at", clock.dueAt)
        }
    }
}
