import Background
import Files
import Storage
import Tenancy

/// A spreadsheet on its way into the leads: looked at, checked in a dry run, then run in
/// chunks that survive a crash.
package struct Import: Sendable {
    package enum State: String, Sendable, CaseIterable, SQLConvertible {
        /// The dry run goes on.
        case checking
        /// Nothing is written; a person may commit it.
        case checked
        case waiting, running, done, failed, cancelled

        package var isBusy: Bool { self == .checking || self == .waiting || self == .running }
        package var isOver: Bool { self == .done || self == .failed || self == .cancelled }
    }

    package enum Format: String, Sendable, SQLConvertible {
        case csv, xlsx
    }

    package let id: ID<Import>
    package let tenant: ID<Tenant>
    package let fileName: String
    /// Its file in the store.
    package let file: FileKey
    package let format: Format
    package var sheet: String?
    package var mapping: Mapping
    package var state: State
    package var counts: Counts
    /// The last row of the file that was handled, as a spreadsheet program numbers it.
    package var lastRow: Int
    /// Its one job, what another would write is not kept; nil when there is nothing to be done.
    package var job: ID<StoredJob>?
    /// Why it failed, or was stopped without being asked for.
    package var problem: String?
    /// Who started it; nil for the command line.
    package let user: ID<User>?
    /// By which key, if by one.
    package let key: ID<APIKey>?
    package var version: Int
    package let createdAt: Instant
    package var finishedAt: Instant?

    /// Rows of the file and what became of them; in a dry run, what would.
    package struct Counts: Sendable, Equatable {
        package var total = 0
        package var done = 0
        package var created = 0
        package var merged = 0
        package var rejected = 0

        mutating func add(_ outcome: RowOutcome) {
            done += 1
            switch outcome {
            case .create: created += 1
            case .duplicate: merged += 1
            case .rejected: rejected += 1
            }
        }

        static func + (left: Counts, right: Counts) -> Counts {
            Counts(
                total: left.total, done: left.done + right.done,
                created: left.created + right.created, merged: left.merged + right.merged,
                rejected: left.rejected + right.rejected)
        }
    }

    /// Who acts while it runs.
    ///
    /// - Parameter rights: Those of the key that started it; nil for all of the role's.
    func caller(as held: HeldRole, limitedTo rights: Set<Right>? = nil) -> Caller {
        Caller(
            tenant: tenant, actor: Actor(kind: .importRun, id: id.uuid, user: user), as: held,
            limitedTo: rights)
    }

    /// The product itself, for what the person may not be asked about.
    var keeper: Caller { caller(as: HeldRole(.companyAdmin)) }
}

/// What a row becomes.
package enum RowOutcome: String, Sendable, CaseIterable, SQLConvertible {
    case create, duplicate, rejected

    /// The word of the inbox for it.
    var arrival: Outcome {
        switch self {
        case .create: .created
        case .duplicate: .merged
        case .rejected: .refused
        }
    }
}

extension Import: RowDecodable {
    static let columns: SQL = """
        id, tenant_id, file_name, file, format, sheet, mapping, state, rows_total, rows_done,
        created, merged, rejected, last_row, job_id, problem, user_id, api_key_id, version,
        created_at, finished_at
        """

    package init(row: inout Row) throws {
        id = try row.next()
        tenant = try row.next()
        fileName = try row.next()
        file = try Self.file(row.next())
        format = try row.next()
        sheet = try row.next()
        mapping = try Mapping(JSON(parsing: row.next(String.self)))
        state = try row.next()
        counts = try Counts(
            total: row.next(), done: row.next(), created: row.next(), merged: row.next(),
            rejected: row.next())
        lastRow = try row.next()
        job = try row.next()
        problem = try row.next()
        user = try row.next()
        key = try row.next()
        version = try row.next()
        createdAt = try row.next()
        finishedAt = try row.next()
    }

    /// Rows of earlier versions have the path in the data directory, which is that of the key in
    /// the directory where files are kept unless told.
    private static func file(_ text: String) throws -> FileKey {
        let earlier = "files/"
        let name = text.hasPrefix(earlier) ? String(text.dropFirst(earlier.count)) : text
        guard let key = FileKey(name) else {
            throw StorageError.column(3, expected: "a file's key")
        }
        return key
    }
}
