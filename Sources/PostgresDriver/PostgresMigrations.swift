import Foundation
import Storage

/// Brings a database's schema up to date, one process at a time, as the owner of its tables.
struct PostgresMigrations {
    private let address: PostgresAddress

    init(_ address: PostgresAddress) {
        self.address = address
    }

    /// Any number, as long as it is always the same.
    private static let lock = 7_426_001

    func run(_ migrations: [Migration]) async throws {
        let connection = try await address.open(asOwner: true)
        defer { connection.close() }
        try connection.execute("SET statement_timeout = 0; SELECT pg_advisory_lock(\(Self.lock))")
        try connection.refuseUnfinishedMove()
        try prepare(connection)
        let done = Set(try connection.column("SELECT name FROM iperform_migrations"))
        for migration in migrations where !done.contains(migration.name) {
            let name = migration.name.filter { $0.isLetter || $0.isNumber || $0 == "-" }
            try connection.execute(
                """
                BEGIN; \(migration.sql)
                ; INSERT INTO iperform_migrations (name) VALUES ('\(name)');
                \(Self.rights) COMMIT
                """)
        }
    }

    /// The table of what has been done, and the role that owns nothing.
    private func prepare(_ connection: OpenedConnection) throws {
        let role = PostgresAddress.role
        let known = "SELECT 1 FROM pg_roles WHERE rolname = '\(role)'"
        if try connection.column(known).isEmpty {
            do {
                try connection.execute("CREATE ROLE \(role) NOLOGIN")
            } catch let failure as PostgresFailure
                where failure.state == "42710" || failure.state == "23505"
            {
                // Made by another installation on the same server in this moment.
            }
        }
        try connection.execute(
            """
            CREATE TABLE IF NOT EXISTS iperform_migrations (
                name TEXT NOT NULL PRIMARY KEY, applied_at TIMESTAMPTZ NOT NULL DEFAULT now());
            """)
        let mayAct = try connection.column(
            "SELECT pg_has_role(current_user, '\(role)', 'MEMBER')")
        if mayAct != ["t"] { try connection.execute("GRANT \(role) TO CURRENT_USER") }
    }

    private static let rights = """
        GRANT USAGE ON SCHEMA public TO \(PostgresAddress.role);
        GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public
            TO \(PostgresAddress.role);
        GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO \(PostgresAddress.role);
        """
}
