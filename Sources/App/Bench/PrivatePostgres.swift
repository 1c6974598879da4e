import Foundation
import Storage
import Web

/// A PostgreSQL server of the benchmark's own: no TCP, durable, in a directory that goes away.
struct PrivatePostgres: Sendable {
    let directory: URL

    /// Where Debian's package postgresql-15 has its programs.
    private static let programs = "/usr/lib/postgresql/15/bin"

    /// The server refuses to run as root.
    private static let asOther: [String] =
        getuid() == 0 ? ["runuser", "-u", "postgres", "--"] : []

    /// - Throws: A sentence when it does not start.
    init(in directory: URL) throws {
        self.directory = directory
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        if !Self.asOther.isEmpty { try Self.run(["chown", "postgres", directory.path]) }
        try manage(
            "initdb",
            ["-D", data, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8"])
        // Not by pg_ctl: a server that outlives its starter looks to Process as if that went on.
        let server = Process()
        server.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        server.arguments =
            Self.asOther + [
                "\(Self.programs)/postgres", "-D", data, "-k", directory.path,
                "-c", "listen_addresses=", "-c", "shared_buffers=256MB", "-c", "max_wal_size=4GB",
                "-c", "logging_collector=on",
            ]
        server.standardOutput = FileHandle.nullDevice
        server.standardError = FileHandle.nullDevice
        try server.run()
        var tries = 0
        while (try? Self.run(["\(Self.programs)/pg_isready", "-q", "-h", directory.path])) == nil {
            tries += 1
            guard tries < 100, server.isRunning else {
                throw Refusal("PostgreSQL (apt package postgresql-15) does not start.")
            }
            usleep(100_000)
        }
    }

    private var data: String { "\(directory.path)/data" }

    func stop() {
        try? manage("pg_ctl", ["-D", data, "-m", "immediate", "stop"])
    }

    func address(_ database: String = "postgres") -> String {
        "postgres://postgres@/\(database)?host=\(directory.path)"
    }

    private func manage(_ program: String, _ arguments: [String]) throws {
        try Self.run(Self.asOther + ["\(Self.programs)/\(program)"] + arguments)
    }

    /// No pipe: the server would hold its end as long as it runs.
    private static func run(_ command: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = command
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Refusal("\(command.joined(separator: " ")) (apt package postgresql-15) failed.")
        }
    }

    /// Runs a script of pgbench's, with its statements prepared, and returns how many a second.
    ///
    /// - Parameter count: Times each client runs it. By number, for it would wait for a signal
    ///   that is blocked here.
    func pgbench(_ script: String, clients: Int, count: Int) throws -> Double {
        let file = directory.appending(path: "\(UUIDv7.text(UUIDv7.next())).sql")
        defer { try? FileManager.default.removeItem(at: file) }
        try script.write(to: file, atomically: true, encoding: .utf8)
        let printed = try output(
            of: "\(Self.programs)/pgbench",
            [
                "-n", "-M", "prepared", "-c", "\(clients)", "-j", "2",
                "-t", "\(count)", "-f", file.path, "-h", directory.path, "-U", "postgres",
                "postgres",
            ])
        guard let rate = printed.firstMatch(of: /tps = ([0-9.]+)/).flatMap({ Double($0.1) }) else {
            throw Refusal("pgbench measured nothing:\n\(printed)")
        }
        return rate
    }

    /// Runs several scripts at once, each once and on a connection of its own, and returns the
    /// seconds until all had ended.
    func play(_ scripts: [String], on database: String) throws -> Double {
        let files = try scripts.enumerated().map { number, script in
            let file = directory.appending(path: "play-\(number).sql")
            try script.write(to: file, atomically: true, encoding: .utf8)
            return file
        }
        let start = ContinuousClock.now
        let players = try files.map { file in
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "\(Self.programs)/pgbench")
            process.arguments = [
                "-n", "-M", "simple", "-c", "1", "-t", "1", "-f", file.path,
                "-h", directory.path, "-U", "postgres", database,
            ]
            process.standardOutput = FileHandle.nullDevice
            try process.run()
            return process
        }
        for player in players { player.waitUntilExit() }
        guard players.allSatisfy({ $0.terminationStatus == 0 }) else {
            throw Refusal("pgbench could not play what was recorded.")
        }
        return start.secondsAgo
    }
}
