/// The number format of each cell style of a workbook.
final class CellStyles: XMLHandler {
    private var formats: [NumberFormat] = []
    private var custom: [Int: NumberFormat] = [:]
    private var inCellFormats = false

    /// Programs stop at 65,490 cell formats.
    private static let formatsMax = 100_000

    /// A cell without style, or with one that is not there, is as in the first.
    subscript(_ style: Int) -> NumberFormat {
        if formats.indices.contains(style) { return formats[style] }
        return formats.first ?? .number
    }

    func start(_ element: XMLName, _ attributes: XMLAttributes) throws {
        switch element {
        case "numFmt":
            guard let id = attributes["numFmtId"].flatMap({ Int($0) }),
                let code = attributes["formatCode"]
            else { return }
            custom[id] = NumberFormat(code: code)
        case "cellXfs": inCellFormats = true
        case "xf" where inCellFormats:
            guard formats.count < Self.formatsMax, custom.count < Self.formatsMax else {
                throw SpreadsheetError.malformed(row: nil, what: "too many cell formats")
            }
            let id = attributes["numFmtId"].flatMap { Int($0) } ?? 0
            formats.append(custom[id] ?? NumberFormat(builtIn: id))
        default: break
        }
    }

    func end(_ element: XMLName) {
        if "cellXfs" ~= element { inCellFormats = false }
    }

    func text(_ bytes: UnsafeBufferPointer<UInt8>) {}
}
