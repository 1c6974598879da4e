/// A table as its engine's catalog tells it, in words that both engines share.
struct TableSchema: Equatable {
    var columns: [ColumnSchema] = []
    /// The primary key's columns, in order.
    var key: [String] = []
    /// What no two rows may have alike; a key that holds for some rows only ends in `WHERE`.
    var uniques: Set<[String]> = []
    var references: Set<Reference> = []
    var checks: [Check] = []
    /// Names of the indexes that no constraint has made.
    var indexes: Set<String> = []
}

struct ColumnSchema: Equatable {
    let name: String
    let type: String
    let isNullable: Bool
    let fallback: String?
}

struct Reference: Hashable {
    let columns: [String]
    let table: String
    let others: [String]
}

/// What a CHECK is about: its columns, and its numbers and texts in order. PostgreSQL rewrites
/// the rest (`IN` becomes `= ANY`, `BETWEEN` two comparisons).
struct Check: Hashable, Comparable, CustomStringConvertible {
    let columns: [String]
    let literals: [String]

    init(_ condition: String, of names: [String]) {
        let plain = condition.replacing(/'(?:[^']|'')*'/, with: "")
        let words = Set(plain.matches(of: /[a-z_][a-z0-9_]*/).map { String($0.0) })
        columns = names.filter(words.contains).sorted()
        literals = condition.matches(of: /'(?:[^']|'')*'|\b[0-9]+\b/).map { String($0.0) }
    }

    var description: String { "\(columns) \(literals)" }

    static func < (left: Check, right: Check) -> Bool { left.description < right.description }

    /// The conditions behind `word`, with their outer brackets taken off.
    static func conditions(in text: String, after word: String) -> [String] {
        text.ranges(of: word).compactMap { range in
            var depth = 0
            var condition = ""
            for character in text[range.upperBound...] {
                if character == ")" { depth -= 1 }
                if depth > 0 { condition.append(character) }
                if character == "(" { depth += 1 }
                if depth == 0 && !condition.isEmpty { return condition }
            }
            return nil
        }
    }
}
