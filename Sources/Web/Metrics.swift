import HTTPTypes
import Storage
import Synchronization

/// Counts and times of requests per route, and gauges others report, as Prometheus text.
package final class Metrics: Sendable {
    private struct Series {
        var count = 0
        var microseconds: Int64 = 0
        var buckets = [Int](repeating: 0, count: Metrics.limits.count)
    }

    /// Upper limits of the duration histogram, in microseconds.
    private static let limits: [Int64] = [
        1000, 5000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 5_000_000,
    ]

    private struct Key: Hashable {
        let method: String
        let path: String
        let status: Int
    }

    private let series = Mutex<[Key: Series]>([:])
    private let gauges = Mutex<[(name: String, help: String, read: @Sendable () -> Double)]>([])
    private let families = Mutex<[@Sendable () async -> [Family]]>([])

    /// Gauges of one name, told apart by one label.
    package struct Family: Sendable, Equatable {
        package let name: String
        package let help: String
        package let label: String
        package let values: [String: Double]

        package init(_ name: String, _ help: String, by label: String, _ values: [String: Double]) {
            (self.name, self.help, self.label, self.values) = (name, help, label, values)
        }
    }

    package init() {}

    /// A value that is read when the metrics are.
    package func gauge(_ name: String, _ help: String, _ read: @escaping @Sendable () -> Double) {
        gauges.withLock { $0.append((name, help, read)) }
    }

    /// Families that are read when the metrics are.
    package func families(_ read: @escaping @Sendable () async -> [Family]) {
        families.withLock { $0.append(read) }
    }

    func count(_ route: Route, _ status: Int, since start: Instant) {
        let took = max(0, Instant.now.microseconds - start.microseconds)
        let key = Key(method: route.method.rawValue, path: route.path, status: status)
        series.withLock { series in
            series[key, default: Series()].count += 1
            series[key]?.microseconds += took
            if let bucket = Self.limits.firstIndex(where: { took <= $0 }) {
                series[key]?.buckets[bucket] += 1
            }
        }
    }

    /// Prometheus text exposition format 0.0.4.
    package func text() async -> String {
        var lines = requestLines
        for gauge in gauges.withLock({ $0 }) {
            lines += Self.head(gauge.name, gauge.help, "gauge")
            lines.append("\(gauge.name) \(gauge.read())")
        }
        for read in families.withLock({ $0 }) {
            for family in await read() {
                lines += Self.head(family.name, family.help, "gauge")
                for (key, value) in family.values.sorted(by: { $0.key < $1.key }) {
                    lines.append(
                        "\(family.name){\(family.label)=\"\(Self.escaped(key))\"} \(value)")
                }
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private var requestLines: [String] {
        let name = "iperform_http_request_duration_seconds"
        var lines = Self.head(name, "Time to answer a request.", "histogram")
        let all = series.withLock { $0 }
        for (key, series) in all.sorted(by: {
            ($0.key.path, $0.key.status) < ($1.key.path, $1.key.status)
        }) {
            let labels =
                "method=\"\(key.method)\",route=\"\(key.path)\",status=\"\(key.status)\""
            var sum = 0
            for (limit, count) in zip(Self.limits, series.buckets) {
                sum += count
                lines.append("\(name)_bucket{\(labels),le=\"\(Double(limit) / 1e6)\"} \(sum)")
            }
            lines.append("\(name)_bucket{\(labels),le=\"+Inf\"} \(series.count)")
            lines.append("\(name)_sum{\(labels)} \(Double(series.microseconds) / 1e6)")
            lines.append("\(name)_count{\(labels)} \(series.count)")
        }
        return lines
    }

    private static func head(_ name: String, _ help: String, _ type: String) -> [String] {
        ["# HELP \(name) \(help)", "# TYPE \(name) \(type)"]
    }

    private static func escaped(_ label: String) -> String {
        label.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
            .replacing("\n", with: "\\n")
    }
}
