import CRM
import Foundation
import Hummingbird
import PostgresDriver
import Storage
import Tenancy
import Web

extension PostgresCourse {
    /// Creations at the same time.
    private static let creators = 16
    private static let leads = 2_000

    /// Creates leads through the whole product, against pgbench that runs the statements which
    /// such creations have run, one by one as they do.
    func create() async throws -> Finding {
        var settings = Settings(dataDirectory: directory.appending(path: "postgres").path)
        settings.requestsAMinute = 1_000_000_000
        settings.databaseAddress = server.address()
        let company = try await company(settings)
        // A copy, for what is recorded is new to it only once.
        let copied = "CREATE DATABASE replay TEMPLATE postgres"
        try await PostgresAddress(server.address("template1")).execute(copied)
        let headers = company.bearer.merging(["Content-Type": "application/json"]) { $1 }
        let writes = try await recorded(settings, headers)
        let product = try ChildProcess(
            ["serve", "--data", settings.dataDirectory, "--port", "0"],
            environment: ["IPERFORM_DATABASE": server.address()])
        defer { product.stop() }
        let port = try product.port()
        func load(_ run: Int) throws -> LoadTest.Result {
            try LoadTest(
                port: port, script: LoadTest.creates(run: run, headers: headers),
                connections: Self.creators, threads: 2, seconds: seconds
            ).run()
        }
        _ = try load(1)
        var runs: [(product: LoadTest.Result, bare: Double)] = []
        for run in 0..<3 {
            let third = Array(writes[(writes.count * run / 3)..<(writes.count * (run + 1) / 3)])
            let scripts = PlayedScript.scripts(of: third, count: Self.creators)
            let took = try server.play(scripts, on: "replay")
            runs.append((try load(run + 2), Double(third.count) / took))
        }
        let ratios = runs.map { $0.product.perSecond / $0.bare }
        let ratio = ratios.sorted()[1]
        let middle = runs[ratios.firstIndex(of: ratio) ?? 0]
        return Finding(
            measure: "create by API on PostgreSQL, durable, \(Self.creators) connections",
            figure: figure(ratio), goal: "≥ 0.5 × pgbench with the same statements",
            isMet: ratio >= 0.5,
            detail: "\(rate(middle.product.perSecond)) to \(rate(middle.bare)), "
                + "p99 \(figure(middle.product.p99, 1)) ms")
    }

    private func company(_ settings: Settings) async throws -> BenchCompany {
        let installation = try await Installation.open(settings, log: quietLog)
        let company = try await BenchCompany.make(in: installation, leads: Self.leads)
        try await installation.close()
        return company
    }

    /// The statements of creations, one by one.
    private func recorded(
        _ settings: Settings, _ headers: [String: String]
    ) async throws -> [[SQL]] {
        let installation = try await Installation.open(settings, log: quietLog)
        let recorder = Recorder(installation.database.engine)
        let product = try await Server(
            Installation(
                database: Database(recorder), files: installation.files,
                mailing: installation.mailing, graph: installation.graph,
                masterKeys: installation.masterKeys,
                directory: installation.directory, log: installation.log), settings)
        let before = recorder.statements.writes.count
        let seconds = seconds
        try await serving(product.site.router()) { port in
            _ = try LoadTest(
                port: port, script: LoadTest.creates(run: 9, headers: headers),
                connections: Self.creators, threads: 1, seconds: seconds * 2
            ).run()
        }
        try await installation.close()
        return Array(recorder.statements.writes.dropFirst(before))
    }
}

/// Recorded transactions as a script for pgbench: each distinct statement is prepared once, and
/// executed with the values that it had.
struct PlayedScript {
    private var names: [String: String] = [:]
    private var text = "SET synchronous_commit = on;\n"

    /// So many scripts, the transactions dealt out in turns.
    static func scripts(of writes: [[SQL]], count: Int) -> [String] {
        var scripts = Array(repeating: PlayedScript(), count: count)
        for (number, write) in writes.enumerated() { scripts[number % count].add(write) }
        return scripts.map(\.text)
    }

    private mutating func add(_ write: [SQL]) {
        let calls = write.map { sql in
            let values = sql.values.map(Self.literal).joined(separator: ", ")
            return "EXECUTE \(name(of: sql.text))\(values.isEmpty ? "" : "(\(values))");\n"
        }
        text += "BEGIN ISOLATION LEVEL READ COMMITTED;\n" + calls.joined() + "COMMIT;\n"
    }

    private mutating func name(of statement: String) -> String {
        if let name = names[statement] { return name }
        let name = "s\(names.count)"
        names[statement] = name
        let pieces = statement.split(separator: "?", omittingEmptySubsequences: false)
        let numbered = pieces.enumerated()
            .map { $0.offset == 0 ? String($0.element) : "$\($0.offset)\($0.element)" }.joined()
        // A script's statement ends at its line's end.
        text += "PREPARE \(name) AS \(numbered.replacing("\n", with: " "));\n"
        return name
    }

    private static func literal(_ value: SQLValue) -> String {
        switch value {
        case .null: "NULL"
        case .integer(let integer): "'\(integer)'"
        case .real(let real): "'\(real)'"
        case .text(let text): "'\(text.replacing("'", with: "''").replacing("\n", with: " "))'"
        case .bytes(let bytes): "'\\x\(bytes.map { String(format: "%02x", $0) }.joined())'"
        case .uuid(let uuid): "'\(uuid.uuidString)'"
        }
    }
}
