import Storage

/// Why Facebook did not give what was asked for, and what helps.
package struct GraphFault: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Remedy: Sendable, Equatable {
        /// It passes by itself.
        case later
        /// Too many calls: not before so many seconds.
        case throttled(seconds: Int)
        /// The token is dead: somebody must give another.
        case reconnect
        /// The token may not: somebody must allow it, or lift a block.
        case permission
        /// Perhaps it is not there yet: a few tries.
        case fewTries
    }

    package let remedy: Remedy
    package let code: Int?
    /// In Facebook's words.
    package let words: String

    package init(_ remedy: Remedy, code: Int? = nil, _ words: String) {
        self.remedy = remedy
        self.code = code
        self.words = words
    }

    package var description: String { code.map { "\(words) (\($0))" } ?? words }

    private static let wordsMax = 300
    /// Where Facebook does not say when it may be asked again.
    private static let throttledSeconds = 300

    /// Reads an answer that is no success.
    ///
    /// - Parameter pause: What the headers of the answer say of how much is left.
    package init(status: Int, _ json: JSON, pause: Int? = nil) {
        let error = json["error"]
        let code = error?["code"].flatMap(Self.number)
        let isTransient = error?["is_transient"] == .bool(true)
        let words = error?["error_user_msg"]?.string ?? error?["message"]?.string
        self.init(
            Self.remedy(code, status: status, isTransient: isTransient, pause: pause), code: code,
            words.map { String($0.prefix(Self.wordsMax)) } ?? "Facebook answered \(status).")
    }

    private static func number(_ json: JSON) -> Int? {
        json.integer.flatMap { Int(exactly: $0) } ?? json.string.flatMap { Int($0) }
    }

    private static func remedy(
        _ code: Int?, status: Int, isTransient: Bool, pause: Int?
    ) -> Remedy {
        switch code {
        case 4, 17, 32, 613, 80_005: .throttled(seconds: pause ?? throttledSeconds)
        case 190, 102: .reconnect
        // "An access token is required": ours was not taken for one [M].
        case 104, 2500: .reconnect
        case nil where status == 401: .reconnect
        case 3, 10, 368: .permission
        case .some(200...299): .permission
        case 1, 2, 341: .later
        case nil where status == 429: .throttled(seconds: pause ?? throttledSeconds)
        case nil where status >= 500 || status == 408: .later
        default: isTransient ? .later : .fewTries
        }
    }
}

/// What the headers of an answer say of how much may still be asked.
package enum GraphUsage {
    private static let almostAll: Double = 95
    private static let restSeconds = 60
    private static let restSecondsMax = 3600

    /// How long to rest; nil when there is no need.
    package static func pauseSeconds(app: String?, business: String?) -> Int? {
        var rest = 0
        if let app, let usage = try? JSON(parsing: app), isAlmostSpent(usage) { rest = restSeconds }
        let cases = business.flatMap { try? JSON(parsing: $0) }?.object?.values
        for use in (cases.map(Array.init) ?? []).flatMap({ $0.array ?? [] }) {
            let minutes = Int(clamping: use["estimated_time_to_regain_access"]?.integer ?? 0)
            if minutes > 0 { rest = max(rest, min(minutes, 60) * 60) }
            if isAlmostSpent(use) { rest = max(rest, restSeconds) }
        }
        return rest > 0 ? min(rest, restSecondsMax) : nil
    }

    private static func isAlmostSpent(_ usage: JSON) -> Bool {
        ["call_count", "total_time", "total_cputime"].contains { key in
            switch usage[key] {
            case .integer(let percent): Double(percent) >= almostAll
            case .number(let percent): percent >= almostAll
            default: false
            }
        }
    }
}
