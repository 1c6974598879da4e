/// Reads a sheet's rows in pieces of the decompressed part.
final class WorksheetReader: RowReader {
    private let handler: WorksheetHandler
    private let parser: XMLPushParser
    private let part: ZipPart
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
    private var ready: ArraySlice<SheetRow> = []
    private var failure: (any Error)?
    private var isAtEnd = false

    private static let stylesBytesMax = 64 << 20

    init(path: String, sheet name: String?, limits: SpreadsheetLimits) throws {
        let archive = try ZipArchive(path: path, limits: limits)
        let workbook = try Workbook(in: archive)
        let sheet = try workbook.sheet(named: name)
        let strings = SharedStrings(limits: limits)
        if let part = workbook.sharedStringsPart, archive.contains(part) {
            try strings.parse(archive.open(part, upTo: limits.uncompressedBytes))
        }
        let styles = CellStyles()
        if let part = workbook.stylesPart, archive.contains(part) {
            try styles.parse(archive.open(part, upTo: Self.stylesBytesMax))
        }
        let serials = ExcelSerial(usesDatesFrom1904: workbook.usesDatesFrom1904)
        let cells = CellDecoder(strings: strings, styles: styles, serials: serials)
        handler = WorksheetHandler(cells: cells, limits: limits)
        parser = XMLPushParser(handler)
        part = try archive.open(sheet.part, upTo: limits.uncompressedBytes)
    }

    deinit { buffer.deallocate() }

    func next() throws -> SheetRow? {
        while true {
            if let row = ready.popFirst() { return row }
            // The rows before the damage have been handed out.
            if let failure { throw failure }
            if isAtEnd { return nil }
            readOn()
        }
    }

    private func readOn() {
        do {
            let count = try part.read(into: buffer)
            isAtEnd = count == 0
            try parser.feed(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        } catch SpreadsheetError.malformed(row: nil, let what) {
            failure = SpreadsheetError.malformed(row: handler.lastRow, what: what)
        } catch {
            failure = error
        }
        ready = handler.takeRows()[...]
    }
}
