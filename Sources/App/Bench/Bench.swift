import CRM
import Foundation
import Storage
import Tenancy
import Web

/// The benchmarks of the product: a company of its own in a directory that goes away, a server
/// as another process, and bare figures from the same minutes.
package struct Bench: Sendable {
    /// Leads in the company before anything is measured.
    package var leads = 100_000
    /// Seconds of each run under load.
    package var seconds = 4
    /// Measures to run, by name; empty for all.
    package var only: [String] = []

    package init() {}

    /// Runs all of it; prints the table, and writes it to `file` when there is one.
    package func run(writingTo file: String?) async throws {
        let (began, load) = (Instant.now, BenchReport.load)
        let directory = FileManager.default.temporaryDirectory
            .appending(path: "iperform-bench-\(UUIDv7.text(UUIDv7.next()))")
        // Not left to what is made in it: others than its owner must get to the server's part.
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        var findings: [Finding] = []
        let elsewhere = Set(
            PostgresCourse.names + RightsCourse.names + DuplicatesCourse.names + CaptureCourse.names
        )
        if only.isEmpty || !Set(only).isSubset(of: elsewhere) {
            let course = try await prepared(in: directory)
            defer { course.server.stop() }
            findings += try await run(course.measures)
        }
        if only.isEmpty || !Set(only).isDisjoint(with: RightsCourse.names) {
            let course = RightsCourse(
                directory: directory.appending(path: "rights"), leads: leads, seconds: seconds)
            findings += try await course.run()
        }
        if only.isEmpty || !Set(only).isDisjoint(with: DuplicatesCourse.names) {
            let course = DuplicatesCourse(
                directory: directory.appending(path: "duplicates"), leads: leads * 10)
            findings += try await course.run()
        }
        if only.isEmpty || !Set(only).isDisjoint(with: CaptureCourse.names) {
            let course = CaptureCourse(
                directory: directory.appending(path: "capture"), seconds: seconds)
            findings += try await course.run()
        }
        if only.isEmpty || !Set(only).isDisjoint(with: PostgresCourse.names) {
            let server = try PrivatePostgres(in: directory.appending(path: "server"))
            defer { server.stop() }
            let course = PostgresCourse(server: server, directory: directory, seconds: seconds)
            findings += try await run(course.measures)
        }
        let report = BenchReport(findings: findings, leads: leads, began: began)
        say(report.table)
        if let file {
            try report.document(load: load)
                .write(toFile: file, atomically: true, encoding: .utf8)
        }
    }

    private func run(
        _ measures: [(name: String, run: @Sendable () async throws -> Finding)]
    ) async throws -> [Finding] {
        var findings: [Finding] = []
        for (name, measure) in measures where only.isEmpty || only.contains(name) {
            note("Measuring: \(name)")
            findings.append(try await measure())
        }
        return findings
    }

    /// The company on a disk, twice: one to be served, one to record and replay writes on.
    private func prepared(in directory: URL) async throws -> BenchCourse {
        note("Making \(leads) leads")
        let data = directory.appending(path: "data")
        let installation = try await Installation.open(
            Settings(dataDirectory: data.path), log: logger("error"))
        let start = ContinuousClock.now
        let company = try await BenchCompany.make(in: installation, leads: leads)
        note("Made them in \(figure(start.secondsAgo, 0)) s")
        try await installation.close()
        for name in ["record", "replay"] {
            try FileManager.default.copyItem(at: data, to: directory.appending(path: name))
        }
        let server = try ChildProcess(["serve", "--data", data.path, "--port", "0"])
        return BenchCourse(
            company: company, directory: directory, server: server, port: try server.port(),
            seconds: seconds)
    }
}

/// Progress, on standard error: standard output is the table's.
func note(_ line: String) {
    FileHandle.standardError.write(Data("▸ \(line)\n".utf8))
}

/// What is measured, against a running server.
struct BenchCourse: Sendable {
    let company: BenchCompany
    let directory: URL
    let server: ChildProcess
    let port: Int
    let seconds: Int

    /// In this order: memory before any load, creations after what counts leads.
    var measures: [(name: String, run: @Sendable () async throws -> Finding)] {
        [
            ("memory", memory), ("live", live), ("read", readOne), ("list", list),
            ("board", board),
            ("sign-in", signIn), ("create", create), ("import", importRows),
            ("jobs", { try await jobs { try await $0.throughput() } }),
            ("job-start", { try await jobs { try await $0.latency() } }),
            ("timers", { try await jobs { try await $0.alarm() } }),
        ]
    }

    /// Jobs, on one of the copies of the data.
    private func jobs(
        _ measure: (JobsCourse) async throws -> Finding
    ) async throws -> Finding {
        try await installed("replay") {
            try await measure(JobsCourse($0.database, engine: "SQLite", goal: 5000))
        }
    }

    func load(
        _ script: String, on port: Int? = nil, connections: Int = 32, threads: Int = 2,
        seconds: Int? = nil
    ) throws -> LoadTest.Result {
        try LoadTest(
            port: port ?? self.port, script: script, connections: connections, threads: threads,
            seconds: seconds ?? self.seconds
        ).run()
    }

    /// Runs both in turns, since a shared machine is not equally fast all the time, and
    /// returns the pair whose ratio is in the middle: of three, it swung by a tenth.
    func against(
        _ product: () throws -> LoadTest.Result, _ bare: () throws -> LoadTest.Result
    ) throws -> (product: LoadTest.Result, bare: LoadTest.Result, ratio: Double) {
        _ = try product()
        let pairs = try (0..<5).map { _ in
            let (bare, product) = (try bare(), try product())
            return (product: product, bare: bare, ratio: product.perSecond / bare.perSecond)
        }
        return pairs.sorted { $0.ratio < $1.ratio }[pairs.count / 2]
    }
}
