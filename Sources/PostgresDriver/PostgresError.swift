import CPQ
import Storage

/// Why a statement failed, with what can be done about it.
struct PostgresFailure: Error, CustomStringConvertible {
    /// SQLSTATE (PostgreSQL manual, appendix A); empty when the connection was lost.
    let state: String
    let message: String
    let constraint: String?

    var description: String { state.isEmpty ? message : "\(message) (\(state))" }

    /// transaction_resolution_unknown.
    static let unresolved = "08007"

    static let lost = PostgresFailure(
        state: "", message: "The connection to the database was lost.", constraint: nil)

    /// in_failed_sql_transaction, for what was sent after a statement that failed.
    static let skipped = PostgresFailure(
        state: "25P02", message: "A statement before this one failed.", constraint: nil)

    init(state: String, message: String, constraint: String?) {
        self.state = state
        self.message = message
        self.constraint = constraint
    }

    init(_ result: OpaquePointer) {
        func field(_ code: Unicode.Scalar) -> String? {
            PQresultErrorField(result, Int32(code.value)).map { String(cString: $0) }
        }
        state = field("C") ?? ""
        message = field("M") ?? "no message"
        constraint = field("n")
    }

    /// The connection is of no use any more: it is gone, or the server is shutting down.
    var isLoss: Bool { state.isEmpty || state.hasPrefix("08") || state.hasPrefix("57P") }

    /// Another transaction was in the way; the same operation will do when run again
    /// (serialization_failure, deadlock_detected).
    var isConflict: Bool { state == "40001" || state == "40P01" }

    /// What the upper floors can act on.
    var storageError: StorageError {
        switch state {
        case "23505": .unique(constraint ?? message)
        case "23503": .foreignKey
        case "23514", "23502": .check(constraint ?? message)
        case "53100": .full
        case Self.unresolved: .uncertain
        // Statement timeout, lock timeout, too many connections.
        case "57014", "55P03", "53300": .busy
        default: isLoss || isConflict ? .busy : .failed(code: 0, message: "\(state) \(message)")
        }
    }
}
