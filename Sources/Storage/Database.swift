import Foundation

/// The statements of one transaction. Everything an operation needs from a database.
package protocol Transaction: Sendable {
    /// Gives each row of a statement to `body`, in the engine's order.
    func each(_ sql: SQL, _ body: (inout Row) throws -> Void) async throws

    /// Runs a statement and returns how many rows it changed.
    @discardableResult
    func execute(_ sql: SQL) async throws -> Int

    /// Runs statements of which nothing is asked but that none of them fails: on PostgreSQL they
    /// leave together, and are waited for once.
    func executeAll(_ statements: [SQL]) async throws

    /// Runs `body` so that, when it throws, only what it did is undone: one of many.
    func attempt<Value>(_ body: () async throws -> Value) async throws -> Value

    /// Waits until no other transaction holds this, and holds it until this one ends: for a
    /// decision that rests on rows which are not there yet.
    func hold(_ id: UUID) async throws

    /// What this engine says differently.
    var dialect: any Dialect { get }
}

extension Transaction {
    /// The rows of a statement, decoded one by one in the engine's order.
    package func rows<Value>(
        _ sql: SQL, _ decode: (inout Row) throws -> Value
    ) async throws -> [Value] {
        var values: [Value] = []
        try await each(sql) { row in values.append(try decode(&row)) }
        return values
    }

    package func all<Value: RowDecodable>(
        _ sql: SQL, as type: Value.Type = Value.self
    ) async throws -> [Value] {
        try await rows(sql) { row in try Value(row: &row) }
    }

    package func first<Value: RowDecodable>(
        _ sql: SQL, as type: Value.Type = Value.self
    ) async throws -> Value? {
        try await rows(sql) { row in try Value(row: &row) }.first
    }

    package func column<Value: SQLConvertible>(
        _ sql: SQL, as type: Value.Type = Value.self
    ) async throws -> [Value] {
        try await rows(sql) { row in try row.next(Value.self) }
    }

    package func value<Value: SQLConvertible>(
        _ sql: SQL, as type: Value.Type = Value.self
    ) async throws -> Value? {
        try await rows(sql) { row in try row.next(Value?.self) }.first ?? nil
    }
}

/// Which rows a transaction can touch at all, whatever its statements say.
///
/// The second lock, behind the `tenant_id` that every statement carries: PostgreSQL's row-level
/// security enforces it. SQLite has nothing of the kind.
package enum Extent: Sendable, Equatable {
    /// The rows whose `tenant_id` is this.
    case tenant(UUID)
    /// All rows: for what the installation does by itself.
    case installation
}

/// What a write sees of others that run at the same time.
package enum Isolation: Sendable {
    /// As if all writes ran one after the other. A write that cannot be made to look so is
    /// run again.
    case serializable
    /// Each statement sees what is committed by then. For operations whose decisions rest on a
    /// unique index or on rows they have locked, and that many do at once on the same rows.
    case readCommitted
}

/// Which copy of the rows a read may be answered from.
package enum Copy: Sendable {
    /// The one that is written.
    case primary
    /// A replica as well, where there is one. It sees what the primary would show: all that was
    /// committed when the read began. For lists and searches: to ask for a single row costs less
    /// than to ask how far the replica is.
    case replica
}

/// How the replica of an engine follows.
package struct ReplicaStanding: Sendable {
    /// Since when it has not been where the primary was; 0 while reads are answered from it.
    package let lagSeconds: Double
    /// Reads that were answered from it.
    package let reads: Int

    package init(lagSeconds: Double, reads: Int) {
        self.lagSeconds = lagSeconds
        self.reads = reads
    }
}

/// One engine: SQLite in process, or PostgreSQL.
package protocol Engine: Sendable {
    /// Runs `body` on one consistent snapshot. It must not write, and may be run again.
    func read<Value: Sendable>(
        _ extent: Extent, from copy: Copy,
        _ body: @Sendable (any Transaction) async throws -> Value
    ) async throws -> Value

    /// Runs `body` in a transaction that is durable when this returns, and undone when it throws.
    ///
    /// `body` may be run again after a serialization failure, so it has no outside effect.
    func write<Value: Sendable>(
        _ extent: Extent, _ isolation: Isolation,
        _ body: @escaping @Sendable (any Transaction) async throws -> Value
    ) async throws -> Value

    /// Calls `wake` after each commit, this process's or another's. It must return at once.
    func onCommit(_ wake: @escaping @Sendable () -> Void)

    /// Statements run since start; tests count them per page.
    var statementsRun: Int { get }

    /// Nil without a replica.
    var replicaStanding: ReplicaStanding? { get }

    func close() async throws
}

extension Engine {
    package var replicaStanding: ReplicaStanding? { nil }
}

/// The record database, whichever engine holds it.
package struct Database: Sendable {
    package let engine: any Engine

    package init(_ engine: any Engine) {
        self.engine = engine
    }

    package func read<Value: Sendable>(
        of extent: Extent = .installation, from copy: Copy = .primary,
        _ body: @Sendable (any Transaction) async throws -> Value
    ) async throws -> Value {
        try await engine.read(extent, from: copy, body)
    }

    package func write<Value: Sendable>(
        of extent: Extent = .installation, isolation: Isolation = .serializable,
        _ body: @escaping @Sendable (any Transaction) async throws -> Value
    ) async throws -> Value {
        try await engine.write(extent, isolation, body)
    }
}

/// What the engines say differently. Its twins are the drivers' `Dialect.swift`.
package protocol Dialect: Sendable {
    /// The text at a top-level key of a JSON column.
    func jsonText(_ column: SQL, key: String) -> SQL

    /// Whether the column contains the text, letter case aside. `text` is taken literally.
    func contains(_ column: SQL, _ text: String) -> SQL

    /// The end of a SELECT whose rows of `table` (a name or alias) nobody else may change
    /// before this transaction ends.
    func locking(_ table: SQL) -> SQL

    /// The end of a SELECT that locks its rows and passes over those that are locked.
    var skipLocked: SQL { get }

    /// Lets this transaction find its rows by index alone, whatever the planner thinks of the
    /// tables; nil where it does so anyway. For a table that is empty and full in turns.
    var byIndexAlone: SQL? { get }

    /// The database's own clock, in microseconds since 1970.
    var clock: SQL { get }

    /// How events are read in the order of commits.
    var feed: FeedOrder { get }
}

/// What an engine may report. Everything a person can be told is a `Problem` above this.
package enum StorageError: Error, Equatable {
    /// A unique constraint, with the engine's words for it.
    case unique(String)
    case foreignKey
    case check(String)
    /// More waiting work than may queue up, or a lock held too long: try again later.
    case busy
    /// The connection was lost during the commit: what was written may be kept, or not.
    case uncertain
    /// No room on the disk. Nothing of the transaction was kept.
    case full
    case column(Int, expected: String)
    case failed(code: Int, message: String)
}
