import Foundation
import Spreadsheets
import Tenancy
import Web

/// What a file has: its sheets, and the columns and rows of one of them.
///
/// The whole sheet is read once before anything is kept, so that a file nobody can read is
/// refused while its sender is still there to be told.
package struct Inspection: Sendable, Codable, Equatable {
    package var sheets: [String]
    /// The one that was looked at; nil for CSV.
    package var sheet: String?
    /// Rows below the header.
    package var rows: Int
    package var columns: [Column]

    package struct Column: Sendable, Codable, Equatable {
        /// The header, made unique.
        package let name: String
        /// Up to three texts of the first rows.
        package var samples: [String] = []
        /// How many rows hold each text, when there are few texts; else empty.
        package var values: [String: Int] = [:]
        /// Patterns by which every text of the column is a date; empty for a column without.
        package var dates: [String] = []
    }

    /// What an import may be.
    package static let limits: SpreadsheetLimits = {
        var limits = SpreadsheetLimits()
        limits.bytes = 200 << 20
        limits.rows = 2_000_001
        limits.columns = 500
        return limits
    }()

    private static let samplesMax = 3
    private static let sampleCharacters = 80
    private static let valuesMax = 20

    /// Reads a file through, or its first rows.
    ///
    /// - Throws: `Problem` with what is wrong with the file, the row named.
    package static func of(
        _ path: String, sheet: String? = nil, rowsMax: Int = .max
    ) async throws -> (format: Import.Format, inspection: Inspection) {
        try await aside { try read(path, sheet, rowsMax) }
    }

    private static func read(
        _ path: String, _ sheet: String?, _ rowsMax: Int
    ) throws -> (format: Import.Format, inspection: Inspection) {
        try told {
            let file = try Spreadsheet(path: path, limits: limits)
            var rows = try file.rows(sheet: sheet)
            guard let header = try rows.next() else { throw empty }
            var inspection = Inspection(
                sheets: file.sheets.filter { !$0.isHidden }.map(\.name),
                sheet: name(of: sheet, in: file), rows: 0,
                columns: headers(header).map { Column(name: $0) })
            var candidates = inspection.columns.map { _ in DatePattern.usual }
            var counts = inspection.columns.map { _ in [String: Int]?.some([:]) }
            while inspection.rows < rowsMax, let row = try rows.next() {
                inspection.rows += 1
                inspection.look(at: row, &counts, &candidates)
            }
            guard inspection.rows > 0 else { throw empty }
            inspection.finish(counts, candidates)
            return (Import.Format(file.kind), inspection)
        }
    }

    /// Runs `body` and says its file's faults as a `Problem`.
    static func told<Value>(_ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let error as SpreadsheetError {
            switch error {
            case .tooLarge: throw Problem.tooLarge(error.message)
            case .noSuchSheet: throw Problem.invalid("sheet", error.message)
            default: throw Problem.invalid("file", error.message)
            }
        }
    }

    private static let empty = Problem.invalid(
        "file", "There are no rows below the header. Name the columns in the first row.")

    private static func name(of sheet: String?, in file: Spreadsheet) -> String? {
        let named = file.sheets.first { $0.name.lowercased() == sheet?.lowercased() }
        let first = file.sheets.first { !$0.isHidden } ?? file.sheets.first
        return (named ?? first)?.name
    }

    /// The names of the columns: every one different, none empty.
    static func headers(_ row: SheetRow) -> [String] {
        var taken: Set<String> = []
        return row.cells.enumerated().map { index, cell in
            let text = cell.text.trimmed
            let base = text.isEmpty ? "Column \(letters(index))" : String(text.prefix(190))
            var name = base
            var number = 2
            while !taken.insert(name).inserted {
                name = "\(base) (\(number))"
                number += 1
            }
            return name
        }
    }

    /// `A` to `Z`, `AA`, … as a spreadsheet program names columns.
    private static func letters(_ index: Int) -> String {
        let letter = String(UnicodeScalar(UInt8(65 + index % 26)))
        return index < 26 ? letter : letters(index / 26 - 1) + letter
    }

    private mutating func look(
        at row: SheetRow, _ counts: inout [[String: Int]?], _ candidates: inout [[DatePattern]]
    ) {
        for (index, cell) in row.cells.prefix(columns.count).enumerated() where !cell.isEmpty {
            let isWanted = columns[index].samples.count < Self.samplesMax
            let mayBeDate = !candidates[index].isEmpty
            guard isWanted || mayBeDate || counts[index] != nil else { continue }
            let text = cell.text.trimmed
            guard !text.isEmpty else { continue }
            if isWanted, !columns[index].samples.contains(text) {
                columns[index].samples.append(String(text.prefix(Self.sampleCharacters)))
            }
            if mayBeDate, !cell.isDate { candidates[index].removeAll { $0.date(text) == nil } }
            counts[index]?[text, default: 0] += 1
            if let count = counts[index]?.count, count > Self.valuesMax { counts[index] = nil }
        }
    }

    private mutating func finish(_ counts: [[String: Int]?], _ candidates: [[DatePattern]]) {
        for index in columns.indices {
            let isText = !columns[index].samples.isEmpty
            if let counts = counts[index] { columns[index].values = counts }
            // A column of real dates keeps every candidate, having refuted none.
            let isUndecided = candidates[index].count == DatePattern.usual.count
            if isText, !isUndecided { columns[index].dates = candidates[index].map(\.text) }
        }
    }
}

extension Cell {
    fileprivate var isDate: Bool {
        if case .date = self { true } else { false }
    }
}

extension Inspection {
    /// The mapping that the headers suggest, for somebody who may import history or not.
    func suggestion(custom: [CustomField], isAdmin: Bool) -> Mapping {
        let targets = Suggestions.targets(
            columns.map(\.name), custom: custom, withHistory: isAdmin)
        var mapping = Mapping(columns: targets)
        mapping.dates = datePattern(for: mapping)
        return mapping
    }

    /// The one pattern in which all of the mapped date columns can be read; nil when there is
    /// none, or more than one.
    func datePattern(for mapping: Mapping) -> DatePattern? {
        let columns = columns.filter { column in
            let target = mapping.columns[column.name]
            return (target == .field(.createdAt) || target == .field(.closedAt))
                && !column.dates.isEmpty
        }
        guard let first = columns.first else { return nil }
        let common = columns.reduce(Set(first.dates)) { $0.intersection($1.dates) }
        return common.count == 1 ? common.first.flatMap(DatePattern.init) : nil
    }
}
