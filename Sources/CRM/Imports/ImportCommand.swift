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
        let lines = ProgressLines(say)
        let runner = ImportRunner(database, files, log: log)
        try await work(on: begun.run, begun.lease, runner, lines)
        let run = try await finished(begun.run, runner, lines)
        if let problem = run.problem { throw Problem.conflict(problem) }
        try await report(run, say)
        return run
    }

    private func begin() async throws -> (run: Import, lease: Lease) {
        let profile = try await database.translated {
            try await database.read { try await Tenants.find(slug: tenant, in: $0) }
        }
        guard let profile else { throw Problem.notFound("company as “\(tenant)”") }
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
        let lease = Lease(at: .now)
        new.lease = lease
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
            return (run, lease)
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

    /// Waits for the end, when a server has taken the import over, and takes it back should
    /// that stop.
    private func finished(
        _ begun: Import, _ runner: ImportRunner, _ lines: ProgressLines
    ) async throws -> Import {
        while true {
            let run = try await database.read(as: .system(begun.tenant)) {
                try await Imports($0).find(begun.id)
            }
            lines.show(run)
            if !run.state.isBusy { return run }
            let lease = Lease(at: .now)
            if let taken = try await Import.take(begun.id, with: lease, at: .now, in: database) {
                try await work(on: taken, lease, runner, lines)
            } else {
                try await Task.sleep(for: .milliseconds(200))
            }
        }
    }

    /// - Throws: What is wrong with the machine. A server goes on with the import later.
    private func work(
        on run: Import, _ lease: Lease, _ runner: ImportRunner, _ lines: ProgressLines
    ) async throws {
        let problem = await runner.work(on: run, under: lease) { lines.show($0) }
        if let problem { throw problem }
    }

    private func report(_ run: Import, _ say: @Sendable (String) -> Void) async throws {
        let counts = run.counts
        let verb = isDryRun ? "would be " : ""
        say(
            "\(counts.done) rows: \(counts.created) \(verb)created, \(counts.merged) \(verb)merged, "
                + "\(counts.rejected) \(verb)rejected.")
        guard counts.rejected > 0 else { return }
        let path = try files.errorsPath(of: run.id)
        guard FileManager.default.createFile(atPath: path, contents: nil),
            let handle = FileHandle(forWritingAtPath: path)
        else { throw Problem.full }
        let errors = ErrorsFile(database, as: .system(run.tenant), run)
        try await files.withLocalCopy(of: run) { source in
            var pieces = try errors.pieces(of: source)
            while let piece = try await pieces.next() { try handle.write(contentsOf: piece) }
        }
        try handle.close()
        say("The rejected rows, with what is wrong with each: \(path)")
    }
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
                run.counts.done > last.done
                && now.microseconds - last.at.microseconds > 500_000
            if isDue { last = (now, run.counts.done) }
            return isDue
        }
        guard isDue else { return }
        say(
            "\(run.counts.done) of \(run.counts.total) rows: \(run.counts.created) created, "
                + "\(run.counts.merged) merged, \(run.counts.rejected) rejected")
    }
}
