import Background
import Storage
import Tenancy

/// The steps of an import's job. `JobRun.write` proves that nobody else runs it.
extension Imports {
    /// The import as it stands, if it is still this job's.
    ///
    /// Without a lock, which would hold up a person who stops it for as long as a chunk takes:
    /// `advance` asks again at the end.
    ///
    /// - Throws: `LeaseLost` when a person has stopped it or begun it anew.
    func held(_ id: ID<Import>, by job: ID<StoredJob>) async throws -> Import {
        let run: Import? = try await scope.tx.first(
            """
            SELECT \(Import.columns) FROM imports
            WHERE tenant_id = \(scope.tenant) AND id = \(id) AND job_id = \(job)
            """)
        guard let run else { throw LeaseLost() }
        return run
    }

    /// Begins or goes on. A dry run begins again: what an earlier one knew of its rows is gone.
    func begin(_ id: ID<Import>, in job: ID<StoredJob>) async throws -> Import {
        var run = try await held(id, by: job)
        if run.state == .checking {
            run.counts = Import.Counts(total: run.counts.total)
            run.lastRow = 0
        } else if run.state != .undoing {
            run.state = .running
        }
        try await advance(run)
        return run
    }

    /// Makes leads of a chunk: leads, journal, ledger and progress in one transaction, so that
    /// each row is taken once.
    ///
    /// - Throws: `LeaseLost`
    func take(_ chunk: Chunk, of id: ID<Import>, in job: ID<StoredJob>) async throws -> Import {
        var run = try await held(id, by: job)
        // What this process read may be what another has written before it paused.
        guard let first = chunk.rows.first, first.number > run.lastRow else { throw LeaseLost() }
        let settled = try await Landing.settle(chunk, in: scope)
        try await Inbox(scope).journal(settled, of: run, chunk.layout.headers)
        try await write(settled.compactMap(RowChange.init), of: run)
        try await forget(run, from: 0, to: chunk.lastRow)
        for row in settled { run.counts.add(row.outcome) }
        run.counts.total = max(run.counts.total, run.counts.done)
        run.lastRow = chunk.lastRow
        try await advance(run)
        try await record("progress", run)
        return run
    }

    /// Foretells what a chunk would become. `seen` remembers the rows before.
    ///
    /// - Throws: `LeaseLost`
    func foretell(
        _ chunk: Chunk, of id: ID<Import>, _ seen: SeenRows, in job: ID<StoredJob>
    ) async throws -> Import {
        var run = try await held(id, by: job)
        var known = KnownLeads(seen: seen)
        try await known.load(chunk.rows, in: scope)
        let mapping = chunk.layout.mapping
        let owners = mapping.has(.owner) ? try await OwnerBook(in: scope) : OwnerBook()
        var met = try await MetLeads(
            known.matched(chunk.rows, by: mapping.match), mapping, locking: false, in: scope)
        var forecasts: [Forecast] = []
        for row in chunk.rows {
            var forecast = Forecast(row, Verdict(row, known, owners, mapping))
            if forecast.outcome == .create { known.note(row) }
            if let id = forecast.lead {
                forecast.tell(met.meet(id, row.draft, known, at: scope.now))
            }
            run.counts.add(forecast.outcome)
            forecasts.append(forecast)
        }
        try await forget(run, from: run.lastRow, to: chunk.lastRow)
        try await write(forecasts, of: run)
        run.lastRow = chunk.lastRow
        run.counts.total = max(run.counts.total, run.counts.done)
        try await advance(run)
        try await record("progress", run)
        return run
    }

    /// Ends a dry run or a run: all rows are done, or `problem` says why not.
    func finish(
        _ id: ID<Import>, _ problem: String? = nil, in job: ID<StoredJob>
    ) async throws {
        var run = try await held(id, by: job)
        let wasCheck = run.state == .checking
        if let problem {
            run.state = .failed
            run.problem = problem
        } else {
            run.state = wasCheck ? .checked : run.state == .undoing ? .undone : .done
            run.counts.total = run.counts.done
        }
        if run.state.isOver {
            run.finishedAt = scope.now
            try await letFileGo(of: run)
        }
        try await forget(run, from: wasCheck ? run.lastRow : 0, to: .max)
        try await advance(run)
        try await record(run.state.rawValue, run)
    }

    /// Writes how far the import is, and its end when `run` is over, if it is still its job's.
    func advance(_ run: Import) async throws {
        let job = run.state.isBusy ? run.job : nil
        let kept = try await scope.tx.execute(
            """
            UPDATE imports SET state = \(run.state), rows_total = \(run.counts.total),
                rows_done = \(run.counts.done), created = \(run.counts.created),
                merged = \(run.counts.merged), rejected = \(run.counts.rejected),
                updated = \(run.counts.updated), undone = \(run.counts.undone),
                kept = \(run.counts.kept), undone_from = \(run.undoneFrom),
                last_row = \(run.lastRow), problem = \(run.problem),
                finished_at = \(run.finishedAt), job_id = \(job)
            WHERE tenant_id = \(scope.tenant) AND id = \(run.id) AND job_id = \(run.job)
            """)
        guard kept == 1 else { throw LeaseLost() }
    }

    /// Forgets what was foretold of rows behind `first`, up to `last`.
    private func forget(_ run: Import, from first: Int, to last: Int) async throws {
        try await scope.tx.execute(
            """
            DELETE FROM import_rows
            WHERE tenant_id = \(scope.tenant) AND import_id = \(run.id)
                AND number > \(first) AND number <= \(last)
            """)
    }

    private func write(_ forecasts: [Forecast], of run: Import) async throws {
        try await scope.tx.insert(
            forecasts,
            into: """
                INSERT INTO import_rows (tenant_id, import_id, number, outcome, title, detail, lead_id,
                    changes)
                """
        ) { row in
            [
                .uuid(scope.tenant.uuid), .uuid(run.id.uuid), .integer(Int64(row.number)),
                .text(row.outcome.rawValue), .text(row.title), .init(row.detail),
                .init(row.lead?.uuid), .init(row.changes?.text),
            ]
        }
    }

    private func write(_ changes: [RowChange], of run: Import) async throws {
        try await scope.tx.insert(
            changes,
            into: """
                INSERT INTO import_changes (tenant_id, import_id, number, lead_id, version, changes)
                """
        ) { change in
            [
                .uuid(scope.tenant.uuid), .uuid(run.id.uuid), .integer(Int64(change.row)),
                .uuid(change.lead.uuid), .integer(Int64(change.version)),
                .text(change.changes.text),
            ]
        }
    }
}

/// What a row would become.
private struct Forecast {
    let number: Int
    private(set) var outcome: RowOutcome
    let title: String
    private(set) var detail: String?
    private(set) var lead: ID<Lead>?
    private(set) var changes: JSON?

    init(_ row: PreparedRow, _ verdict: Verdict) {
        number = row.number
        title = row.title
        switch verdict {
        case .create: outcome = .create
        case .reject(let reasons):
            outcome = .rejected
            detail = reasons.joined(separator: "\n")
        case .merge(let match, let key):
            outcome = .duplicate
            detail = Verdict.reason(match, key)
            if case .lead(let id) = match { lead = id }
        }
    }

    mutating func tell(_ meeting: MetLeads.Meeting) {
        switch meeting {
        case .nothing: break
        case .refused(let why): (outcome, detail) = (.rejected, why)
        case .change(let before, let after):
            let told = before.changes(to: after)
            guard !told.isEmpty else { return }
            (outcome, changes) = (.update, .object(told))
        }
    }
}

extension Inbox {
    /// Journals a chunk's rows with what became of them. The payload of a row that became a
    /// lead is the lead; of one that was refused it is kept.
    fileprivate func journal(
        _ settled: [Settled], of run: Import, _ headers: [String]
    ) async throws {
        try await scope.tx.insert(
            settled,
            into: """
                INSERT INTO inbox (tenant_id, id, received_at, channel, source, import_id, row_number,
                    payload, outcome, reason, lead_id, settled_at)
                """
        ) { row in
            let payload = row.outcome == .rejected ? row.row.payload(headers) : nil
            return [
                .uuid(scope.tenant.uuid), .uuid(UUIDv7.next(at: scope.now)), .init(scope.now),
                .text(Arrived.Channel.importRun.rawValue), .text(row.row.draft.source),
                .uuid(run.id.uuid), .integer(Int64(row.row.number)), .init(payload),
                .text(row.outcome.arrival.rawValue), .init(row.reason), .init(row.lead?.uuid),
                .init(scope.now),
            ]
        }
        let outcomes = settled.reduce(into: [Outcome: Int]()) {
            $0[$1.outcome.arrival, default: 0] += 1
        }
        try await add(.importRun, received: settled.count, outcomes)
    }
}
