import Background
import DatabaseSupport
import Storage
import Tenancy
import Testing

@Suite struct ScheduleTests {
    @Test func `a rhythm is due at its slots, whatever the moment`() {
        let noon = Instant("2026-11-18T12:00:00Z")!
        #expect(Rhythm.every(seconds: 300).slot(at: noon) == noon)
        let later = noon.adding(seconds: 299)
        #expect(Rhythm.every(seconds: 300).slot(at: later) == noon)
        #expect(Rhythm.every(seconds: 300).next(after: later) == noon.adding(seconds: 300))
        let daily = Rhythm.daily(hour: 3, minute: 30)
        #expect(daily.slot(at: noon) == Instant("2026-11-18T03:30:00Z"))
        #expect(daily.next(after: noon) == Instant("2026-11-19T03:30:00Z"))
        let early = Instant("2026-11-18T03:29:59Z")!
        #expect(daily.slot(at: early) == Instant("2026-11-17T03:30:00Z"))
        #expect(
            Rhythm.every(seconds: 60).slot(at: Instant(microseconds: -1)).microseconds
                == -60_000_000)
    }

    private static func entry(_ missed: ScheduleEntry.Missed) -> ScheduleEntry {
        ScheduleEntry(
            "test.hourly", .every(seconds: 3600), missed: missed, Note(board: 0, text: ""))
    }

    private static func given(
        _ missed: ScheduleEntry.Missed, _ yard: Yard, at text: String, by processes: Int = 1
    ) async throws -> Int {
        let before = try await yard.jobs().count
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<processes {
                group.addTask {
                    let moment = try #require(Instant(text))
                    try await Scheduler(yard.database, [entry(missed)], at: moment).step()
                }
            }
            try await group.waitForAll()
        }
        let after = try await yard.jobs()
        // So that the next one is not held off by this one's key.
        try await yard.database.write(as: .system(.installation)) {
            try await Jobs($0).remove(key: "schedule:test.hourly")
        }
        return after.count - before
    }

    @Test(arguments: EngineKind.allCases)
    func `an entry is given out once by many processes, and begins with its next slot`(
        on engine: EngineKind
    ) async throws {
        try await Yard.with(engine) { yard in
            var given: [Int] = []
            for time in ["12:10:00", "12:59:59", "13:00:00", "13:00:01"] {
                given.append(
                    try await Self.given(.once, yard, at: "2026-11-18T\(time)Z", by: 4))
            }
            #expect(given == [0, 0, 1, 0])
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `what was missed is made up for by one run, or left out`(on engine: EngineKind)
        async throws
    {
        try await Yard.with(engine) { yard in
            _ = try await Self.given(.once, yard, at: "2026-11-18T12:10:00Z")
            #expect(try await Self.given(.once, yard, at: "2026-11-19T17:30:00Z") == 1)
            #expect(try await Self.given(.once, yard, at: "2026-11-19T17:40:00Z") == 0)
        }
        try await Yard.with(engine) { yard in
            _ = try await Self.given(.skip, yard, at: "2026-11-18T12:10:00Z")
            #expect(try await Self.given(.skip, yard, at: "2026-11-19T17:30:00Z") == 0)
            #expect(try await Self.given(.skip, yard, at: "2026-11-19T18:00:05Z") == 1)
        }
    }
}
