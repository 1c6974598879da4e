import Background
import Files
import Spreadsheets
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
        /// It is being taken back, or was.
        case undoing, undone

        package var isBusy: Bool {
            self == .checking || self == .waiting || self == .running || self == .undoing
        }
        package var isOver: Bool {
            self == .done || self == .failed || self == .cancelled || self == .undone
        }
    }

    package enum Format: String, Sendable, SQLConvertible {
        case csv, xlsx, json, xml

        init(_ kind: Spreadsheet.Kind) {
            self =
                switch kind {
                case .csv: .csv
                case .xlsx: .xlsx
                case .json: .json
                case .xml: .xml
                }
        }

        /// Of a file of it (RFC 7111, ECMA-376, RFC 8259, RFC 7303).
        var mediaType: String {
            switch self {
            case .csv: "text/csv; charset=utf-8"
            case .xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
            case .json: "application/json"
            case .xml: "application/xml"
            }
        }
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
    /// Rows from this one on have been taken back; nil when nothing has.
    package var undoneFrom: Int?
    /// Who takes it back; nil for the command line.
    package var undoneBy: ID<User>?
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
        /// Of the merged ones, those that changed something of their lead.
        package var updated = 0
        /// Rows that were taken back, and those that stay, because their leads were changed since.
        package var undone = 0
        package var kept = 0

        mutating func add(_ outcome: RowOutcome) {
            done += 1
            switch outcome {
            case .create: created += 1
            case .duplicate: merged += 1
            case .update:
                merged += 1
                updated += 1
            case .rejected: rejected += 1
            case .undone: preconditionFailure("A row is taken back after its import.")
            }
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
    case create, update, duplicate, rejected
    /// It was one of the others, and was taken back with its import.
    case undone

    /// The word of the inbox for it.
    var arrival: Outcome {
        switch self {
        case .create: .created
        case .update, .duplicate: .merged
        case .rejected, .undone: .refused
        }
    }
}

extension Import: RowDecodable {
    static let columns: SQL = """
        id, tenant_id, file_name, file, format, sheet, mapping, state, rows_total, rows_done,
        created, merged, rejected, updated, undone, kept, last_row, job_id, problem, user_id,
        api_key_id, undone_from, undone_by, version, created_at, finished_at
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
            rejected: row.next(), updated: row.next(), undone: row.next(), kept: row.next())
        lastRow = try row.next()
        job = try row.next()
        problem = try row.next()
        user = try row.next()
        key = try row.next()
        undoneFrom = try row.next()
        undoneBy = try row.next()
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
