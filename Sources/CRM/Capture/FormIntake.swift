import Storage
import Tenancy
import Views
import Web

/// Takes what web forms send: journals it, answers, and makes leads of it.
package struct FormIntake: Sendable {
    let database: Database
    let cursors: Cursors
    let addresses: RateLimiter
    let forms: RateLimiter

    private static let perAddressAMinute = 20
    private static let perFormAMinute = 1200
    /// Faster than this nobody fills in a form.
    private static let fillSecondsMin = 2
    private static let linksMax = 4
    static let hidden: Set<String> = [HostedForm.honeypotName, HostedForm.stampName]

    package init(database: Database, cursors: Cursors) {
        self.database = database
        self.cursors = cursors
        addresses = RateLimiter(limit: Self.perAddressAMinute, perSeconds: 60)
        forms = RateLimiter(limit: Self.perFormAMinute, perSeconds: 60)
    }

    /// A signed moment that a form carries from when it was shown to when it is sent.
    func stamp(_ now: Instant) -> String {
        cursors.cursor(after: [.integer(now.microseconds)], of: "form")
    }

    /// Journals a submission and, that being safe, processes it.
    ///
    /// - Throws: `Problem.tooMany`; `invalid` with the fields that the person who is still
    ///   there can put right.
    func take(
        _ submission: Submission, for form: Form, of tenant: TenantProfile, _ call: Call
    ) async throws {
        try limit(form, call)
        let suspicion = suspicion(submission, call.now)
        if suspicion == nil {
            _ = try submission.draft(for: form, of: tenant, besides: Self.hidden)
        }
        let arrived = Arrived(
            channel: .form, source: form.source, payload: submission.payload, remote: call.remote,
            form: form.id)
        let caller = Caller.system(tenant.id, as: Actor(kind: .form, id: form.id.uuid))
        let entry = try await database.write(
            as: caller, at: call.now, isolation: .readCommitted
        ) { scope in
            try await Inbox(scope).journal(arrived, of: form, suspicion: suspicion)
        }
        guard suspicion == nil else { return }
        // The journal holds it; should this fail, the sweep takes it up.
        try await database.write(
            as: caller, at: call.now, isolation: .readCommitted
        ) { scope in
            try await Inbox(scope).process(entry)
        }
    }

    private func limit(_ form: Form, _ call: Call) throws {
        let standings = [
            addresses.take(call.remote, at: call.now), forms.take("\(form.id)", at: call.now),
        ]
        if let spent = standings.first(where: { !$0.isAllowed }) {
            throw Problem.tooMany(
                "That was a lot at once. Try again in \(spent.retryAfterSeconds) seconds.",
                retryAfterSeconds: spent.retryAfterSeconds)
        }
    }

    /// Why a submission looks like a machine's; nil when it does not.
    private func suspicion(_ submission: Submission, _ now: Instant) -> String? {
        if submission[HostedForm.honeypotName] != nil {
            return "The field that nobody sees was filled in."
        }
        if let stamp = submission[HostedForm.stampName] {
            let shown = (try? cursors.values(stamp, of: "form"))?.first?.integer
            guard let shown else { return "The form's stamp is not ours." }
            if now.seconds(since: Instant(microseconds: shown)) < Self.fillSecondsMin {
                return "It was filled in within \(Self.fillSecondsMin) seconds."
            }
        }
        let text = submission.fields.map(\.value).joined(separator: " ").lowercased()
        let links = text.split(separator: "http", omittingEmptySubsequences: false).count - 1
        return links > Self.linksMax ? "It holds \(links) links." : nil
    }

    /// Processes what was journalled and then left: after a crash, or a moment of trouble.
    package func sweep(at now: Instant = .now) async throws {
        // tenant: each entry is processed under its own tenant below.
        let waiting = try await database.read { tx in
            try await tx.rows(
                """
                SELECT tenant_id, id FROM inbox
                WHERE outcome = 'waiting' AND channel = 'form'
                    AND received_at < \(now.adding(seconds: -5))
                ORDER BY received_at LIMIT 1000
                """
            ) { row in try (row.next(ID<Tenant>.self), row.next(ID<Entry>.self)) }
        }
        var failure: (any Error)?
        for (tenant, id) in waiting {
            do {
                try await database.write(
                    as: .system(tenant), at: now, isolation: .readCommitted
                ) { scope in
                    let inbox = Inbox(scope)
                    let entry = try await inbox.find(id, locking: true)
                    if entry.outcome == .waiting { try await inbox.process(entry) }
                }
            } catch {
                // One that cannot be processed must not hold up those behind it.
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
    }
}

extension Inbox {
    /// Stands a submission in the journal: waiting, or in quarantine.
    package func journal(
        _ arrived: Arrived, of form: Form, suspicion: String?
    ) async throws -> Entry {
        try await scope.tx.execute(
            """
            UPDATE forms SET submissions = submissions + 1, last_submission_at = \(scope.now)
            WHERE tenant_id = \(scope.tenant) AND id = \(form.id)
            """)
        let id = try await receive(arrived)
        let entry = try await find(id)
        if let suspicion { try await settle(entry, as: .quarantined, reason: suspicion) }
        return entry
    }

    /// Makes a lead of an entry: one that waits, one released from quarantine, or one that was
    /// refused and is tried again.
    ///
    /// - Throws: `Problem.conflict` for an entry that is done, or whose form is gone.
    package func process(_ listed: Entry) async throws {
        // As it is now: the sweep may have been here since it was read, or may be here.
        let entry = try await find(listed.id, locking: true)
        guard entry.outcome != .created, entry.outcome != .merged else {
            throw Problem.conflict("This entry has become a lead already.")
        }
        if entry.channel == .facebook { return try await MetaLeads(scope).again(entry) }
        guard let id = entry.form, let payload = entry.payload else {
            throw Problem.conflict(
                "Rows of a file are not tried one by one. Import the corrected file instead.")
        }
        let actor = Actor(kind: .form, id: id.uuid)
        let scope = scope.acting(as: .system(scope.tenant, as: actor))
        do {
            let captured = try await scope.tx.attempt {
                let form = try await Forms(scope).find(id)
                let tenant = try await Tenants.find(scope.tenant, in: scope.tx)
                let draft = try Submission(payload: payload).draft(
                    for: form, of: tenant, besides: FormIntake.hidden)
                return try await Leads(scope).create(draft)
            }
            try await settle(
                entry, as: captured.merged ? .merged : .created, lead: captured.id)
        } catch let problem as Problem {
            guard problem != .busy, problem != .full else { throw problem }
            try await settle(entry, as: .refused, reason: problem.detail)
        }
    }
}
