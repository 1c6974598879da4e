import Storage
import Tenancy

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
        guard let id = entry.form else {
            throw Problem.conflict(
                "Rows of a file are not tried one by one. Import the corrected file instead.")
        }
        guard let payload = entry.payload else {
            throw Problem.conflict("This entry was deleted, and what it said with it.")
        }
        let actor = Actor(kind: .form, id: id.uuid)
        let scope = scope.acting(as: .system(scope.tenant, as: actor))
        do {
            let captured = try await scope.tx.attempt {
                let form = try await Forms(scope).find(id)
                let tenant = try await Tenants.find(scope.tenant, in: scope.tx)
                let answers = FormAnswers(
                    form: form, submission: try Submission(payload: payload),
                    custom: try await Forms(scope).custom(for: form))
                return try await Leads(scope).create(answers.draft(for: tenant, files: nil))
            }
            try await settle(
                entry, as: captured.merged ? .merged : .created, lead: captured.id)
            try await tell(captured.id, of: entry, in: scope)
        } catch let problem as Problem {
            guard problem != .busy, problem != .full else { throw problem }
            try await settle(entry, as: .refused, reason: problem.detail)
        }
    }

    /// What came with an entry beside its fields becomes part of the lead's history.
    private func tell(_ lead: ID<Lead>, of entry: Entry, in scope: Scope) async throws {
        if let consent = try await Consents(scope).find(entry.id) {
            try await scope.record(
                Event("consent.given", lead.uuid) { body in
                    body.member("form", consent.form)
                    body.member("form_name", consent.formName)
                    body.member("consent_version", consent.version)
                    body.member("text_sha256", consent.textHash)
                    body.member("given_at", consent.givenAt)
                    body.member("confirmed_at", consent.confirmedAt)
                })
        }
        let files = try await EntryFiles(scope).list(of: entry.id)
        guard !files.isEmpty else { return }
        try await scope.record(
            Event("files.received", lead.uuid) { body in
                body.member("files", .array(files.map { .string($0.name) }))
            })
    }

    /// Deletes what an entry in quarantine says, and its files. That it came stays in the ledger,
    /// as refused.
    package func delete(_ listed: Entry) async throws {
        try checkMaySee()
        try scope.caller.must(.leadsCreate)
        let entry = try await find(listed.id, locking: true)
        guard entry.outcome == .quarantined else {
            throw Problem.conflict("This entry is \(entry.outcome), not quarantined.")
        }
        try await EntryFiles(scope).drop(of: entry.id)
        try await scope.tx.execute(
            """
            UPDATE inbox SET payload = NULL, remote = NULL
            WHERE tenant_id = \(scope.tenant) AND id = \(entry.id)
            """)
        try await scope.tx.execute(
            """
            DELETE FROM consents WHERE tenant_id = \(scope.tenant) AND entry_id = \(entry.id)
            """)
        try await settle(entry, as: .refused, reason: "Deleted from quarantine.")
        try await scope.record(Event("inbox.deleted", entry.id.uuid))
    }
}

extension FormIntake {
    /// Processes what was journalled and then left, after a crash or a moment of trouble; refuses
    /// what nobody confirmed in time; and forgets what is of no use any more.
    package func sweep(at now: Instant = .now) async throws {
        var failure: (any Error)?
        for (tenant, id) in try await left(at: now) {
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
        let expired = try await database.read {
            try await FormConfirmations.expired(in: $0, at: now)
        }
        for (tenant, entry) in expired {
            try await database.write(as: .system(tenant), at: now, isolation: .readCommitted) {
                try await FormConfirmations($0).expire(entry)
            }
        }
        try await database.write(isolation: .readCommitted) { tx in
            try await FormUses.tidy(in: tx, at: now)
            try await FormConfirmations.tidy(in: tx, at: now)
        }
        if let failure { throw failure }
    }

    /// Entries of all companies that wait for nobody outside.
    private func left(at now: Instant) async throws -> [(ID<Tenant>, ID<Entry>)] {
        // tenant: each entry is processed under its own tenant.
        try await database.read { tx in
            try await tx.rows(
                """
                SELECT i.tenant_id, i.id FROM inbox i
                WHERE i.outcome = 'waiting' AND i.channel = 'form'
                    AND i.received_at < \(now.adding(seconds: -5))
                    AND NOT EXISTS (
                        SELECT 1 FROM form_confirmations c
                        WHERE c.tenant_id = i.tenant_id AND c.entry_id = i.id
                            AND c.confirmed_at IS NULL)
                ORDER BY i.received_at LIMIT 1000
                """
            ) { row in try (row.next(ID<Tenant>.self), row.next(ID<Entry>.self)) }
        }
    }
}
