import Background
import Files
import Storage
import Tenancy
import Web

/// An import to be: its file has been looked at and is in the store.
package struct NewImport: Sendable {
    package enum Start: Sendable {
        /// Only looked at: the mapping is still to be made.
        case look
        /// A dry run of every row.
        case check
        case run
    }

    package let id: ID<Import>
    package let fileName: String
    package let file: StoredFile
    package let format: Import.Format
    package let inspection: Inspection
    /// Nil for what the headers suggest.
    package var mapping: Mapping?
    package var start: Start

    package init(
        id: ID<Import>, fileName: String, file: StoredFile, format: Import.Format,
        inspection: Inspection, start: Start
    ) {
        self.id = id
        self.fileName = fileName
        self.file = file
        self.format = format
        self.inspection = inspection
        self.start = start
    }
}

/// The imports this caller may see: all for those who reach all leads, else one's own.
package struct Imports: Sendable {
    let scope: Scope

    package init(_ scope: Scope) {
        self.scope = scope
    }

    private var visible: SQL {
        switch (Reach(scope.caller, .importsRun).isAll, scope.caller.user) {
        case (true, _): ""
        case (false, let user?): "AND user_id = \(user)"
        case (false, nil): "AND 1 = 0"
        }
    }

    /// - Throws: `Problem.notFound`, also when the caller may not see it.
    package func find(_ id: ID<Import>) async throws -> Import {
        let found: Import? = try await scope.tx.first(
            """
            SELECT \(Import.columns) FROM imports
            WHERE tenant_id = \(scope.tenant) AND id = \(id) \(visible)
            """)
        guard let found else { throw Problem.notFound("import") }
        return found
    }

    package static let listing = Listing(
        [
            .init("id", .id, "id", sort: "id"),
            .init("state", .choice(Import.State.allCases.map(\.rawValue)), "state"),
            .init("created_at", .instant, "created_at", sort: "created_at"),
        ], defaultSort: "-id")

    package func page(
        _ request: ListRequest, _ cursors: Cursors
    ) async throws -> (elements: [Import], next: String?) {
        try scope.caller.must(.importsRun)
        let rows = try await scope.tx.rows(
            """
            SELECT \(Import.columns), \(request.sortColumns) FROM imports
            WHERE tenant_id = \(scope.tenant) \(visible) \(try request.conditions(in: scope))
                \(try request.behind(cursors))
            ORDER BY \(request.order) LIMIT \(request.limit + 1)
            """
        ) { row in (element: try Import(row: &row), place: try request.place(&row)) }
        return request.page(rows, cursors)
    }

    /// - Throws: `Problem.invalid` when the mapping does not fit the file, `forbidden` when it
    ///   asks for what only an admin may import.
    package func create(_ new: NewImport) async throws -> Import {
        try scope.caller.must(.importsRun)
        var mapping = try await suggestion(for: new.inspection)
        var start = new.start
        if let given = new.mapping {
            try await check(given, new.inspection)
            mapping = given
        } else if !mapping.namesALead {
            start = .look
        }
        let state: Import.State =
            switch start {
            case .look: .checked
            case .check: .checking
            case .run: .waiting
            }
        let job = state.isBusy ? ID<StoredJob>() : nil
        try await scope.tx.execute(
            """
            INSERT INTO imports (tenant_id, id, file_name, file, format, sheet, mapping, state,
                rows_total, user_id, api_key_id, job_id, created_at)
            VALUES (\(scope.tenant), \(new.id), \(new.fileName), \(new.file.key), \(new.format),
                \(new.inspection.sheet), \(mapping.json.text), \(state), \(new.inspection.rows),
                \(scope.caller.user), \(scope.caller.key), \(job), \(scope.now))
            """)
        if let job { try await Jobs(scope).add(RunImport(run: new.id), id: job) }
        try await StoredFiles(scope).keep(new.file)
        let run = try await find(new.id)
        try await record("created", run)
        if state == .waiting { try await record("started", run) }
        return run
    }

    /// The mapping that headers suggest to this caller.
    ///
    /// A saved mapping that was made for files with these columns goes first.
    package func suggestion(for inspection: Inspection) async throws -> Mapping {
        let headers = inspection.columns.map(\.name)
        let saved = try await SavedMappings(scope).list().filter { saved in
            !saved.mapping.isForAdmins || scope.caller.may(.importsHistory)
        }
        if let fitting = saved.fitting(headers) { return fitting.mapping }
        return inspection.suggestion(
            custom: try await CustomFields(scope).list(),
            isAdmin: scope.caller.may(.importsHistory))
    }

    /// Starts a dry run with another mapping, or of another sheet.
    package func check(
        _ id: ID<Import>, _ mapping: Mapping, _ inspection: Inspection
    ) async throws -> Import {
        var run = try await find(id)
        guard run.state == .checking || run.state == .checked else { throw Self.isOn(run) }
        try await check(mapping, inspection)
        run.mapping = mapping
        run.sheet = inspection.sheet
        run.state = .checking
        run.counts = Import.Counts(total: inspection.rows)
        return try await begin(run)
    }

    /// Lets an import run: it writes from now on.
    ///
    /// - Parameter inspection: Of its file; nil when there is none any more.
    package func commit(
        _ id: ID<Import>, _ mapping: Mapping?, _ inspection: Inspection?
    ) async throws -> Import {
        var run = try await find(id)
        guard run.state == .checking || run.state == .checked else { throw Self.isOn(run) }
        run.mapping = mapping ?? run.mapping
        try await check(run.mapping, inspection)
        run.state = .waiting
        run.counts = Import.Counts(total: run.counts.total)
        let begun = try await begin(run)
        try await record("started", begun)
        return begun
    }

    /// Stops an import. What it has written stays. Stopping one that is stopped changes
    /// nothing.
    package func cancel(_ id: ID<Import>) async throws -> Import {
        let run = try await find(id)
        try scope.caller.must(.importsRun)
        guard run.state != .cancelled else { return run }
        guard !run.state.isOver else { throw Self.isOn(run) }
        try await end(run)
        return try await find(id)
    }

    /// Stops the import of a job that was given up: otherwise it would wait for ever. One that is
    /// given up of another kind of job, or has another job by now, is none of ours.
    func stop(becauseOf job: StoredJob) async throws {
        let found: Import? = try await scope.tx.first(
            """
            SELECT \(Import.columns) FROM imports
            WHERE tenant_id = \(scope.tenant) AND job_id = \(job.id)
            """)
        guard var run = found else { return }
        // The job stays, so that it is seen who gave it up.
        run.job = nil
        run.problem =
            run.state == .undoing
            ? "Taking it back was cancelled under Jobs. Take it back once more to go on."
            : "Its job was cancelled under Jobs. Import the file again."
        try await end(run)
    }

    private func end(_ before: Import) async throws {
        var run = before
        run.state = .cancelled
        run.finishedAt = scope.now
        try await save(run)
        try await letFileGo(of: run)
        try await record("cancelled", run)
    }

    /// Lets the file of an import that is over stay for a while, and no longer.
    func letFileGo(of run: Import) async throws {
        try await StoredFiles(scope).expire(
            run.file, at: scope.now.adding(days: ImportFiles.keptDays))
    }

    private func begin(_ run: Import) async throws -> Import {
        var run = run
        run.lastRow = 0
        try await save(run)
        return run
    }

    /// Writes a step of a person. The import's job is taken back, also when it runs, and another
    /// one is added where there is something to be done.
    func save(_ run: Import) async throws {
        let job = run.state.isBusy ? ID<StoredJob>() : nil
        try await scope.tx.execute(
            """
            UPDATE imports SET mapping = \(run.mapping.json.text), sheet = \(run.sheet),
                state = \(run.state), rows_total = \(run.counts.total),
                rows_done = \(run.counts.done), created = \(run.counts.created),
                merged = \(run.counts.merged), rejected = \(run.counts.rejected),
                updated = \(run.counts.updated), undone_by = \(run.undoneBy),
                last_row = \(run.lastRow), problem = \(run.problem),
                finished_at = \(run.finishedAt), job_id = \(job),
                api_key_id = \(scope.caller.key), version = version + 1
            WHERE tenant_id = \(scope.tenant) AND id = \(run.id)
            """)
        if let old = run.job { try await Jobs(scope).remove(old) }
        if let job { try await Jobs(scope).add(RunImport(run: run.id), id: job) }
    }

    /// Whether the caller may import by this mapping, and it fits the file.
    func check(_ mapping: Mapping, _ inspection: Inspection?) async throws {
        try scope.caller.must(.importsRun)
        if mapping.isForAdmins, !scope.caller.may(.importsHistory) {
            throw Problem.forbidden(
                "Owners and history (stage, created_at, closed_at, lost_reason) are imported by "
                    + "a company admin. Leave these columns out.")
        }
        try scope.caller.mustSee(mapping.fields, at: Stage.first)
        let ground = try await ImportGround(in: scope)
        let headers = inspection?.columns.map(\.name) ?? Array(mapping.columns.keys)
        _ = try Layout(headers: headers, mapping: mapping, ground: ground)
    }

    private static func isOn(_ run: Import) -> Problem {
        switch run.state {
        case .waiting, .running: .conflict("This import is running. Stop it first.")
        case .undoing, .undone: .conflict("This import is being taken back, or was.")
        case .cancelled: .conflict("This import was stopped. Import the file again.")
        case .failed: .conflict("This import has failed. Correct the file and import it again.")
        default: .conflict("This import is done. Import another file.")
        }
    }

    /// Records what happens to an import, with how far it is: what live pages show.
    func record(_ what: String, _ run: Import) async throws {
        try await scope.record(
            Event("import.\(what)", run.id.uuid, imported: what == "progress") { body in
                body.member("id", run.id)
                body.member("state", run.state.rawValue)
                body.member("file_name", run.fileName)
                body.member("rows_total", run.counts.total)
                body.member("rows_done", run.counts.done)
                body.member("created", run.counts.created)
                body.member("merged", run.counts.merged)
                body.member("rejected", run.counts.rejected)
                body.member("updated", run.counts.updated)
                body.member("undone", run.counts.undone)
                body.member("kept", run.counts.kept)
                body.member("problem", run.problem)
                body.member("user", run.user)
            })
    }
}
