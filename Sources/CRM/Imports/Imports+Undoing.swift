import Background
import Storage
import Tenancy

/// Taking an import back: a person's step, and its job's.
extension Imports {
    static let rowsPerUndo = 500

    /// Begins to take an import back, from its last row to its first; or goes on, when that was
    /// stopped.
    ///
    /// - Throws: `Problem.conflict` when there is nothing to be taken back.
    package func undo(_ id: ID<Import>) async throws -> Import {
        var run = try await find(id)
        try scope.caller.must(.importsUndo)
        guard run.state != .undoing else { return run }
        guard run.state != .undone else {
            throw Problem.conflict("This import was taken back already.")
        }
        guard run.state.isOver else {
            throw Problem.conflict("This import is not over. Stop it first, or let it end.")
        }
        guard run.counts.created + run.counts.merged > 0 else {
            throw Problem.conflict("This import has written nothing, so nothing is taken back.")
        }
        run.state = .undoing
        run.undoneBy = scope.caller.user
        (run.problem, run.finishedAt) = (nil, nil)
        try await save(run)
        try await record("undoing", run)
        return try await find(id)
    }

    /// Takes some rows back, with the ledger and how far it is, in one transaction.
    ///
    /// - Throws: `LeaseLost`
    func takeBack(_ id: ID<Import>, in job: ID<StoredJob>) async throws -> Import {
        var run = try await held(id, by: job)
        let rows: [WrittenRow] = try await scope.tx.all(
            """
            SELECT id, row_number, outcome, lead_id FROM inbox
            WHERE tenant_id = \(scope.tenant) AND import_id = \(run.id)
                AND row_number < \(run.undoneFrom ?? .max) AND outcome IN ('created', 'merged')
                AND lead_id IS NOT NULL
            ORDER BY row_number DESC LIMIT \(Self.rowsPerUndo)
            """)
        var undoing = try await Undoing(rows, of: run, in: scope)
        try await undoing.run()
        try await Inbox(scope).takeBack(rows, keeping: undoing.kept, by: scope.caller, of: run)
        run.counts.kept += undoing.kept.count
        run.counts.undone += rows.count - undoing.kept.count
        run.undoneFrom = rows.last?.number ?? 0
        try await advance(run)
        try await record("progress", run)
        return run
    }
}

extension Inbox {
    /// What was created or merged counts as refused from now on, but for what is kept.
    fileprivate func takeBack(
        _ rows: [WrittenRow], keeping kept: [ID<Entry>: String], by caller: Caller, of run: Import
    ) async throws {
        let gone = rows.filter { kept[$0.entry] == nil }
        if !gone.isEmpty {
            try await scope.tx.execute(
                """
                UPDATE inbox SET outcome = 'refused', lead_id = NULL, settled_at = \(scope.now),
                    reason = \(Imports.takenBack)
                WHERE tenant_id = \(scope.tenant) AND id IN \(SQL.list(gone.map(\.entry)))
                """)
        }
        for (reason, entries) in Dictionary(grouping: kept.keys, by: { kept[$0] ?? "" }) {
            try await scope.tx.execute(
                """
                UPDATE inbox SET reason = \("Not taken back: \(reason)")
                WHERE tenant_id = \(scope.tenant) AND id IN \(SQL.list(entries))
                """)
        }
        let created = gone.filter { $0.outcome == .created }.count
        let outcomes: [Outcome: Int] = [
            .created: -created, .merged: created - gone.count, .refused: gone.count,
        ]
        try await add(.importRun, received: 0, outcomes)
    }
}
