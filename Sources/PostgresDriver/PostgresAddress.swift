import CPQ
import Foundation
import Storage

/// Where the server is and who we are there: `postgres://user@host:port/name?sslmode=require`,
/// or any other connection string of libpq (PostgreSQL manual, 34.1.1).
package struct PostgresAddress: Sendable {
    /// May hold a password: never logged or shown.
    package let text: String

    /// The role under whose rights statements run. It owns no table, so row-level security
    /// holds for it.
    static let role = "iperform_app"

    /// Seconds after which a statement is given up, a transaction that does nothing is ended,
    /// and a server that does not answer the door counts as away.
    private static let settings = """
        SET statement_timeout = '30s'; SET idle_in_transaction_session_timeout = '60s';
        SET TIME ZONE 'UTC'; SET client_min_messages = warning
        """
    /// A transaction that nobody opens by a BEGIN of its own is a read on one snapshot.
    private static let reading = """
        SET default_transaction_isolation = 'repeatable read'; SET default_transaction_read_only = on
        """
    private static let connectSeconds = 5

    package init(_ text: String) {
        self.text = text
    }

    /// The same server and user, another database.
    package func database(_ name: String) -> PostgresAddress {
        var parts = URLComponents(string: text)
        parts?.path = "/\(name)"
        return PostgresAddress(parts?.string ?? text)
    }

    /// Runs a statement that no transaction may hold, as whom the address names.
    package func execute(_ statement: String) async throws {
        let connection = try await open(asOwner: true)
        defer { connection.close() }
        try connection.execute(statement)
    }

    /// libpq's words on an address in one line, unless they may repeat some of a password: it
    /// quotes what it cannot read, and a password with an unescaped character it takes for other
    /// parts.
    private func told(_ message: String) -> String {
        let said = message.split(separator: "\n")
            .map { $0.trimmingCharacters(in: .whitespaces) }.joined(separator: "; ")
        let secrets = [
            text.firstMatch(of: /\/\/[^:\/@]*:(.+)@/)?.1,
            text.firstMatch(of: /password\s*=\s*(.+)/)?.1,
        ].compactMap(\.self)
        // The server was reached, so the address was read as it was meant.
        if let advice = TLSAdvice.line(of: message), !secrets.contains(where: advice.contains) {
            return advice
        }
        let pieces = secrets.joined(separator: " ")
            .split { !$0.isLetter && !$0.isNumber }
        guard !pieces.contains(where: { said.contains($0) }) else {
            return "The database's address cannot be read, or nobody answers there."
        }
        return said
    }

    /// Opens a connection, on a thread that may wait.
    ///
    /// - Throws: `PostgresFailure`, with the server's words and never a password.
    func open(asOwner: Bool = false) async throws -> OpenedConnection {
        try await withCheckedThrowingContinuation { caller in
            Thread.detachNewThread {
                caller.resume(with: Result { try openHere(asOwner: asOwner) })
            }
        }
    }

    /// Opens a connection on a reactor for `body`, and ends it whatever comes of that.
    func connected(
        on reactor: Reactor, _ body: (PostgresConnection) async throws -> Void
    ) async throws {
        let connection = await reactor.adopt(try await open())
        let result: Result<Void, any Error>
        do { result = .success(try await body(connection)) } catch { result = .failure(error) }
        await reactor.end(connection)
        try result.get()
    }

    private func openHere(asOwner: Bool) throws -> OpenedConnection {
        // What the address says itself comes last and has the last word.
        let options = [
            ("client_encoding", "UTF8"), ("application_name", "iperform"),
            ("connect_timeout", "\(Self.connectSeconds)"), ("keepalives_idle", "30"),
            ("tcp_user_timeout", "15000"),
            // What it has decrypted and not taken, libpq does not tell; of TLS it does.
            ("gssencmode", "disable"), ("dbname", text),
        ]
        let keys = options.map { strdup($0.0) } + [nil]
        let values = options.map { strdup($0.1) } + [nil]
        defer { for text in keys + values { free(text) } }
        let opened = keys.map { UnsafePointer($0) }.withUnsafeBufferPointer { keys in
            values.map { UnsafePointer($0) }.withUnsafeBufferPointer { values in
                PQconnectdbParams(keys.baseAddress, values.baseAddress, 1)
            }
        }
        guard let pointer = opened else { throw PostgresFailure.lost }
        let connection = OpenedConnection(pointer: pointer)
        // What the server remarks as it shuts down; that the connection is lost is told anyway.
        PQsetNoticeProcessor(pointer, { _, _ in }, nil)
        guard PQstatus(pointer) == CONNECTION_OK else {
            defer { connection.close() }
            throw PostgresFailure(
                state: "08001", message: told(String(cString: PQerrorMessage(pointer))),
                constraint: nil)
        }
        do {
            try connection.execute(Self.settings)
            if !asOwner {
                try connection.execute("SET ROLE \(Self.role); \(Self.reading)")
            }
        } catch {
            connection.close()
            throw error
        }
        return connection
    }
}

/// A connection that is open and that nobody uses yet; statements on it block the thread.
///
/// `@unchecked`: it is handed from the thread that opened it to whoever asked, and not shared.
struct OpenedConnection: @unchecked Sendable {
    let pointer: OpaquePointer

    /// Runs one or several statements without values.
    func execute(_ text: String) throws {
        let result = PQexec(pointer, text)
        defer { PQclear(result) }
        guard let result else { throw PostgresFailure.lost }
        switch PQresultStatus(result) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK: return
        default: throw PostgresFailure(result)
        }
    }

    /// The first column of a statement's rows, as text.
    func column(_ text: String) throws -> [String] {
        let result = PQexec(pointer, text)
        defer { PQclear(result) }
        guard let result, PQresultStatus(result) == PGRES_TUPLES_OK else {
            throw result.map { PostgresFailure($0) } ?? .lost
        }
        return (0..<PQntuples(result)).map { String(cString: PQgetvalue(result, $0, 0)) }
    }

    func close() {
        PQfinish(pointer)
    }
}
