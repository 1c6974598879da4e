import Background
import Logging
import Storage
import Tenancy

/// Does the jobs of imports: dry runs and runs.
///
/// How far an import is stands in the database with what its chunks wrote, so one that was cut
/// off by a crash goes on behind its last chunk, in whatever process takes its job.
package struct ImportRunner: Sendable {
    private let database: Database
    private let files: ImportFiles
    private let log: Logger

    static let rowsPerChunk = 500

    package init(_ database: Database, _ files: ImportFiles, log: Logger) {
        self.database = database
        self.files = files
        self.log = log
    }

    /// - Parameter progress: Called after each chunk.
    package func handler(
        _ progress: @escaping @Sendable (Import) -> Void = { _ in }
    ) -> JobHandler {
        JobHandler(RunImport.self) { job, work in
            let run = try await work.read { try await Imports($0).find(job.run) }
            // Otherwise there is nothing to be done any more.
            if run.job == work.job.id { try await go(on: run, in: work, progress) }
        }
    }

    /// - Throws: What is wrong with the machine (a full disk, a file store that does not answer):
    ///   the import is left for later.
    private func go(
        on run: Import, in work: JobRun, _ progress: @Sendable (Import) -> Void
    ) async throws {
        do {
            try await settle(run, in: work, progress)
        } catch let error where Self.endsTheImport(error) {
            log.log(
                level: error is Problem ? .notice : .error, "An import broke off",
                metadata: ["import": "\(run.id)", "error": "\(error)"])
            let words =
                (error as? Problem)?.detail
                ?? "Something broke here; it was not your file. Tell support."
            try await work.finish(as: run.keeper) { scope in
                try await Imports(scope).finish(run.id, words, in: work.job.id)
            }
        }
    }

    /// What is wrong with the file does, and what is a bug of ours.
    private static func endsTheImport(_ error: any Error) -> Bool {
        if error is LeaseLost || error is CancellationError { return false }
        return (error as? Problem)?.mayPass != true
    }

    private func settle(
        _ run: Import, in work: JobRun, _ progress: @Sendable (Import) -> Void
    ) async throws {
        let caller = try await caller(of: run)
        let (id, job) = (run.id, work.job.id)
        let begun = try await work.write(as: caller, isolation: .readCommitted) { scope in
            try await Imports(scope).begin(id, in: job)
        }
        if begun.state == .undoing {
            try await takeBack(id, in: work, as: caller, progress)
            try await work.finish(as: caller) { try await Imports($0).finish(id, in: job) }
            return
        }
        let ground = try await database.read(as: caller) { try await ImportGround(in: $0) }
        let recognised = try await files.inspection(of: run)?.datePattern(for: begun.mapping)
        try await files.withLocalCopy(of: run) { path in
            let supply = RowSupply(
                path, begun, ground, recognised: recognised, rowsPerChunk: Self.rowsPerChunk,
                now: { work.now })
            if begun.state == .checking {
                let seen = SeenRows()
                try await write(supply, in: work, as: caller, progress) { imports, chunk in
                    try await imports.foretell(chunk, of: id, seen, in: job)
                }
            } else {
                try await write(supply, in: work, as: caller, progress) { imports, chunk in
                    try await imports.take(chunk, of: id, in: job)
                }
            }
        }
        try await work.finish(as: caller) { try await Imports($0).finish(id, in: job) }
    }

    /// Writes chunk by chunk, each in a transaction of its own. While one is written, the next
    /// is read.
    private func write(
        _ supply: RowSupply, in work: JobRun, as caller: Caller,
        _ progress: @Sendable (Import) -> Void,
        _ body: @escaping @Sendable (Imports, Chunk) async throws -> Import
    ) async throws {
        var next = try await supply.next()
        while let chunk = next {
            async let following = supply.next()
            progress(
                try await work.write(
                    as: caller, at: chunk.now, isolation: .readCommitted
                ) { scope in
                    try await body(Imports(scope), chunk)
                })
            try Task.checkCancellation()
            next = try await following
        }
    }

    private func takeBack(
        _ id: ID<Import>, in work: JobRun, as caller: Caller, _ progress: @Sendable (Import) -> Void
    ) async throws {
        let job = work.job.id
        while true {
            let run = try await work.write(as: caller, isolation: .readCommitted) { scope in
                try await Imports(scope).takeBack(id, in: job)
            }
            progress(run)
            if run.undoneFrom == 0 { return }
            try Task.checkCancellation()
        }
    }

    /// Who acts: the person who started it, with the role as it is now; by a key, with what that
    /// has of it.
    private func caller(of run: Import) async throws -> Caller {
        let isUndone = run.state == .undoing
        guard let id = isUndone ? run.undoneBy : run.user else { return run.keeper }
        let (user, caller) = try await database.read(as: run.keeper) { scope in
            let held = try await Roles(scope).held(by: id)
            var limits: Set<Right>?
            if let key = run.key { limits = try await APIKeys(scope).limits(of: key) }
            return (try await Users(scope).find(id), run.caller(as: held, limitedTo: limits))
        }
        guard user.isActive else {
            throw Problem.conflict("\(user.name), who started this import, has left.")
        }
        guard !isUndone else {
            try caller.must(.importsUndo)
            return caller
        }
        try caller.must(.importsRun)
        if run.mapping.isForAdmins { try caller.must(.importsHistory) }
        try caller.mustSee(run.mapping.fields, at: Stage.first)
        return caller
    }
}
