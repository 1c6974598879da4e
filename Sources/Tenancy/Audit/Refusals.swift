import Foundation
import Storage
import Synchronization

/// Somebody was not let do something.
package struct AccessRefusal: Sendable {
    package let caller: Caller
    package let remote: String
    /// Method and path, the path as the route writes it: no id and no secret stands in it.
    package let route: String
    package let subjectKind: String?
    package let subject: UUID?
    package let reason: String

    package init(
        _ caller: Caller, remote: String, route: String,
        subject: (kind: String, id: UUID)?, reason: String
    ) {
        self.caller = caller
        self.remote = remote
        self.route = route
        subjectKind = subject?.kind
        self.subject = subject?.id
        self.reason = reason
    }
}

/// Records refusals, bounded: of each caller the first in a minute at once, and the last of the
/// others when the minute is over, with how many there were.
package final class Refusals: Sendable {
    private let database: Database
    private let report: @Sendable (any Error) -> Void
    private let minutes = Mutex<[Key: Minute]>([:])

    private static let seconds = 60

    private struct Key: Hashable {
        let tenant: ID<Tenant>
        let actor: UUID?
    }

    private struct Minute {
        let start: Instant
        /// Those behind the first.
        var more = 0
        var last: AccessRefusal?
    }

    /// - Parameter report: Told of what could not be recorded; the answer is given all the same.
    package init(_ database: Database, report: @escaping @Sendable (any Error) -> Void) {
        self.database = database
        self.report = report
    }

    package func note(_ refusal: AccessRefusal, at now: Instant) async {
        let key = Key(tenant: refusal.caller.tenant, actor: refusal.caller.actor.id)
        let (isFirst, before) = minutes.withLock { minutes -> (Bool, Minute?) in
            if var minute = minutes[key], now.seconds(since: minute.start) < Self.seconds {
                minute.more += 1
                minute.last = refusal
                minutes[key] = minute
                return (false, nil)
            }
            return (true, minutes.updateValue(Minute(start: now), forKey: key))
        }
        if let before { await record(before, at: now) }
        if isFirst { await record(refusal, times: 1, at: now) }
    }

    /// Records what was counted in minutes that are over; in all of them when the process ends.
    package func flush(at now: Instant, all: Bool = false) async {
        let over = minutes.withLock { minutes in
            let over = minutes.filter { all || now.seconds(since: $0.value.start) >= Self.seconds }
            for key in over.keys { minutes[key] = nil }
            return Array(over.values)
        }
        for minute in over { await record(minute, at: now) }
    }

    private func record(_ minute: Minute, at now: Instant) async {
        guard let last = minute.last else { return }
        await record(last, times: minute.more, at: now)
    }

    private func record(_ refusal: AccessRefusal, times: Int, at now: Instant) async {
        do {
            try await database.write(as: refusal.caller, at: now, isolation: .readCommitted) {
                try await $0.record(
                    Event("access.refused", refusal.subject) { body in
                        body.member("remote", refusal.remote)
                        if let kind = refusal.subjectKind { body.member("subject_kind", kind) }
                        body.member("route", refusal.route)
                        body.member("reason", refusal.reason)
                        body.member("times", times)
                    })
            }
        } catch {
            report(error)
        }
    }
}
