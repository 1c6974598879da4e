import Files
import Storage
import Tenancy

/// What a file belongs to.
package enum FilePurpose: String, Sendable, CaseIterable, SQLConvertible {
    case imported = "import"
    /// Sent along with a form.
    case submitted = "form"

    /// What lies in the store beside such a file and goes with it: the ends of its keys. It is
    /// made of the file, and takes no room of the company's.
    var companions: [String] {
        switch self {
        case .imported: [ImportFiles.inspectionEnd]
        case .submitted: []
        }
    }
}

/// The files of a company that are in the store, and what is on its way into it or out of it.
///
/// A file has a row before the store has a byte of it, and until after the last one is gone: so
/// nothing lies there that nobody knows of, whenever a process ends. Who may do what is asked by
/// the operations that files belong to.
package struct StoredFiles: Sendable {
    let scope: Scope

    package init(_ scope: Scope) {
        self.scope = scope
    }

    /// What is still arriving after a day never will.
    private static let arrivalDays = 1

    /// Bytes that the company's files take, and how many they may.
    package func room() async throws -> (bytes: Int, bytesMax: Int) {
        let bytes: Int? = try await scope.tx.value(
            """
            SELECT CAST(COALESCE(SUM(bytes), 0) AS BIGINT) FROM files
            WHERE tenant_id = \(scope.tenant)
            """)
        let quota: Int? = try await scope.tx.value(
            """
            SELECT file_quota_bytes FROM tenants WHERE id = \(scope.tenant)
            """)
        return (bytes ?? 0, quota ?? 0)
    }

    /// Takes room for a file that is stored next. Unless it is kept, it is removed after a day.
    ///
    /// - Throws: `Problem.tooLarge` when there is not as much left.
    func reserve(_ key: FileKey, bytes: Int, for purpose: FilePurpose) async throws {
        // Of two that arrive together, the second counts the first.
        try await scope.tx.hold(scope.tenant.uuid)
        let room = try await room()
        let left = max(0, room.bytesMax - room.bytes)
        guard bytes <= left else {
            throw Problem.tooLarge(
                "This file takes \(sizeText(bytes, .up)), and of the \(sizeText(room.bytesMax, .down)) "
                    + "for your company's files \(sizeText(left, .down)) are left. "
                    + "Ask whoever runs iPerform for more.")
        }
        try await scope.tx.execute(
            """
            INSERT INTO files (tenant_id, key, purpose, bytes, created_at, expires_at)
            VALUES (\(scope.tenant), \(key), \(purpose), \(bytes), \(scope.now),
                \(scope.now.adding(days: Self.arrivalDays)))
            """)
    }

    /// Lets a file that has been stored stay.
    func keep(_ file: StoredFile) async throws {
        let kept = try await scope.tx.execute(
            """
            UPDATE files SET bytes = \(file.bytes), sha256 = \(file.sha256), expires_at = NULL
            WHERE tenant_id = \(scope.tenant) AND key = \(file.key) AND expires_at > \(scope.now)
            """)
        guard kept == 1 else {
            throw Problem.conflict("The file took more than a day to arrive. Send it again.")
        }
    }

    /// Lets a file be removed from a moment on.
    func expire(_ key: FileKey, at moment: Instant) async throws {
        try await scope.tx.execute(
            """
            UPDATE files SET expires_at = \(moment)
            WHERE tenant_id = \(scope.tenant) AND key = \(key)
            """)
    }

    /// Lets go of a file that nothing was made of; false when something was, whatever its maker
    /// was told: the answer to a commit can be lost.
    func abandon(_ key: FileKey) async throws -> Bool {
        try await scope.tx.execute(
            """
            UPDATE files SET expires_at = \(scope.now)
            WHERE tenant_id = \(scope.tenant) AND key = \(key) AND expires_at IS NOT NULL
            """) == 1
    }

    /// Forgets a file that is not in the store any more.
    func forget(_ key: FileKey) async throws {
        try await scope.tx.execute(
            """
            DELETE FROM files
            WHERE tenant_id = \(scope.tenant) AND key = \(key) AND expires_at <= \(scope.now)
            """)
    }
}

/// A file whose time is over.
struct ExpiredFile: RowDecodable {
    let tenant: ID<Tenant>
    let key: FileKey
    let purpose: FilePurpose

    init(tenant: ID<Tenant>, key: FileKey, purpose: FilePurpose) {
        (self.tenant, self.key, self.purpose) = (tenant, key, purpose)
    }

    init(row: inout Row) throws {
        (tenant, key, purpose) = try (row.next(), row.next(), row.next())
    }

    /// Those of all companies, the longest over first.
    static func all(
        at now: Instant, limit: Int, in tx: any Transaction
    ) async throws -> [ExpiredFile] {
        try await tx.all(
            """
            SELECT tenant_id, key, purpose FROM files
            WHERE expires_at <= \(now)
            ORDER BY expires_at, tenant_id, key LIMIT \(limit)
            """)
    }
}

extension FileKey: SQLConvertible {
    package var sqlValue: SQLValue { .text(description) }
    package static func decode(_ source: any RowSource, at column: Int) throws -> FileKey {
        guard let key = FileKey(try String.decode(source, at: column)) else {
            throw StorageError.column(column, expected: "a file's key")
        }
        return key
    }
}

/// `3.4 MB`, in units of 1,024.
func sizeText(_ bytes: Int, _ rule: FloatingPointRoundingRule) -> String {
    var (value, unit) = (Double(bytes), "bytes")
    for larger in ["KB", "MB", "GB", "TB"] where value >= 1024 {
        (value, unit) = (value / 1024, larger)
    }
    let tenths = Int((value * 10).rounded(rule))
    return tenths % 10 == 0 ? "\(tenths / 10) \(unit)" : "\(tenths / 10).\(tenths % 10) \(unit)"
}
