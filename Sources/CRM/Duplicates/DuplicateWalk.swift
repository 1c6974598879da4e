import Foundation
import Storage
import Tenancy

/// Goes through all leads of a company for duplicates, some at a time.
///
/// Leads are read and compared beside the writer, several parts at once, and only what differs is
/// written: a company goes on working meanwhile. What of a lead that is compared changes
/// between the two is left to `DuplicateFinder`, which comes to it by the feed.
package struct DuplicateWalk: Sendable {
    package typealias Write = @Sendable (Scope) async throws -> Void

    private let database: Database
    private let caller: Caller
    private let write: @Sendable (@escaping Write) async throws -> Void

    /// Leads of a part.
    static let part = 250
    /// Few, so that whoever opens a page finds a connection.
    private static let idsAtOnce = part * min(4, 2 * ProcessInfo.processInfo.activeProcessorCount)
    /// Leads whose keys are held in memory, about 150 bytes each, to be written in order.
    private static let keyedAtOnce = 100_000
    /// Keys of a transaction.
    private static let keysAtOnce = 10_000

    /// - Parameter write: A transaction of this caller.
    package init(
        _ database: Database, as caller: Caller,
        write: @escaping @Sendable (@escaping Write) async throws -> Void
    ) {
        (self.database, self.caller, self.write) = (database, caller, write)
    }

    /// Takes the next leads; returns whether there are more, or another round.
    package func step() async throws -> Bool {
        let scan = try await database.read(as: caller) { scope in
            let last = try await DuplicateScans(scope).last()
            return last.flatMap { $0.endedAt == nil ? $0 : nil } ?? DuplicateScan(at: scope.now)
        }
        switch scan.round {
        case .keys:
            try await keepKeys(scan)
            return true
        case .pairs: return try await comparePairs(scan)
        }
    }

    private func keepKeys(_ begun: DuplicateScan) async throws {
        var scan = begun
        var (differences, leads, isOver) = ([DuplicateSearch.KeyDifference](), 0, false)
        while !isOver, leads < Self.keyedAtOnce {
            let ids = try await next(in: scan)
            differences += try await each(ids) { try await $0.keyDifference(of: $1) }
            scan.place = ids.last ?? scan.place
            leads += ids.count
            isOver = ids.count < Self.idsAtOnce
            try Task.checkCancellation()
        }
        for slice in DuplicateSearch.slices(of: differences, keys: Self.keysAtOnce) {
            try await write { try await DuplicateSearch($0).apply(slice) }
            try Task.checkCancellation()
        }
        if isOver { (scan.round, scan.place) = (.pairs, nil) }
        try await write { [scan] in try await DuplicateScans($0).keep(scan) }
    }

    private func comparePairs(_ begun: DuplicateScan) async throws -> Bool {
        var scan = begun
        let ids = try await next(in: scan)
        let findings = try await each(ids) { try await $0.findings(of: $1) }
        let isOver = ids.count < Self.idsAtOnce
        scan.place = ids.last ?? scan.place
        scan.leads += findings.reduce(0) { $0 + $1.leads.count }
        scan.pairs += findings.reduce(0) { $0 + $1.pairs.count }
        if isOver {
            scan.crowded = try await database.read(as: caller) { scope in
                try await DuplicateScans(scope).crowded()
            }
        }
        for one in findings { try await write { try await DuplicateSearch($0).settle(one) } }
        try await write { [scan] scope in
            var scan = scan
            if isOver { scan.endedAt = scope.now }
            try await DuplicateScans(scope).keep(scan)
        }
        return !isOver
    }

    private func next(in scan: DuplicateScan) async throws -> [ID<Lead>] {
        try await database.read(as: caller) { scope in
            try await DuplicateScans(scope).next(in: scan, limit: Self.idsAtOnce)
        }
    }

    /// Asks the same of each part, at once; the answers come in any order.
    private func each<Answer: Sendable>(
        _ ids: [ID<Lead>],
        _ ask: @escaping @Sendable (DuplicateSearch, [ID<Lead>]) async throws -> Answer
    ) async throws -> [Answer] {
        try await withThrowingTaskGroup(of: Answer.self) { group in
            for part in ids.parts(of: Self.part) {
                group.addTask {
                    try await database.read(as: caller) { scope in
                        try await ask(DuplicateSearch(scope), Array(part))
                    }
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }
}
