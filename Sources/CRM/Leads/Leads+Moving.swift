import Storage
import Tenancy

extension Leads {
    /// Moves a lead to another stage: the one transition operation. Drag, API, bulk, import
    /// and jobs all come here.
    ///
    /// - Throws: `Problem.invalid` naming everything the target asks for and the move lacks
    ///   (fields behind `prefix`), `conflict` when the move is not in the table.
    package func move(_ id: ID<Lead>, _ move: Move, prefix: String = "") async throws -> Lead {
        let before = try await reached(id)
        let pipeline = try await Stages(scope).pipeline()
        guard let from = pipeline[before.stage], let to = pipeline[move.to] else {
            let known = pipeline.stages.map(\.key).joined(separator: ", ")
            throw Problem.invalid("\(prefix)to", "Give one of: \(known).")
        }
        let kind = try pipeline.kind(from: from, to: to, heldFrom: before.heldFrom)
        try await check(kind.right, on: id)
        let time = try await LocalTime(in: scope)
        let missing = move.missing(kind, today: time.today)
        guard missing.isEmpty else {
            throw Problem.invalid(missing.map { .init(prefix + $0.field, $0.message) })
        }
        let after = before.moved(move, kind: kind, to: to, at: scope.now)
        let number = try await leave(id)
        try await enter(to.key, after, number: number + 1, at: scope.now)
        let saved = try await save(before, after, as: kind.event) { body in
            body.member("kind", kind.rawValue)
            body.member("from", from.key)
            body.member("to", to.key)
            let skipped = kind == .forward ? pipeline.skipped(from: from, to: to) : []
            body.member("skipped", .array(skipped.map { .string($0.key) }))
            body.member("note", move.note)
            body.member("value_minor", after.valueMinor)
            body.member("currency", after.currency)
        }
        if kind == .win { try await Customers(scope).welcome(saved) }
        return try await schedule(after: move, kind, saved, time)
    }

    /// A demo or a day to resume is also a next step.
    private func schedule(
        after move: Move, _ kind: Pipeline.Kind, _ lead: Lead, _ time: LocalTime
    ) async throws -> Lead {
        let followUps = FollowUps(scope)
        if lead.stage == Stage.demoScheduled, let demo = move.demoAt {
            return try await followUps.schedule(
                NextStep(kind: .meeting, at: demo, notes: "Demo"), for: lead)
        }
        if kind == .hold, let day = move.resumeOn {
            let morning = time.start(of: day).adding(seconds: 9 * 3600)
            return try await followUps.schedule(
                NextStep(kind: .call, at: morning, notes: "Resume"), for: lead)
        }
        return try await load(lead.id)
    }

    /// Ends the open interval and returns its number.
    @discardableResult
    func leave(_ id: ID<Lead>) async throws -> Int {
        try await scope.tx.value(
            """
            UPDATE stage_intervals SET left_at = \(scope.now), left_by = \(scope.caller.user)
            WHERE tenant_id = \(scope.tenant) AND lead_id = \(id) AND left_at IS NULL
            RETURNING number
            """) ?? 0
    }

    func enter(_ stage: String, _ lead: Lead, number: Int, at moment: Instant) async throws {
        try await scope.tx.execute(
            """
            INSERT INTO stage_intervals (tenant_id, lead_id, number, stage, entered_at, entered_by)
            VALUES (\(scope.tenant), \(lead.id), \(number), \(stage), \(moment),
                \(scope.caller.user))
            """)
    }

    /// Takes the last interval back, as if the lead had not moved: for undo.
    func unmove(_ id: ID<Lead>) async throws {
        let last: Int? = try await scope.tx.value(
            """
            DELETE FROM stage_intervals
            WHERE tenant_id = \(scope.tenant) AND lead_id = \(id) AND left_at IS NULL
            RETURNING number
            """)
        guard let last else { return }
        try await scope.tx.execute(
            """
            UPDATE stage_intervals SET left_at = NULL, left_by = NULL
            WHERE tenant_id = \(scope.tenant) AND lead_id = \(id) AND number = \(last - 1)
            """)
    }
}

extension Pipeline.Kind {
    /// What a move asks for.
    var right: Right {
        switch self {
        case .forward, .back, .hold, .resume: .leadsWork
        case .lose, .win, .reactivate: .leadsClose
        }
    }

    /// The event a move is recorded as.
    var event: String {
        switch self {
        case .forward, .back: "lead.moved"
        case .hold: "lead.held"
        case .resume: "lead.resumed"
        case .lose: "lead.lost"
        case .win: "lead.won"
        case .reactivate: "lead.reactivated"
        }
    }
}

extension Lead {
    fileprivate func moved(
        _ move: Move, kind: Pipeline.Kind, to stage: Stage, at now: Instant
    ) -> Lead {
        var lead = self
        lead.stage = stage.key
        lead.stageEnteredAt = now
        lead.heldFrom = kind == .hold ? self.stage : nil
        lead.resumeOn = kind == .hold ? move.resumeOn : nil
        if let demo = move.demoAt { lead.demoAt = demo }
        lead.lostReason = kind == .lose ? move.lostReason : nil
        lead.lostNote = kind == .lose ? move.lostNote : nil
        lead.closedAt = kind == .lose || kind == .win ? now : nil
        return lead
    }
}
