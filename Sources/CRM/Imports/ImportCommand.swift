import Background
import Files
import Foundation
import Logging
import Storage
import Synchronization
import Tenancy

/// An import from the command line: beside a running server or without one.
package struct ImportCommand: Sendable {
    let database: Database
    let files: ImportFiles
    let log: Logger
    /// The company's slug.
    package var tenant: String
    package var file: String
    /// JSON text; nil for what the headers suggest.
    package var mapping: String?
    package var sheet: String?
    package var isDryRun = false

    package init(
        _ database: Database, _ files: ImportFiles, log: Logger, tenant: String, file: String
    ) {
        self.database = database
        self.files = files
        self.log = log
        self.tenant = tenant
        self.file = file
    }

    /// Imports the file and says line by line how far it is, then what came of it. Rejected
    /// rows are no failure: the last line names the file that has them.
    ///
    /// - Throws: `Problem` when nothing could be imported, or the import broke off.
    @discardableResult
    package func run(_ say: @escaping @Sendable (String) -> Void) async throws -> Import {
        let begun = try await begin()
        let run = try await finished(begun, ProgressLines(say))
        if let problem = run.problem { throw Problem.conflict(problem) }
        try await report(run, say)
        return run
    }

    /// Takes an import back and says how far it is.
    ///
    /// - Throws: `Problem` when there is nothing to be taken back.
    @discardableResult
    package func undo(
        _ id: ID<Import>, _ say: @escaping @Sendable (String) -> Void
    ) async throws -> Import {
        let caller = Caller.system(try await profile().id)
        let begun = try await database.translated {
            try await database.write(as: caller) { try await Imports($0).undo(id) }
        }
        let run = try await finished(begun, ProgressLines(say))
        if let problem = run.problem { throw Problem.conflict(problem) }
        say(
            "\(run.counts.undone) rows taken back; \(run.counts.kept) stay, because their leads "
                + "were changed since.")
        return run
    }

    private func profile() async throws -> TenantProfile {
        let profile = try await database.translated {
            try await database.read { try await Tenants.find(slug: tenant, in: $0) }
        }
        guard let profile else { throw Problem.notFound("company as “\(tenant)”") }
        return profile
    }

    private func begin() async throws -> Import {
        let profile = try await profile()
        let mapping = try mapping.map(Self.mapping)
        let caller = Caller.system(profile.id)
        let copy = try files.copy(file)
        defer { files.remove(upload: copy) }
        let (format, found) = try await Inspection.of(copy, sheet: sheet)
        let id = ID<Import>()
        let stored = try await files.take(copy, found, as: id, caller, at: .now)
        var new = NewImport(
            id: id, fileName: URL(fileURLWithPath: file).lastPathComponent, file: stored,
            format: format, inspection: found, start: isDryRun ? .check : .run)
        new.mapping = mapping
        do {
            let ready = new
            let run = try await database.write(as: caller) { scope in
                try await Imports(scope).create(ready)
            }
            guard run.state.isBusy else {
                _ = try await database.write(as: caller) { scope in
                    try await Imports(scope).cancel(id)
                }
                throw Problem.invalid(
                    "mapping", "The headers do not say which columns these are. Give a mapping.")
            }
            return run
        } catch {
            await files.remove(stored.key, caller, at: .now)
            throw error
        }
    }

    private static func mapping(_ text: String) throws -> Mapping {
        guard let json = try? JSON(parsing: text) else {
            throw Problem.invalid("mapping", "This is not valid JSON.")
        }
        return try Mapping.checked(json)
    }

    /// Does the import's job here; where a server has taken it, waits for its end, and does it
    /// should that server stop.
    ///
    /// - Throws: What is wrong with the machine. A server goes on with the import later.
    private func finished(_ begun: Import, _ lines: ProgressLines) async throws -> Import {
        let handler = ImportRunner(database, files, log: log).handler { lines.show($0) }
        let runner = JobRunner(database, [handler], log: log)
        while true {
            let (run, state) = try await database.read(as: .system(begun.tenant)) { scope in
                let run = try await Imports(scope).find(begun.id)
                return (run, try await run.job.asyncMap { try await Jobs(scope).find($0).state })
            }
            lines.show(run)
            guard let job = run.job else { return run }
            guard state != .cancelled else {
                throw Problem.conflict("Its job was cancelled under Jobs. Retry it there.")
            }
            if try await !runner.run(job, of: run.tenant) {
                try await Task.sleep(for: .milliseconds(200))
            }
        }
    }

    private func report(_ run: Import, _ say: @Sendable (String) -> Void) async throws {
        let counts = run.counts
        let verb = isDryRun ? "would be " : ""
        say(
            "\(counts.done) rows: \(counts.created) \(verb)created, \(counts.merged) \(verb)merged, "
                + "\(counts.rejected) \(verb)rejected.")
        if counts.updated > 0 { say("Of the merged ones, \(counts.updated) \(verb)changed.") }
        guard counts.rejected > 0 else { return }
        let path = try files.errorsPath(of: run)
        guard FileManager.default.createFile(atPath: path, contents: nil),
            let handle = FileHandle(forWritingAtPath: path)
        else { throw Problem.full }
        let errors = ErrorsFile(database, as: .system(run.tenant), run)
        try await files.withLocalCopy(of: run) { source in
            var pieces = try errors.pieces(of: source, scratch: files.uploadPath())
            while let piece = try await pieces.next() { try handle.write(contentsOf: piece) }
        }
        try handle.close()
        say("The rejected rows, with what is wrong with each: \(path)")
    }
}

extension Import.Counts {
    /// What only grows, whatever is done with the rows.
    fileprivate var moved: Int { done + undone + kept }
}

/// Says how far an import is, at most twice a second.
private final class ProgressLines: Sendable {
    private let say: @Sendable (String) -> Void
    private let last = Mutex<(at: Instant, done: Int)>((Instant(microseconds: 0), 0))

    init(_ say: @escaping @Sendable (String) -> Void) {
        self.say = say
    }

    func show(_ run: Import) {
        let now = Instant.now
        let isDue = last.withLock { last in
            let isDue =
                run.counts.moved > last.done
                && now.microseconds - last.at.microseconds > 500_000
            if isDue { last = (now, run.counts.moved) }
            return isDue
        }
        guard isDue else { return }
        guard run.state != .undoing else {
            return say("\(run.counts.undone) rows taken back, \(run.counts.kept) stay")
        }
        say(
            "\(run.counts.done) of \(run.counts.total) rows: \(run.counts.created) created, "
                + "\(run.counts.merged) merged, \(run.counts.rejected) rejected")
    }
}
