import Foundation
import Storage

/// One run of `wrk`, the load generator.
struct LoadTest: Sendable {
    var port: Int
    /// Lua that defines `request`; see `requests`, `creates` and `signIns`.
    var script: String
    var connections = 32
    var threads = 2
    var seconds = 4

    /// What came of it. Times in milliseconds.
    struct Result: Sendable {
        let perSecond: Double
        let mean: Double
        let p50: Double
        let p99: Double
    }

    /// Prints one line that is read back here, whatever wrk's own report looks like.
    private static let summary = """
        function done(summary, latency, requests)
            local bad = summary.errors.status + summary.errors.connect + summary.errors.read
                + summary.errors.write + summary.errors.timeout
            io.write(string.format("\\nbench %d %d %d %d %d %d\\n", summary.requests,
                summary.duration, latency.mean, latency:percentile(50), latency:percentile(99),
                bad))
        end
        """

    /// - Throws: A sentence when wrk is missing, or when anything but successes came back.
    func run() throws -> Result {
        let file = FileManager.default.temporaryDirectory
            .appending(path: "\(UUIDv7.text(UUIDv7.next())).lua")
        defer { try? FileManager.default.removeItem(at: file) }
        try (script + "\n" + Self.summary).write(to: file, atomically: true, encoding: .utf8)
        let printed = try output(
            of: "/usr/bin/env",
            [
                "wrk", "-t\(threads)", "-c\(connections)", "-d\(seconds)s", "--timeout", "10s",
                "-s", file.path, "http://127.0.0.1:\(port)",
            ])
        let line = printed.split(separator: "\n").last { $0.hasPrefix("bench ") } ?? ""
        let numbers = line.split(separator: " ").compactMap { Double($0) }
        guard numbers.count == 6, numbers[0] > 0 else {
            throw Refusal("wrk (apt package wrk) got no answer:\n\(printed)")
        }
        guard numbers[5] == 0 else {
            throw Refusal("\(Int(numbers[5])) of \(Int(numbers[0])) requests failed:\n\(printed)")
        }
        return Result(
            perSecond: numbers[0] / numbers[1] * 1e6, mean: numbers[2] / 1000,
            p50: numbers[3] / 1000, p99: numbers[4] / 1000)
    }
}

extension LoadTest {
    /// Lua for GETs of `paths`, one after the other.
    static func requests(_ paths: [String], headers: [String: String] = [:]) -> String {
        """
        \(lua(headers))
        local paths = { \(paths.map { "\"\($0)\"" }.joined(separator: ", ")) }
        local at = 0
        request = function()
            at = at % #paths + 1
            return wrk.format("GET", paths[at])
        end
        """
    }

    /// Lua for POSTs of leads, each of somebody new. `run` keeps runs apart.
    static func creates(run: Int, headers: [String: String]) -> String {
        """
        \(lua(headers))
        local threads = 0
        function setup(thread)
            thread:set("number", threads)
            threads = threads + 1
        end
        local at = 0
        request = function()
            at = at + 1
            local key = string.format("\(run)-%d-%d", number, at)
            local phone = string.format("+1 %d %03d-%04d", 415 + number, 200 + \(run) * 100 +
                math.floor(at / 10000), at % 10000)
            return wrk.format("POST", "/api/v1/leads", nil, string.format(
                '{"company":"Load %s Ltd","contact_name":"Noor %s","email":"noor.%s@load.example",' ..
                '"phone":"%s","source":"website","territory":"West","value_minor":1250000,' ..
                '"notes":"Asked for prices and a demo next week."}', key, key, key, phone))
        end
        """
    }

    /// Lua for sign-ins, each from another address so that none is held off.
    static func signIns(body: String) -> String {
        """
        \(lua(["Content-Type": "application/json"]))
        local at = 0
        request = function()
            at = at + 1
            wrk.headers["X-Forwarded-For"] =
                string.format("10.1.%d.%d", math.floor(at / 250) % 250, at % 250)
            return wrk.format("POST", "/api/v1/tokens", nil, [[\(body)]])
        end
        """
    }

    private static func lua(_ headers: [String: String]) -> String {
        headers.sorted { $0.key < $1.key }
            .map { "wrk.headers[\"\($0.key)\"] = \"\($0.value)\"" }
            .joined(separator: "\n")
    }
}

/// What a command printed on standard output.
func output(of command: String, _ arguments: [String]) throws -> String {
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(fileURLWithPath: command)
    process.arguments = arguments
    process.standardOutput = pipe
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: data, as: UTF8.self)
}
