import Background
import DatabaseSupport
import HTTPTypes
import Storage
import Tenancy
import TestSupport
import Testing
import Web

private struct Chore: Job {
    static let kind = JobKind("chores.do")
}

@Suite struct MetricsTests {
    private static func metrics(_ world: World) async throws -> [String] {
        let text = try await world.nobody.send(.get, "/metrics").text
        return text.split(separator: "\n").map(String.init)
    }

    @Test(arguments: EngineKind.allCases)
    func `metrics tell how jobs and readers of the feed stand, remembered for a moment`(
        on engine: EngineKind
    ) async throws {
        try await World.with(engine) { world in
            for person in [world.ada, world.eve] {
                try await world.asking(person) { try await Jobs($0).add(Chore()) }
            }
            let moment = world.clock.now
            try await world.database.write { tx in
                _ = try await tx.execute(
                    """
                    INSERT INTO feed_readers (name, xact, seq, paused_at, failures, changed_at)
                    VALUES ('slow', 0, 0, \(moment), 2, \(moment))
                    """)
            }
            let lines = try await Self.metrics(world)
            #expect(lines.contains("# TYPE iperform_jobs_waiting gauge"))
            #expect(lines.contains("iperform_jobs_waiting{kind=\"chores.do\"} 2.0"))
            #expect(lines.contains("iperform_jobs_running{kind=\"chores.do\"} 0.0"))
            #expect(lines.contains("iperform_jobs_dead{kind=\"chores.do\"} 0.0"))
            #expect(lines.contains("iperform_feed_reader_paused{reader=\"slow\"} 1.0"))
            #expect(lines.contains("iperform_feed_reader_failures{reader=\"slow\"} 2.0"))
            for name in ["lag_events", "oldest_event_age_seconds"] {
                let start = "iperform_feed_reader_\(name){reader=\"slow\"} "
                #expect(lines.contains { $0.hasPrefix(start) })
            }

            try await world.asking(world.ada) { try await Jobs($0).add(Chore()) }
            let more = "iperform_jobs_waiting{kind=\"chores.do\"} 3.0"
            #expect(!(try await Self.metrics(world).contains(more)))
            world.clock.advance(seconds: 3)
            #expect(try await Self.metrics(world).contains(more))
        }
    }

    @Test func `a label is escaped, and a family has one heading`() async {
        let metrics = Metrics()
        metrics.families {
            [Metrics.Family("a", "Of \"b\".", by: "b", ["x\\y\"z\n": 1, "w": 0.5])]
        }
        let lines = await metrics.text().split(separator: "\n").suffix(4)
        #expect(
            Array(lines) == [
                "# HELP a Of \"b\".", "# TYPE a gauge", "a{b=\"w\"} 0.5",
                "a{b=\"x\\\\y\\\"z\\n\"} 1.0",
            ])
    }
}
