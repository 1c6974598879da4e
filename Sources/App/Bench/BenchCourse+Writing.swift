import CRM
import Foundation
import Hummingbird
import Logging
import Storage
import Tenancy
import Web

extension BenchCourse {
    /// Writers at the same time, and so the most that share a transaction.
    private static let writers = 128

    func create() async throws -> Finding {
        let headers = company.bearer.merging(["Content-Type": "application/json"]) { $1 }
        let writes = try await recordedCreates(headers)
        _ = try load(
            LoadTest.creates(run: 1, headers: headers), connections: Self.writers, seconds: 2)
        var runs: [(product: LoadTest.Result, bare: Double)] = []
        for run in 0..<3 {
            let third = Array(writes[(writes.count * run / 3)..<(writes.count * (run + 1) / 3)])
            let bare = try await installed("replay") {
                try await $0.database.replay(third, group: Self.writers)
            }
            let script = LoadTest.creates(run: run + 2, headers: headers)
            runs.append((try load(script, connections: Self.writers), bare))
        }
        let ratios = runs.map { $0.product.perSecond / $0.bare }
        let ratio = ratios.sorted()[1]
        let middle = runs[ratios.firstIndex(of: ratio) ?? 0]
        return Finding(
            measure: "create by API, durable, \(Self.writers) connections", figure: figure(ratio),
            goal: "≥ 0.5 × a loop of the same statements; ≥ 6000/s",
            isMet: ratio >= 0.5 && middle.product.perSecond >= 6000,
            detail: "\(rate(middle.product.perSecond)) to \(rate(middle.bare)), "
                + "p99 \(figure(middle.product.p99, 1)) ms")
    }

    /// The statements of creations that went through the whole product, one by one.
    private func recordedCreates(_ headers: [String: String]) async throws -> [[SQL]] {
        try await installed("record") { installation in
            let recorder = Recorder(installation.database.engine)
            var settings = Settings(dataDirectory: installation.directory.path)
            settings.requestsAMinute = 1_000_000_000
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
                    connections: 4, threads: 1, seconds: seconds
                ).run()
            }
            return Array(recorder.statements.writes.dropFirst(before))
        }
    }

    /// Everybody signs in while somebody asks whether the server lives.
    func signIn() async throws -> Finding {
        let health = LoadTest.requests(["/healthz"])
        let body = """
            {"tenant":"\(company.slug)","email":"\(BenchCompany.email)",\
            "password":"\(BenchCompany.password)"}
            """
        let idle = try load(health, connections: 4, threads: 1)
        let others = Task.detached { [port, seconds] in
            try LoadTest(
                port: port, script: LoadTest.signIns(body: body), connections: 50, threads: 1,
                seconds: seconds + 2
            ).run()
        }
        try await Task.sleep(for: .seconds(1))
        let busy = try load(health, connections: 4, threads: 1)
        let signedIn = try await others.value
        return Finding(
            measure: "p99 of /healthz while 50 people sign in", figure: "\(figure(busy.p99, 1)) ms",
            goal: "< 25 ms: hashing never holds up the event loop", isMet: busy.p99 < 25,
            detail: "idle \(figure(idle.p99, 1)) ms; \(rate(signedIn.perSecond)) sign-ins, "
                + "each \(figure(signedIn.p50, 0)) ms")
    }

    private static let importedRows = 1_000_000

    func importRows() async throws -> Finding {
        let inOrder = try imported(.inOrder)
        let shuffled = try imported(.shuffled)
        let (perSecond, megabytes) = (inOrder?.perSecond ?? 0, inOrder?.megabytes ?? 0)
        return Finding(
            measure: "import of \(Self.importedRows) rows, dedupe and assignment",
            figure: inOrder == nil ? "–" : rate(perSecond), goal: "≥ 15000/s, < 300 MB",
            isMet: inOrder == nil ? nil : perSecond >= 15_000 && megabytes < 300,
            detail: "\(figure(megabytes, 0)) MB at most; with e-mails and phones in no order at "
                + "all, \(shuffled.map { rate($0.perSecond) } ?? "–")")
    }

    /// Imports a sheet into a company of its own; nil when that failed.
    private func imported(
        _ order: BenchCompany.RowOrder
    ) throws -> (perSecond: Double, megabytes: Double)? {
        let (data, sheet) = ("\(directory.path)/\(order)", "\(directory.path)/\(order).csv")
        let mapping = "\(directory.path)/mapping.json"
        defer {
            for path in [data, sheet] { try? FileManager.default.removeItem(atPath: path) }
        }
        try BenchCompany.write(rows: Self.importedRows, order, to: sheet)
        try BenchCompany.mapping.write(toFile: mapping, atomically: true, encoding: .utf8)
        try FileManager.default.copyItem(atPath: "\(directory.path)/replay", toPath: data)
        let start = ContinuousClock.now
        let run = try ChildProcess([
            "import", "--data", data, "--tenant", company.slug, sheet, "--mapping", mapping,
        ])
        let (code, memory) = run.ended()
        guard code == 0 else { return nil }
        return (Double(Self.importedRows) / start.secondsAgo, Double(memory) / 1_048_576)
    }
}

/// For what runs inside the benchmark: a word about each request would be measured, too.
var quietLog: Logger {
    var log = Logger(label: "bench")
    log.logLevel = .error
    return log
}
