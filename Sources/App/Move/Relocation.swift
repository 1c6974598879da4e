import Foundation
import Storage

/// Copies a whole installation's database from one engine to the other, and proves it.
///
/// Rows come first and foreign keys after, as in a database's own backups: no order of tables
/// suits a table that refers to itself, or two that refer to each other, and one look at all rows
/// is cheaper than one for each. Triggers rest meanwhile: kept totals come as they are and are not
/// counted a second time.
///
/// Each page of rows is one transaction with the progress behind it, so a move that was killed
/// goes on where it was. The source is kept from changing as long as the move runs; what changed
/// between two runs shows in the sums at the end.
package struct Relocation: Sendable {
    private let source: any WholeDatabase
    private let target: any WholeDatabase
    private let plan: MovePlan
    private let progress: MoveProgress

    /// Rows of a page at most, and about how many bytes it may have: what a move holds in memory.
    package var pageRows = 5000
    static let pageBytes = 2 << 20

    /// Told when something is done, and while it is being done.
    package var tell: @Sendable (String) -> Void = { say($0) }
    package var step: @Sendable (Step) throws -> Void = { _ in }

    package enum Step: Sendable, Equatable {
        case copied(table: String, rows: Int)
        case compared(table: String)
    }

    /// Opens both ends.
    ///
    /// - Throws: A refusal when the source is of another version or is being written, or the
    ///   target holds anything that this move has not brought there.
    package static func open(from: MoveAddress, to: MoveAddress) async throws -> Relocation {
        let source = try await from.openSource()
        do {
            guard Set(try source.migrations()) == Set(try from.migrations()) else {
                throw Refusal(
                    """
                    \(source.name) is not of this version's making. Start this version's server on it \
                    once, stop it, and move then.
                    """)
            }
            if try source.holds(table: UnfinishedMove.table) {
                throw Refusal("\(source.name): \(UnfinishedMove.found)")
            }
            let target = try await to.openTarget()
            return try Relocation(source, target)
        } catch {
            source.close()
            throw error
        }
    }

    private init(_ source: any WholeDatabase, _ target: any WholeDatabase) throws {
        self.source = source
        self.target = target
        progress = MoveProgress(target: target)
        do {
            plan = try MovePlan(from: source.tables(), to: target.tables())
        } catch {
            target.close()
            throw error
        }
    }

    /// Runs the move on a thread that may wait, and closes both ends.
    package func run() async throws {
        try await withCheckedThrowingContinuation {
            (caller: CheckedContinuation<Void, any Error>) in
            Thread.detachNewThread {
                let result = Result { try runHere() }
                source.close()
                target.close()
                caller.resume(with: result)
            }
        }
    }

    private func runHere() throws {
        let start = ContinuousClock.now
        do {
            try source.holdStill()
        } catch {
            throw Refusal(
                "Somebody writes to \(source.name): stop its server and all imports (\(error)).")
        }
        try begin()
        for table in plan.tables { try copy(table) }
        try complete()
        let rows = try compare()
        try target.tidy()
        try target.transaction { try progress.end() }
        let seconds = start.duration(to: .now).components.seconds
        tell("\(rows) rows of \(plan.tables.count) tables are moved and the same, in \(seconds) s.")
    }

    // MARK: Copying

    private func begin() throws {
        if try progress.isThere {
            let origin = try progress.origin() ?? ""
            guard origin == source.name else {
                throw Refusal(
                    "A move from \(origin) into this target has not ended. Empty it first.")
            }
            tell("Goes on with the move that was begun.")
            return
        }
        for table in plan.tables {
            guard try target.page(of: table, after: nil, rows: 1).isEmpty else {
                throw Refusal("The target is not empty: there are rows in \(table.name).")
            }
        }
        try target.transaction {
            try progress.begin(from: source.name, bringingBack: try target.loosen())
        }
    }

    private func copy(_ table: TableShape) throws {
        var place = try progress.place(in: table)
        var limit = min(200, pageRows)
        while !place.isAll {
            let page = try naming(table, "read") {
                try source.page(of: table, after: place.key, rows: limit)
            }
            var next = place
            next.rows += page.count
            if let last = page.last { next.key = table.key(of: last) }
            next.isAll = page.count < limit
            try naming(table, "written") { [place, next] in
                try target.transaction {
                    try progress.advance(table, from: place, to: next)
                    try target.add(page, to: table)
                }
            }
            place = next
            try step(.copied(table: table.name, rows: place.rows))
            limit = Self.limit(after: page, atMost: pageRows)
        }
    }

    /// As many rows as will have about the bytes of a page.
    private static func limit(after page: [[SQLValue]], atMost rows: Int) -> Int {
        let bytes = page.reduce(1) { $0 + $1.reduce(0) { $0 + $1.size } }
        return max(1, min(rows, page.count * pageBytes / bytes))
    }

    /// Keys, indexes and triggers come back, and numbering goes on behind the highest.
    private func complete() throws {
        guard let statements = try progress.bringingBack() else { return }
        tell("All rows are there; their references are checked and indexes are made.")
        let counters = try source.counters()
        try target.transaction {
            try target.count(from: counters)
            try target.tighten(statements)
            try progress.hasBroughtBack()
        }
    }

    // MARK: Comparing

    /// Reads every table at both ends; returns how many rows there are.
    private func compare() throws -> Int {
        var rows = 0
        var different: [String] = []
        for table in plan.tables {
            let (there, here) = (try sum(table, in: source), try sum(table, in: target))
            rows += here.rows
            if there == here {
                tell("\(table.name): \(here.rows) rows, the same")
            } else {
                let counts = "\(there.rows) rows in the source, \(here.rows) in the target"
                tell("\(table.name): \(counts), not the same")
                different.append(table.name)
            }
            try step(.compared(table: table.name))
        }
        guard different.isEmpty else {
            throw Refusal(
                """
                The target is not the same as the source in \(different.joined(separator: ", ")). \
                It must not be served: empty it and move again.
                """)
        }
        return rows
    }

    private func sum(_ table: TableShape, in database: any WholeDatabase) throws -> TableSum {
        var sum = TableSum()
        var key: [SQLValue]?
        var limit = min(200, pageRows)
        while true {
            let page = try naming(table, "read") {
                try database.page(of: table, after: key, rows: limit)
            }
            for row in page { sum.add(row) }
            guard page.count == limit, let last = page.last else { return sum }
            key = table.key(of: last)
            limit = Self.limit(after: page, atMost: pageRows)
        }
    }

    private func naming<Value>(
        _ table: TableShape, _ done: String, _ body: () throws -> Value
    ) throws -> Value {
        do {
            return try body()
        } catch let error as StorageError {
            throw Refusal("The table \(table.name) could not be \(done): \(error.words)")
        }
    }
}

extension SQLValue {
    /// About how many bytes it takes.
    fileprivate var size: Int {
        switch self {
        case .text(let text): 16 + text.utf8.count
        case .bytes(let bytes): 16 + bytes.count
        default: 16
        }
    }
}
