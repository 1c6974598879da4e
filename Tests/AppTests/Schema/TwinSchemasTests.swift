import DatabaseSupport
import Storage
import Testing

/// The two engines hold the same tables, whatever migrations come.
@Suite struct TwinSchemasTests {
    /// What one engine needs and the other does not: place → why.
    static let excused = [
        "events.xact":
            "PostgreSQL reads the feed in the order of transactions, SQLite has one writer",
        "events events_by_commit": "the index of that order",
    ]

    /// A column's type on SQLite, and what it may be on PostgreSQL.
    static let types: [String: Set<String>] = [
        // An id, or a hash or secret.
        "BLOB": ["uuid", "bytea"],
        "INTEGER": ["bigint", "boolean"],
        "REAL": ["double precision"],
        "TEXT": ["text"],
    ]

    @Test(.enabled(if: PostgresServer.address != nil))
    func `both engines have the same tables, columns, keys and checks`() async throws {
        try await EngineKind.sqlite.with { embedded in
            try await EngineKind.postgres.with { server in
                let sqlite = try await Database(embedded).read {
                    try await SQLiteCatalog.tables(in: $0)
                }
                let postgres = try await Database(server).read {
                    try await PostgresCatalog.tables(in: $0)
                }
                #expect(sqlite.count > 25)
                #expect(sqlite.keys.sorted() == postgres.keys.sorted())
                for (name, table) in sqlite {
                    if let twin = postgres[name] { expectTwins(name, table, twin) }
                }
            }
        }
    }

    private func expectTwins(_ name: String, _ left: TableSchema, _ right: TableSchema) {
        expectTwins(
            name, left.columns.filter { Self.excused["\(name).\($0.name)"] == nil },
            right.columns.filter { Self.excused["\(name).\($0.name)"] == nil })
        #expect(!left.key.isEmpty, "\(name) has no primary key")
        #expect(left.key == right.key, "\(name)'s primary key")
        #expect(left.uniques == right.uniques, "\(name)'s unique keys")
        #expect(left.references == right.references, "\(name)'s foreign keys")
        #expect(left.checks == right.checks, "\(name)'s checks")
        let indexes = left.indexes.symmetricDifference(right.indexes)
        #expect(indexes.filter { Self.excused["\(name) \($0)"] == nil } == [], "\(name)'s indexes")
    }

    private func expectTwins(_ table: String, _ left: [ColumnSchema], _ right: [ColumnSchema]) {
        #expect(left.map(\.name) == right.map(\.name), "\(table)'s columns")
        for (one, other) in zip(left, right) where one.name == other.name {
            let place = "\(table).\(one.name)"
            #expect(
                Self.types[one.type]?.contains(other.type) == true,
                "\(place): \(one.type) and \(other.type)")
            #expect(one.isNullable == other.isNullable, "\(place): whether it may be null")
            #expect(
                one.fallback == other.fallback.map { plain($0, other.type) },
                "\(place): \(one.fallback ?? "-") and \(other.fallback ?? "-")")
        }
    }

    /// A default of PostgreSQL in SQLite's words.
    private func plain(_ fallback: String, _ type: String) -> String {
        if type == "boolean" { return fallback == "true" ? "1" : "0" }
        let bare = fallback.replacing(/::[a-z ]+$/, with: "")
        // A number too large for int4 is written as a text that is cast.
        return bare.replacing(/^'(\d+)'$/) { String($0.1) }
    }
}
