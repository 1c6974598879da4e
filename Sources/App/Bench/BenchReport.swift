import Foundation
import Storage
import Web

/// A figure and the goal it is held against.
struct Finding: Sendable {
    let measure: String
    let figure: String
    let goal: String
    /// Nil when it could not be measured.
    let isMet: Bool?
    var detail = ""
}

/// What was measured, where and when, as Markdown.
struct BenchReport: Sendable {
    let findings: [Finding]
    let leads: Int
    let began: Instant

    var table: String {
        let rows = findings.map { finding in
            let met = finding.isMet.map { $0 ? "yes" : "**no**" } ?? "not measured"
            return "| \(finding.measure) | \(finding.figure) | \(finding.goal) | \(met) "
                + "| \(finding.detail) |"
        }
        return """
            | measure | figure | goal | met | in detail |
            |---|---|---|---|---|
            \(rows.joined(separator: "\n"))
            """
    }

    func document(load: String) -> String {
        """
        # Benchmarks

        Made by `./dev bench --write` on \(began.day().text). Every ratio is to a bare figure of \
        the same run: the same web server without the product, the same statements without the \
        web. The load generator (wrk) shares the machine.

        \(table)

        Machine: \(Self.machine). \(Self.versions). \(leads) leads, SQLite with \
        `synchronous=FULL`. Load before the run (1, 5, 15 min): \(load).

        """
    }

    static var load: String {
        let text = (try? String(contentsOfFile: "/proc/loadavg", encoding: .utf8)) ?? ""
        return text.split(separator: " ").prefix(3).joined(separator: ", ")
    }

    private static var machine: String {
        let processor = line("/proc/cpuinfo", "model name").map { "\($0), " } ?? ""
        let kilobytes =
            line("/proc/meminfo", "MemTotal")
            .flatMap { Int($0.prefix { $0.isNumber }) } ?? 0
        let cores = ProcessInfo.processInfo.activeProcessorCount
        return "\(processor)\(cores) cores, \(kilobytes / 1_048_576) GiB"
    }

    private static var versions: String {
        let swift = (try? output(of: "/usr/bin/env", ["swift", "--version"])) ?? ""
        let number = swift.firstMatch(of: /Swift version ([0-9.]+)/).map { " · Swift \($0.1)" }
        let debian = (try? String(contentsOfFile: "/etc/debian_version", encoding: .utf8)) ?? ""
        return "iPerform \(OperationsRoutes.version)\(number ?? "") · Debian \(debian.trimmed)"
    }

    private static func line(_ file: String, _ key: String) -> String? {
        let text = (try? String(contentsOfFile: file, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").first { $0.hasPrefix(key) }?
            .split(separator: ":").dropFirst().first.map { String($0).trimmed }
    }
}

func figure(_ value: Double, _ digits: Int = 2) -> String {
    String(format: "%.\(digits)f", value)
}

func rate(_ value: Double) -> String { "\(Int(value.rounded()))/s" }
