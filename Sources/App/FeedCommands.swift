import Background
import Storage
import Tenancy
import Views

/// Says how far the readers of the feed are.
package func listFeedReaders(_ installation: Installation) async throws {
    let standings = try await installation.database.read { try await FeedReaders($0).standings() }
    feedTable(standings, at: .now).forEach(say)
}

/// Stops a reader of the feed until it is resumed.
///
/// - Throws: A refusal that says which readers there are.
package func pauseFeedReader(_ installation: Installation, _ name: String) async throws {
    try await change(installation, name) { try await $0.pause(name, at: .now) }
    say("\(name) is paused until it is resumed.")
}

/// Lets a reader of the feed go on, at once if it had failed.
///
/// - Throws: A refusal that says which readers there are.
package func resumeFeedReader(_ installation: Installation, _ name: String) async throws {
    let standing = try await change(installation, name) { try await $0.resume(name) }
    say("\(name) goes on, \(lag(standing)) events behind.")
}

/// Lets a reader of the feed take again all that happened since a moment.
///
/// - Throws: A refusal that says what a moment looks like, or which readers there are.
package func replayFeed(
    _ installation: Installation, to name: String, since text: String
) async throws {
    guard let moment = Instant(text) else {
        throw Refusal(
            "--since: \(text) is not a time. Give one as in RFC 3339: 2026-11-22T09:30:00Z.")
    }
    guard moment <= .now else {
        throw Refusal("--since: \(moment.text) is yet to come. Give a time that has passed.")
    }
    let standing = try await change(installation, name) {
        try await $0.replay(name, since: moment)
    }
    let pause = standing.pausedAt == nil ? "" : " once it is resumed"
    say("\(name) takes \(lag(standing)) events from \(moment.text) on\(pause).")
}

@discardableResult
private func change(
    _ installation: Installation, _ name: String,
    _ body: @escaping @Sendable (FeedReaders) async throws -> Void
) async throws -> FeedStanding {
    let database = installation.database
    do {
        try await database.translated {
            try await database.write { try await body(FeedReaders($0)) }
        }
    } catch Problem.notFound {
        // Said below, with the readers that there are.
    }
    let all = try await database.read { try await FeedReaders($0).standings() }
    if let standing = all.first(where: { $0.name == name }) { return standing }
    throw Refusal(
        all.isEmpty
            ? "NAME: no reader of the feed has begun yet. Start `iperform serve` or `work` once."
            : """
            NAME: there is no reader of the feed called \(name). \
            Give one of: \(all.map(\.name).joined(separator: ", ")).
            """)
}

/// The lines of a table of readers of the feed, beneath their heading.
package func feedTable(_ standings: [FeedStanding], at now: Instant) -> [String] {
    let heading = ["NAME", "STATE", "LAG", "OLDEST", "FAILURES", "LAST ERROR"]
    let rows = standings.map { standing in
        [
            standing.name, state(standing), lag(standing),
            standing.oldestAt.map { age(now.seconds(since: $0)) } ?? "-",
            "\(standing.failures)", standing.error.map(line) ?? "-",
        ]
    }
    let table = [heading] + rows
    let widths = heading.indices.map { column in table.map { $0[column].count }.max() ?? 0 }
    return table.map { cells in
        zip(cells, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
            .joined(separator: "  ").trimmed
    }
}

private func state(_ standing: FeedStanding) -> String {
    if standing.pausedAt != nil { return "paused" }
    return standing.failures > 0 ? "failing" : "running"
}

/// "1,204"; "100,000+" where counting stopped.
private func lag(_ standing: FeedStanding) -> String {
    grouped(standing.lag) + (standing.lag >= FeedStanding.lagMax ? "+" : "")
}

/// "40 s", "12 min", "3 h", "2 d".
private func age(_ seconds: Int) -> String {
    switch seconds {
    case ..<60: "\(max(0, seconds)) s"
    case ..<3600: "\(seconds / 60) min"
    case ..<86_400: "\(seconds / 3600) h"
    default: "\(seconds / 86_400) d"
    }
}

private func line(_ text: String) -> String {
    text.split(whereSeparator: \.isNewline).joined(separator: " ")
}

extension String {
    fileprivate var trimmed: String {
        String(self[..<(lastIndex { $0 != " " }.map(index(after:)) ?? startIndex)])
    }
}
