import Foundation
import Storage
import Tenancy

/// Goes through all leads of a company for duplicates, some at a time.
///
/// Leads are read and compared beside the writer, several parts at once, and only what differs is
/// written: a company goes on working meanwhile. What changes between the two is left to
/// `DuplicateFinder`, which comes to it by the feed.
package struct DuplicateWalk: Sendable {
    package typealias Write = @Sendable (Scope) async throws -> Void

    private let database: Database
    private let caller: Caller
    private let write: @Sendable (@escaping Write) async throws -> Void

    /// Leads of a part.
    static let part = 250
    private static let parts = 2 * max(1, ProcessInfo.processInfo.activeProcessorCount)

    /// - Parameter write: A transaction of this caller.
    package init(
        _ database: Database, as caller: Caller,
        write: @escaping @Sendable (@escaping Write) async throws -> Void
    ) {
        (self.database, self.caller, self.write) = (database, caller, write)
    }

    /// Takes the next leads; returns whether there are more, or another round.
    package func step() async throws -> Bool {
        let (begun, ids) = try await database.read(as: caller) { scope in
            let last = try await DuplicateScans(scope).last()
            let scan =
                last.flatMap { $0.endedAt == nil ? $0 : nil }
                ?? DuplicateScan(at: scope.now)
            let limit = Self.part * Self.parts
            return (scan, try await DuplicateScans(scope).next(in: scan, limit: limit))
        }
        var scan = begun
        scan.place = ids.last ?? scan.place
        let isRoundOver = ids.count < Self.part * Self.parts
        switch begun.round {
        case .keys:
            let differences = try await each(ids) { try await $0.keyDifference(of: $1) }
            if isRoundOver { (scan.round, scan.place) = (.pairs, nil) }
            try await write { [scan] scope in
                for one in differences { try await DuplicateSearch(scope).apply(one) }
                try await DuplicateScans(scope).keep(scan)
            }
            return true
        case .pairs:
            let findings = try await each(ids) { try await $0.findings(of: $1) }
            scan.leads += findings.reduce(0) { $0 + $1.leads.count }
            scan.pairs += findings.reduce(0) { $0 + $1.pairs.count }
            if isRoundOver {
                scan.crowded = try await database.read(as: caller) { scope in
                    try await DuplicateScans(scope).crowded()
                }
            }
            try await write { [scan] scope in
                var scan = scan
                for one in findings { try await DuplicateSearch(scope).settle(one) }
                if isRoundOver { scan.endedAt = scope.now }
                try await DuplicateScans(scope).keep(scan)
            }
            return !isRoundOver
        }
    }

    /// Asks the same of each part, at once.
    private func each<Answer: Sendable>(
        _ ids: [ID<Lead>],
        _ ask: @escaping @Sendable (DuplicateSearch, [ID<Lead>]) async throws -> Answer
    ) async throws -> [Answer] {
        try await withThrowingTaskGroup(of: (Int, Answer).self) { group in
            for (place, part) in ids.parts(of: Self.part).enumerated() {
                group.addTask {
                    let answer = try await database.read(as: caller) { scope in
                        try await ask(DuplicateSearch(scope), Array(part))
                    }
                    return (place, answer)
                }
            }
            var answers: [(Int, Answer)] = []
            for try await answer in group { answers.append(answer) }
            return answers.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }
}
