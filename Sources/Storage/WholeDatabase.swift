/// A table as its engine's catalog tells it.
package struct TableShape: Sendable, Equatable {
    package let name: String
    package let columns: [ColumnShape]
    /// The names of the primary key's columns, in order.
    package let key: [String]

    package init(name: String, columns: [ColumnShape], key: [String]) {
        self.name = name
        self.columns = columns
        self.key = key
    }

    /// The values of the primary key in a row of the columns.
    package func key(of row: [SQLValue]) -> [SQLValue] {
        key.compactMap { name in columns.firstIndex { $0.name == name }.map { row[$0] } }
    }
}

package struct ColumnShape: Sendable, Equatable {
    package let name: String
    package let kind: ColumnKind
    /// Whether a row may be added without it.
    package let isOptional: Bool

    package init(name: String, kind: ColumnKind, isOptional: Bool) {
        self.name = name
        self.kind = kind
        self.isOptional = isOptional
    }
}

/// What a column holds. SQLite's own types say less than PostgreSQL's: its integer may be a
/// boolean there, its bytes a uuid.
package enum ColumnKind: Sendable, Equatable {
    case integer, boolean, real, text, bytes, uuid
    /// A type that only one engine has.
    case other(String)

    /// What a value is that goes between columns of two kinds; nil where none can.
    package func shared(with other: ColumnKind) -> ColumnKind? {
        switch (self, other) {
        case (.other, _), (_, .other): nil
        case (.integer, .boolean), (.boolean, .integer): .boolean
        case (.bytes, .uuid), (.uuid, .bytes): .uuid
        default: self == other ? self : nil
        }
    }
}

/// A connection for work on all rows of all tables at once, past tenants and rules: a move from
/// one engine to the other.
///
/// Calls block; it belongs to one thread at a time.
package protocol WholeDatabase: AnyObject, Sendable {
    /// Where it is, without a password.
    var name: String { get }

    /// The names of the migrations that were run on it.
    func migrations() throws -> [String]

    /// The product's tables, by name. Indexes that look like tables are none.
    func tables() throws -> [TableShape]

    func holds(table: String) throws -> Bool

    /// Whatever a statement without dynamic names can say; returns how many rows it changed.
    @discardableResult
    func run(_ sql: SQL, _ body: (inout Row) throws -> Void) throws -> Int

    // MARK: As a source

    /// Keeps all others from writing, and shows one state, until it is closed.
    ///
    /// - Throws: `StorageError.busy` when somebody writes and does not end.
    func holdStill() throws

    /// The rows behind a key, at most so many, in the order of their keys on this engine.
    func page(of table: TableShape, after key: [SQLValue]?, rows: Int) throws -> [[SQLValue]]

    /// The last number given out in each table that numbers its rows by itself.
    func counters() throws -> [String: Int64]

    // MARK: As a target

    func transaction(_ body: () throws -> Void) throws

    func add(_ rows: [[SQLValue]], to table: TableShape) throws

    /// Takes away what would act on added rows or look at each of them: triggers, and where it
    /// pays foreign keys and indexes. Returns the statements that bring it back.
    func loosen() throws -> [String]

    /// Brings back what was taken away.
    ///
    /// - Throws: When a row refers to another that is not there.
    func tighten(_ statements: [String]) throws

    /// Numbers rows behind these and behind the highest there is.
    func count(from counters: [String: Int64]) throws

    /// What is good to do once many rows were added.
    func tidy() throws

    func close()
}

/// The mark of a database that a move was begun into and not ended. It must not be served.
package enum UnfinishedMove: Error, CustomStringConvertible {
    case found

    /// The table of the move's progress, in the target alone.
    package static let table = "iperform_move"

    package var description: String {
        "A move into it was begun and has not ended. Give the same iperform move again to finish it."
    }
}
