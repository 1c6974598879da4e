import Storage
import Testing

@testable import Tenancy

@Suite struct RateLimiterTests {
    private let start = Ground.now

    @Test func `the limit is there at once, then it refills evenly`() {
        let limiter = RateLimiter(limit: 3, perSeconds: 60)
        #expect(
            limiter.take("a", at: start)
                == RateStanding(
                    isAllowed: true, limit: 3, remaining: 2, resetSeconds: 20,
                    retryAfterSeconds: 0))
        #expect(limiter.take("a", at: start).remaining == 1)
        #expect(limiter.take("a", at: start).remaining == 0)
        #expect(
            limiter.take("a", at: start)
                == RateStanding(
                    isAllowed: false, limit: 3, remaining: 0, resetSeconds: 60,
                    retryAfterSeconds: 20))
        #expect(!limiter.take("a", at: start.adding(seconds: 19)).isAllowed)
        #expect(limiter.take("a", at: start.adding(seconds: 20)).isAllowed)
        #expect(!limiter.take("a", at: start.adding(seconds: 20)).isAllowed)
    }

    @Test func `keys do not share a bucket, and a full one does not overflow`() {
        let limiter = RateLimiter(limit: 2, perSeconds: 10)
        #expect(limiter.take("1", at: start).remaining == 1)
        #expect(limiter.take("2", at: start).remaining == 1)
        #expect(limiter.take("1", at: start.adding(days: 1)).remaining == 1)
    }

    @Test func `a token that is given back can be taken again`() {
        let limiter = RateLimiter(limit: 1, perSeconds: 60)
        #expect(limiter.take("a", at: start).isAllowed)
        limiter.giveBack("a")
        #expect(limiter.take("a", at: start).isAllowed)
        #expect(!limiter.take("a", at: start).isAllowed)
        limiter.giveBack("a")
        limiter.giveBack("a")
        #expect(limiter.take("a", at: start).remaining == 0)
    }

    @Test func `a clock that is set back takes nothing and gives nothing`() {
        let limiter = RateLimiter(limit: 2, perSeconds: 60)
        #expect(limiter.take("a", at: start).isAllowed)
        #expect(limiter.take("a", at: start.adding(days: -1)).isAllowed)
        #expect(!limiter.take("a", at: start.adding(days: -1)).isAllowed)
    }

    @Test func `the keys in use are kept when others flood it`() {
        let limiter = RateLimiter(limit: 1, perSeconds: 3600, keysMax: 100)
        for key in 1...10_000 {
            _ = limiter.take("\(key)", at: start)
            let own = limiter.take("0", at: start)
            #expect(own.isAllowed == (key == 1))
        }
    }
}

@Suite struct RecentlyUsedTests {
    @Test func `it never holds more than its capacity, and keeps what is used`() {
        var recent = RecentlyUsed<Int, String>(capacity: 10)
        recent[0] = "kept"
        for key in 1...100 {
            recent[key] = "\(key)"
            #expect(recent[0] == "kept")
            #expect(recent[key] == "\(key)")
            #expect(recent.count <= 10)
        }
        #expect(recent[1] == nil)
    }

    @Test func `a value is replaced and removed in either half`() {
        var recent = RecentlyUsed<Int, Int>(capacity: 4)
        for key in 1...3 { recent[key] = key }
        recent[1] = 10
        #expect(recent[1] == 10)
        recent[2] = nil
        #expect(recent[2] == nil)
        recent.removeAll { $0 == 10 }
        #expect(recent[1] == nil)
        #expect(recent[3] == 3)
        #expect(recent.count == 1)
    }
}

@Suite struct CacheTests {
    private let cache = Cache<String, Int>(capacity: 10, secondsToLive: 5)
    private let now = Ground.now

    @Test func `a value is loaded once, and again when it is too old`() async throws {
        #expect(try await cache.value(for: "a", at: now) { 1 } == 1)
        #expect(try await cache.value(for: "a", at: now.adding(seconds: 4)) { 2 } == 1)
        #expect(try await cache.value(for: "a", at: now.adding(seconds: 5)) { 3 } == 3)
        #expect(try await cache.value(for: "a", at: now) { 4 } == 4)
    }

    @Test func `that there is none is not remembered`() async throws {
        #expect(try await cache.value(for: "a", at: now) { nil } == nil)
        #expect(try await cache.value(for: "a", at: now) { 1 } == 1)
    }

    @Test func `what was being loaded while it was forgotten is not kept`() async throws {
        let loaded = try await cache.value(for: "a", at: now) {
            cache.forget { _ in true }
            return 1
        }
        #expect(loaded == 1)
        #expect(try await cache.value(for: "a", at: now) { 2 } == 2)
        cache.forget { $0 == 2 }
        #expect(try await cache.value(for: "a", at: now) { 3 } == 3)
    }
}
