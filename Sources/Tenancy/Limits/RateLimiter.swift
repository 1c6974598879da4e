import Storage
import Synchronization

/// A token bucket for each key: `limit` at once, refilled evenly over `perSeconds`.
///
/// In memory, so each process counts for itself. A key that has not been seen for longest is
/// forgotten when there are too many, which gives it a full bucket again.
package final class RateLimiter: Sendable {
    private let limit: Int
    private let secondsPerToken: Double
    private let buckets: Mutex<RecentlyUsed<String, Bucket>>

    private struct Bucket: Sendable {
        var tokens: Double
        var at: Instant
    }

    package init(limit: Int, perSeconds: Int, keysMax: Int = 20_000) {
        precondition(limit > 0 && perSeconds > 0)
        self.limit = limit
        secondsPerToken = Double(perSeconds) / Double(limit)
        buckets = Mutex(RecentlyUsed(capacity: keysMax))
    }

    /// Takes one token, if there is one, and tells how the key stands now.
    package func take(_ key: String, at now: Instant = .now) -> RateStanding {
        buckets.withLock { buckets in
            var bucket = filled(buckets[key], at: now)
            let isAllowed = bucket.tokens >= 1
            if isAllowed { bucket.tokens -= 1 }
            buckets[key] = bucket
            return standing(bucket, isAllowed: isAllowed)
        }
    }

    /// Returns a token that was taken for something that turned out not to count.
    package func giveBack(_ key: String) {
        buckets.withLock { buckets in
            guard var bucket = buckets[key] else { return }
            bucket.tokens = min(bucket.tokens + 1, Double(limit))
            buckets[key] = bucket
        }
    }

    private func filled(_ bucket: Bucket?, at now: Instant) -> Bucket {
        guard let bucket else { return Bucket(tokens: Double(limit), at: now) }
        let elapsed = Double(now.microseconds - bucket.at.microseconds) / 1_000_000
        // A clock that was set back adds nothing and takes nothing.
        let gained = max(0, elapsed) / secondsPerToken
        return Bucket(tokens: min(Double(limit), bucket.tokens + gained), at: now)
    }

    private func standing(_ bucket: Bucket, isAllowed: Bool) -> RateStanding {
        let untilFull = (Double(limit) - bucket.tokens) * secondsPerToken
        let untilOne = max(0, 1 - bucket.tokens) * secondsPerToken
        return RateStanding(
            isAllowed: isAllowed, limit: limit, remaining: Int(bucket.tokens),
            resetSeconds: Int(untilFull.rounded(.up)),
            retryAfterSeconds: isAllowed ? 0 : max(1, Int(untilOne.rounded(.up))))
    }
}

/// How a key stands with a rate limit: what the `RateLimit-*` and `Retry-After` headers say.
package struct RateStanding: Sendable, Equatable {
    package let isAllowed: Bool
    package let limit: Int
    package let remaining: Int
    /// Seconds until the whole limit is there again.
    package let resetSeconds: Int
    /// Seconds until the next try can succeed; 0 when this one did.
    package let retryAfterSeconds: Int
}
