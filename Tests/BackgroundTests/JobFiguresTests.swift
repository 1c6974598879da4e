import DatabaseSupport
import Storage
import Tenancy
import Testing

@testable import Background

@Suite struct JobFiguresTests {
    private static func notes(_ count: Int) -> [Note] {
        (0..<count).map { _ in Note(board: 0, text: "") }
    }

    @Test(arguments: EngineKind.allCases)
    func `jobs of all companies are counted by kind, and the longest waiting one is found`(
        on engine: EngineKind
    ) async throws {
        try await Yard.with(engine) { yard in
            let now = Instant.now
            try await yard.add(Self.notes(5), for: yard.ada, at: now.adding(seconds: -10))
            try await yard.add(Self.notes(1), for: yard.eve, at: now.adding(seconds: -90))
            try await yard.add(Self.notes(2), for: yard.eve, at: now.adding(seconds: -20))
            try await yard.add([Stumble(board: 0, times: 0)], for: yard.eve)
            let (ada, worker) = (yard.ada, ID<Worker>())
            let figures = try await yard.database.write(isolation: .readCommitted) { tx in
                let queue = JobQueue(tx, at: now)
                _ = try await queue.promote(limit: 100)
                let line = JobQueue.Line(kind: Note.kind.name, tenant: ada)
                let taken = try await queue.take(line, limit: 3, for: worker, leaseSeconds: 60)
                try await queue.bury(taken[0], failures: 1, error: "")
                return try await queue.figures()
            }
            var notes = JobFigures()
            (notes.waiting, notes.running, notes.dead) = (5, 2, 1)
            notes.oldestMicroseconds = 90_000_000
            #expect(figures[Note.kind.name] == notes)
            #expect(figures[Stumble.kind.name]?.waiting == 1)
            #expect(figures.count == 2)
        }
    }
}
