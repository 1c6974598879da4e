import DatabaseSupport
import Foundation
import Logging
import PostgresDriver
import SQLiteDriver
import Storage

/// A database of three small tables of its own.
struct Store: Sendable {
    let database: Database
    /// How it is reached from elsewhere: a connection string on PostgreSQL.
    let address: String

    static func with(
        _ kind: EngineKind = .sqlite, connections: Int = 4, patience: Duration = .seconds(5),
        _ body: @Sendable (Store) async throws -> Void
    ) async throws {
        switch kind {
        case .sqlite:
            try await TestDirectory.with { directory in
                let path = directory.appending(path: "test.sqlite").path
                let engine = try SQLiteEngine(
                    path: path, migrations: [Migration(name: "notes", sql: tables(kind))],
                    log: quiet)
                try await Store(database: Database(engine), address: path).run(body)
            }
        case .postgres:
            try await PostgresServer.withDatabase { address in
                let engine = try await postgres(
                    address, connections: connections, patience: patience)
                try await Store(database: Database(engine), address: address).run(body)
            }
        }
    }

    static let quiet = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

    /// Another process's engine, as it were.
    static func postgres(
        _ address: String, connections: Int = 4, patience: Duration = .seconds(5),
        tick: Duration = .seconds(1)
    ) async throws -> PostgresEngine {
        try await PostgresEngine(
            PostgresAddress(address),
            migrations: [Migration(name: "notes", sql: tables(.postgres))],
            connections: connections, log: quiet, patience: patience, tick: tick)
    }

    private static func tables(_ kind: EngineKind) -> String {
        switch kind {
        case .sqlite:
            """
            CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT UNIQUE,
                CHECK (text <> 'forbidden')) STRICT;
            CREATE TABLE words (note INTEGER NOT NULL REFERENCES notes (id)) STRICT;
            CREATE TABLE kinds (integer INTEGER, real REAL, text TEXT, bytes BLOB, uuid BLOB,
                flag INTEGER) STRICT;
            """
        case .postgres:
            """
            CREATE TABLE notes (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
                text TEXT UNIQUE, CHECK (text <> 'forbidden'));
            CREATE TABLE words (note BIGINT NOT NULL REFERENCES notes (id));
            CREATE TABLE kinds (integer BIGINT, real DOUBLE PRECISION, text TEXT, bytes BYTEA,
                uuid UUID, flag BOOLEAN);
            """
        }
    }

    private func run(_ body: (Store) async throws -> Void) async throws {
        let result: Result<Void, any Error>
        do { result = .success(try await body(self)) } catch { result = .failure(error) }
        try await database.engine.close()
        try result.get()
    }

    func add(_ text: String) async throws {
        _ = try await database.write { tx in
            try await tx.execute("INSERT INTO notes (text) VALUES (\(text))")
        }
    }

    func texts() async throws -> [String] {
        try await database.read { try await $0.column("SELECT text FROM notes ORDER BY text") }
    }

    /// Statements of the server's superuser.
    func administer(_ statement: String) async throws {
        try await PostgresAddress(address).execute(statement)
    }
}

/// Something that is waited for until it happens.
actor Gate {
    private var missing: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    /// Opens when so many have come.
    init(_ count: Int = 1) {
        missing = count
    }

    func open() {
        missing -= 1
        guard missing <= 0 else { return }
        for one in waiting { one.resume() }
        waiting = []
    }

    func passed() async {
        if missing > 0 { await withCheckedContinuation { waiting.append($0) } }
    }

    /// Waits for the others, and lets them go on.
    func meet() async {
        open()
        await passed()
    }
}

/// Numbers in the order in which they came.
actor Tally {
    private(set) var number = 0
    private var waiting: [(least: Int, caller: CheckedContinuation<Void, Never>)] = []

    @discardableResult
    func count() -> Int {
        number += 1
        for one in waiting where one.least <= number { one.caller.resume() }
        waiting.removeAll { $0.least <= number }
        return number
    }

    func reached(_ least: Int) async {
        if number < least { await withCheckedContinuation { waiting.append((least, $0)) } }
    }
}

struct Refused: Error {}

/// Runs so many at once, each with its number.
func concurrently(
    _ count: Int, _ body: @escaping @Sendable (Int) async throws -> Void
) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 0..<count { group.addTask { try await body(number) } }
        try await group.waitForAll()
    }
}
