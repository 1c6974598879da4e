import Storage
import Tenancy
import Web

/// Operations that can be taken back: the events of one operation share a change, and each
/// carries what was there before.
package struct Changes: Sendable {
    let scope: Scope

    /// After that, a change is history.
    private static let undoSeconds = 3600

    package init(_ scope: Scope) {
        self.scope = scope
    }

    /// What came of an operation on several leads.
    package struct Result: Sendable {
        package var done = 0
        package var failed: [(lead: ID<Lead>, detail: String)] = []
        package var change: ID<Change>
    }

    private struct Entry: RowDecodable {
        let name: String
        let subject: ID<Lead>
        let actor: ID<User>?
        let at: Instant
        let data: JSON

        init(row: inout Row) throws {
            name = try row.next()
            subject = try row.next()
            actor = try row.next()
            at = try row.next()
            data = try JSON(parsing: row.next(String.self))
        }
    }

    /// Takes a change back, lead by lead; a lead that was changed since is left and named.
    ///
    /// - Throws: `Problem.notFound` for a change of somebody else, `conflict` when it was
    ///   undone already or is too old.
    package func undo(_ change: ID<Change>) async throws -> Result {
        let entries: [Entry] = try await scope.tx.all(
            """
            SELECT name, subject_id, actor_id, at, data FROM events
            WHERE tenant_id = \(scope.tenant) AND change_id = \(change) AND subject_id IS NOT NULL
            ORDER BY seq DESC LIMIT 20000
            """)
        guard let newest = entries.first, newest.actor?.uuid == scope.caller.actor.id else {
            throw Problem.notFound("change")
        }
        guard newest.name != "change.undone" else {
            throw Problem.conflict("This took a change back; make the change again by hand.")
        }
        guard scope.now.seconds(since: newest.at) < Self.undoSeconds else {
            throw Problem.conflict("This was done over an hour ago; change it by hand.")
        }
        let undone: Int? = try await scope.tx.value(
            """
            SELECT 1 FROM events WHERE tenant_id = \(scope.tenant) AND subject_id = \(change)
                AND name = 'change.undone'
            """)
        guard undone == nil else { throw Problem.conflict("This was undone already.") }
        var result = Result(change: scope.change)
        let leads = Dictionary(grouping: entries, by: \.subject)
        for id in leads.keys.sorted() {
            do {
                try await scope.tx.attempt { try await undo(leads[id] ?? [], of: id) }
                result.done += 1
            } catch let problem as Problem {
                result.failed.append((id, problem.detail))
            }
        }
        try await scope.record(
            Event("change.undone", change.uuid) { $0.member("done", result.done) })
        return result
    }

    /// Takes back one lead's entries, newest first.
    private func undo(_ entries: [Entry], of id: ID<Lead>) async throws {
        let leads = Leads(scope)
        let before = try await leads.find(id, to: .leadsWork)
        let title = before.masked(for: scope.caller).title
        guard entries.first?.data["version"]?.integer == Int64(before.version) else {
            throw Problem.conflict("\(title) was changed since.")
        }
        guard !entries.contains(where: { $0.name == "lead.created" }) else {
            throw Problem.conflict("\(title) was created by it; mark it lost instead.")
        }
        guard !entries.contains(where: { Merges.events.contains($0.name) }) else {
            throw Problem.conflict("\(title) was merged; undo the merge itself.")
        }
        var after = before
        for entry in entries {
            if let values = entry.data["before"] { after.restore(values) }
            try await undoEffects(of: entry, on: id)
        }
        _ = try await leads.save(before, after, as: "lead.restored")
    }

    private func undoEffects(of entry: Entry, on lead: ID<Lead>) async throws {
        let followUp = entry.data["follow_up"]?.string.flatMap(ID<FollowUp>.init)
        let followUps = FollowUps(scope)
        switch entry.name {
        case "lead.won":
            try await Customers(scope).forget(lead)
            try await Leads(scope).unmove(lead)
        case "lead.moved", "lead.held", "lead.resumed", "lead.lost", "lead.reactivated":
            try await Leads(scope).unmove(lead)
        case "activity.logged":
            if let id = entry.data["activity"]?.string.flatMap(ID<Activity>.init) {
                try await Activities(scope).withdraw(id)
            }
        case "follow_up.scheduled":
            if let followUp { try await followUps.set(followUp, .cancelled) }
        case "follow_up.done":
            guard let followUp else { break }
            try await followUps.set(followUp, .open)
            // Whom it had been handed to has the lead no more.
            if let giver = entry.data["handed_by"] {
                try await followUps.give(followUp, to: giver.string.flatMap(ID<User>.init))
            }
        case "follow_up.rescheduled":
            if let followUp, let due = entry.data["was_due_at"]?.string.flatMap(Instant.init) {
                try await followUps.setDue(followUp, due)
            }
        case "lead.assigned":
            for (key, value) in entry.data["follow_ups"]?.object ?? [:] {
                let (id, owner) = (ID<FollowUp>(key), value.string.flatMap(ID<User>.init))
                try await scope.tx.execute(
                    """
                    UPDATE follow_ups SET owner_id = \(owner)
                    WHERE tenant_id = \(scope.tenant) AND id = \(id) AND lead_id = \(lead)
                    """)
            }
        default: break
        }
    }
}

extension Changes {
    /// Does the same to several leads, each alone: one that cannot is named, the others go on.
    package func each(
        _ ids: [ID<Lead>], _ operation: (ID<Lead>) async throws -> Void
    ) async throws -> Result {
        var result = Result(change: scope.change)
        for id in ids {
            do {
                do {
                    try await scope.tx.attempt { try await operation(id) }
                } catch Problem.notFound("lead") {
                    // Its page may be older than the merge that made it part of another.
                    let current = try await Merges(scope).current(id)
                    guard let current else { throw Problem.notFound("lead") }
                    try await scope.tx.attempt { try await operation(current) }
                }
                result.done += 1
            } catch let problem as Problem {
                // Missing fields are missing for all of them: the dialog asks once.
                if case .invalid = problem { throw problem }
                result.failed.append((id, problem.detail))
            }
        }
        return result
    }
}
