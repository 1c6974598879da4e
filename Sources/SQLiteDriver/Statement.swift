import Foundation
import GRDBSQLite
import Storage

/// A prepared statement; while it is stepped, the row source of its current row.
final class Statement: RowSource {
    private let pointer: OpaquePointer
    private(set) var isRunning = false

    /// SQLite copies what is bound before the call returns.
    private static let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

    init(_ text: String, in handle: OpaquePointer) throws {
        var pointer: OpaquePointer?
        let code = sqlite3_prepare_v3(
            handle, text, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &pointer, nil)
        guard code == SQLITE_OK, let pointer else { throw StorageError(handle) }
        self.pointer = pointer
    }

    deinit {
        sqlite3_finalize(pointer)
    }

    func bind(_ values: [SQLValue], in handle: OpaquePointer) throws {
        guard values.count == Int(sqlite3_bind_parameter_count(pointer)) else {
            throw StorageError.failed(
                code: Int(SQLITE_RANGE), message: "a literal of the statement holds a ?")
        }
        for (index, value) in values.enumerated() {
            let at = Int32(index + 1)
            let code =
                switch value {
                case .null: sqlite3_bind_null(pointer, at)
                case .integer(let integer): sqlite3_bind_int64(pointer, at, integer)
                case .real(let real): sqlite3_bind_double(pointer, at, real)
                case .text(let text): bind(text, at)
                case .bytes(let bytes):
                    sqlite3_bind_blob64(
                        pointer, at, bytes, UInt64(bytes.count), Self.transient)
                case .uuid(let uuid):
                    withUnsafeBytes(of: uuid.uuid) {
                        sqlite3_bind_blob64(pointer, at, $0.baseAddress, 16, Self.transient)
                    }
                }
            guard code == SQLITE_OK else { throw StorageError(handle) }
        }
    }

    private func bind(_ text: String, _ at: Int32) -> Int32 {
        // An empty buffer has no address, and a null address would bind NULL.
        guard !text.isEmpty else { return sqlite3_bind_text(pointer, at, "", 0, Self.transient) }
        var text = text
        return text.withUTF8 { utf8 in
            utf8.withMemoryRebound(to: CChar.self) {
                sqlite3_bind_text(
                    pointer, at, $0.baseAddress, Int32($0.count), Self.transient)
            }
        }
    }

    /// Steps through all rows. The statement is reset and unbound whatever happens.
    @discardableResult
    func run(in handle: OpaquePointer, each: (Statement) throws -> Void = { _ in }) throws -> Int {
        isRunning = true
        defer {
            sqlite3_reset(pointer)
            sqlite3_clear_bindings(pointer)
            isRunning = false
        }
        while true {
            switch sqlite3_step(pointer) {
            case SQLITE_ROW: try each(self)
            case SQLITE_DONE: return Int(sqlite3_changes64(handle))
            default: throw StorageError(handle)
            }
        }
    }

    func isNull(at column: Int) -> Bool {
        sqlite3_column_type(pointer, Int32(column)) == SQLITE_NULL
    }

    func integer(at column: Int) -> Int64 { sqlite3_column_int64(pointer, Int32(column)) }

    func real(at column: Int) -> Double { sqlite3_column_double(pointer, Int32(column)) }

    func text(at column: Int) -> String {
        guard let start = sqlite3_column_text(pointer, Int32(column)) else { return "" }
        let count = Int(sqlite3_column_bytes(pointer, Int32(column)))
        return String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    }

    func bytes(at column: Int) -> [UInt8] {
        guard let start = sqlite3_column_blob(pointer, Int32(column)) else { return [] }
        let count = Int(sqlite3_column_bytes(pointer, Int32(column)))
        return Array(UnsafeRawBufferPointer(start: start, count: count))
    }

    func uuid(at column: Int) -> UUID? {
        guard let start = sqlite3_column_blob(pointer, Int32(column)),
            sqlite3_column_bytes(pointer, Int32(column)) == 16
        else { return nil }
        return UUID(uuid: start.loadUnaligned(as: uuid_t.self))
    }
}

extension StorageError {
    /// The connection's last error, sorted into what the upper floors can act on.
    init(_ handle: OpaquePointer) {
        let message = String(cString: sqlite3_errmsg(handle))
        let detail = message.split(separator: ": ", maxSplits: 1).last.map(String.init) ?? message
        let code = sqlite3_extended_errcode(handle)
        switch code {
        case Constraint.unique, Constraint.primaryKey: self = .unique(detail)
        case Constraint.foreignKey: self = .foreignKey
        case Constraint.check: self = .check(detail)
        default:
            switch code & 0xFF {
            case SQLITE_BUSY, SQLITE_LOCKED: self = .busy
            case SQLITE_FULL: self = .full
            default: self = .failed(code: Int(code), message: message)
            }
        }
    }
}

/// SQLite's extended result codes (sqlite.org/rescode.html): macros with arithmetic, which
/// Swift does not import.
private enum Constraint {
    static let check = SQLITE_CONSTRAINT | 1 << 8
    static let foreignKey = SQLITE_CONSTRAINT | 3 << 8
    static let primaryKey = SQLITE_CONSTRAINT | 6 << 8
    static let unique = SQLITE_CONSTRAINT | 8 << 8
}
