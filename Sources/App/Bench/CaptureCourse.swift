import CRM
import Foundation
import Hummingbird
import Meta
import NIOCore
import Storage
import Synchronization
import Tenancy
import Web

/// Leads from Facebook at a steady rate, while the same process fetches and makes them: how soon
/// each call of the webhook is answered, and how soon its lead is on an open page.
struct CaptureCourse: Sendable {
    let directory: URL
    let seconds: Int

    static let names = ["capture"]

    private static let leads = 2000
    private static let perSecond = 500
    private static let senders = 25
    /// Calls of the first second, which are not timed: a server prepares its statements then.
    private static let warmUp = perSecond
    private static let form = "77001"
    private static let secret = "bench app secret"
    /// After the last call, for leads that are still on their way.
    private static let waitSeconds = 30.0

    func run() async throws -> [Finding] {
        note("Measuring: capture")
        let installation = try await Installation.open(
            Settings(dataDirectory: directory.path), log: quietLog)
        let company = try await BenchCompany.make(in: installation, leads: Self.leads)
        try await installation.close()
        return try await serving(Self.facebook) { port in
            let server = try ChildProcess(
                ["serve", "--data", directory.path, "--port", "0"],
                environment: ["IPERFORM_META_GRAPH_URL": "http://127.0.0.1:\(port)"])
            defer { server.stop() }
            return try await measure(company, on: server.port())
        }
    }

    /// Answers for any lead that is asked for.
    private static var facebook: Router<BasicRequestContext> {
        let router = Router()
        router.get("/v25.0/{id}") { _, context in
            let id = context.parameters.get("id") ?? ""
            let lead: JSON = [
                "id": .string(id), "created_time": "2026-11-26T08:00:00+0000",
                "form_id": .string(form), "campaign_name": "Spring",
                "field_data": [
                    ["name": "full_name", "values": [.string("Noor \(id)")]],
                    ["name": "company_name", "values": [.string("Captured \(id) Ltd")]],
                    ["name": "email", "values": [.string("noor.\(id)@captured.example")]],
                ],
            ]
            return Response(
                status: id == "me" ? .notFound : .ok,
                headers: [.contentType: "application/json"],
                body: .init(byteBuffer: ByteBuffer(string: lead.text)))
        }
        return router
    }

    /// When each call began, was answered, and was seen as a lead.
    private final class Log: Sendable {
        private let begun = Mutex<[Int: ContinuousClock.Instant]>([:])
        private let answers = Mutex<[Double]>([])
        private let seen = Mutex<[Int: Double]>([:])
        private let failures = Mutex<Int>(0)

        func begin(_ number: Int, at moment: ContinuousClock.Instant) {
            begun.withLock { $0[number] = moment }
        }
        func answer(_ milliseconds: Double) { answers.withLock { $0.append(milliseconds) } }
        func fail() { failures.withLock { $0 += 1 } }
        func see(_ number: Int) {
            guard let start = begun.withLock({ $0[number] }) else { return }
            let milliseconds = (ContinuousClock.now - start) / .milliseconds(1)
            seen.withLock { $0[number] = $0[number] ?? milliseconds }
        }

        var result: (answers: [Double], seen: [Double], failures: Int) {
            (
                answers.withLock { $0.sorted() },
                seen.withLock { $0.filter { $0.key >= warmUp }.values.sorted() },
                failures.withLock { $0 }
            )
        }
        var seenCount: Int { seen.withLock { $0.count } }
    }

    private func measure(_ company: BenchCompany, on port: Int) async throws -> [Finding] {
        try connect(company, port)
        let log = Log()
        let page = try LineSocket(to: port)
        try page.send(
            "GET /live HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n"
                + "Cookie: \(Site.sessionCookie)=\(company.session)\r\n\r\n")
        Thread { Self.watch(page, log) }.start()
        let count = Self.warmUp + Self.perSecond * seconds
        let hook = "/hooks/meta/\(company.slug)"
        let start = ContinuousClock.now + .milliseconds(500)
        await withTaskGroup(of: Void.self) { group in
            for sender in 0..<Self.senders {
                group.addTask {
                    await Self.onThread {
                        Self.call(
                            stride(from: sender, to: count, by: Self.senders), hook, port,
                            from: start, log)
                    }
                }
            }
        }
        let over = ContinuousClock.now
        while log.seenCount < count, over.secondsAgo < Self.waitSeconds {
            try await Task.sleep(for: .milliseconds(20))
        }
        page.end()
        return findings(log, of: count - Self.warmUp)
    }

    private func findings(_ log: Log, of count: Int) -> [Finding] {
        let (answers, seen, failures) = log.result
        func at(_ part: Int, of all: [Double]) -> Double {
            all.isEmpty ? .infinity : all[min(all.count - 1, all.count * part / 100)]
        }
        let (answer, sight) = (at(99, of: answers), at(99, of: seen))
        let isWhole = failures == 0 && seen.count == count
        return [
            Finding(
                measure: "Facebook’s webhook answered, \(Self.perSecond) calls a second",
                figure: "\(figure(answer, 1)) ms", goal: "p99 < 50 ms while leads are fetched",
                isMet: failures == 0 && answer < 50,
                detail: "p50 \(figure(at(50, of: answers), 1)) ms, \(answers.count) calls by their "
                    + "time of the plan, \(failures) failed"),
            Finding(
                measure: "from that call to the lead on an open page",
                figure: "\(figure(sight, 0)) ms", goal: "p99 < 1 s",
                isMet: isWhole && sight < 1000,
                detail: "p50 \(figure(at(50, of: seen), 0)) ms, \(seen.count) of \(count) seen"),
        ]
    }

    private func connect(_ company: BenchCompany, _ port: Int) throws {
        let body: JSON = [
            "app_secret": .string(Self.secret.replacing(" ", with: "-")), "verify_token": "words",
            "page_token": "bench-page-token",
        ]
        let socket = try LineSocket(to: port)
        defer { socket.end() }
        let answer = try socket.ask(
            "PUT", "/api/v1/connections/meta", body.text,
            headers: ["Authorization": "Bearer \(company.accessToken)"])
        guard answer == 200 else { throw Refusal("Connecting was answered by \(answer).") }
    }

    /// One connection's calls, each at its time whether the one before was slow or not.
    private static func call(
        _ numbers: some Sequence<Int>, _ hook: String, _ port: Int,
        from start: ContinuousClock.Instant, _ log: Log
    ) {
        guard let socket = try? LineSocket(to: port) else { return log.fail() }
        defer { socket.end() }
        let key = Array(secret.replacing(" ", with: "-").utf8)
        for number in numbers {
            let body = """
                {"object":"page","entry":[{"id":"1","time":1764144000,"changes":[{"field":"leadgen",\
                "value":{"leadgen_id":"\(900_000 + number)","page_id":"1","form_id":"\(form)",\
                "created_time":1764144000}}]}]}
                """
            let signature = WebhookProof.signature(of: Array(body.utf8), secret: key)
            let moment = start + .microseconds(number * 1_000_000 / perSecond)
            let wait = (moment - .now) / .microseconds(1)
            if wait > 0 { usleep(UInt32(wait)) }
            log.begin(number, at: moment)
            let status = try? socket.ask(
                "POST", hook, body, headers: ["X-Hub-Signature-256": signature])
            guard status == 200 else {
                log.fail()
                continue
            }
            if number >= warmUp { log.answer((ContinuousClock.now - moment) / .milliseconds(1)) }
        }
    }

    private static let mark = "\"company\":\"Captured "

    private static func watch(_ page: LineSocket, _ log: Log) {
        while let line = page.line() {
            guard let range = line.range(of: mark) else { continue }
            let digits = line[range.upperBound...].prefix { $0.isNumber }
            if let id = Int(digits) { log.see(id - 900_000) }
        }
    }

    /// What waits for sockets must not hold up the tasks of others.
    private static func onThread(_ body: @escaping @Sendable () -> Void) async {
        await withCheckedContinuation { done in
            Thread {
                body()
                done.resume()
            }.start()
        }
    }
}
