/// One cell as the file has it. A CSV file knows only `empty` and `text`.
package enum Cell: Sendable, Equatable {
    case empty
    case text(String)
    /// `digits` is the number exactly as the file spells it, because a `Double` loses the end
    /// of a long identifier.
    case number(Double, digits: String)
    case date(LocalDateTime)
    /// A time of day or an elapsed time; the latter may exceed 24 hours.
    case time(milliseconds: Int)
    case boolean(Bool)

    package var isEmpty: Bool { self == .empty }

    /// The cell as a person would type it.
    ///
    /// Numbers have no exponent and, unless whole, at most 15 significant digits, as a
    /// spreadsheet program shows them; dates are ISO 8601 with the time only when there is one;
    /// times are `hh:mm:ss`; booleans `TRUE` and `FALSE`.
    package var text: String {
        switch self {
        case .empty: ""
        case .text(let text): text
        case .number(_, let digits): plainDecimal(digits)
        case .date(let date): date.iso8601
        case .time(let milliseconds): clockText(milliseconds: milliseconds)
        case .boolean(let value): value ? "TRUE" : "FALSE"
        }
    }
}

/// One row that has at least one value.
package struct SheetRow: Sendable, Equatable {
    /// The row's number as a spreadsheet program shows it, from 1; skipped blank rows count.
    package let number: Int
    /// Rows differ in length: the consumer pads the short ones.
    package let cells: [Cell]

    package init(number: Int, cells: [Cell]) {
        self.number = number
        self.cells = cells
    }
}
