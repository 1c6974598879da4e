import Spreadsheets
import Storage
import Tenancy

/// Some rows of a file that are written together.
struct Chunk: Sendable {
    let rows: [PreparedRow]
    let layout: Layout
    /// When they were read: the moment of their transaction.
    let now: Instant

    var lastRow: Int { rows.last?.number ?? 0 }
}

/// Reads a file's rows and prepares them, chunk by chunk, beside the writer: parsing and
/// normalising telephone numbers takes about as long as writing.
actor RowSupply {
    private let path: String
    private let run: Import
    private let ground: ImportGround
    private let recognised: DatePattern?
    private let rowsPerChunk: Int
    private var opened: (rows: SheetRows, layout: Layout)?
    private let now: @Sendable () -> Instant

    /// - Parameter run: The rows up to its last one are passed over.
    init(
        _ path: String, _ run: Import, _ ground: ImportGround, recognised: DatePattern?,
        rowsPerChunk: Int, now: @escaping @Sendable () -> Instant
    ) {
        self.path = path
        self.run = run
        self.ground = ground
        self.recognised = recognised
        self.rowsPerChunk = rowsPerChunk
        self.now = now
    }

    /// Nil after the last row.
    ///
    /// - Throws: `Problem` with what is wrong with the file or the mapping.
    func next() throws -> Chunk? {
        try Inspection.told {
            var (rows, layout) = try open()
            let now = now()
            var prepared: [PreparedRow] = []
            prepared.reserveCapacity(rowsPerChunk)
            while prepared.count < rowsPerChunk, let row = try rows.next() {
                if row.number > run.lastRow { prepared.append(layout.row(row, at: now)) }
            }
            return prepared.isEmpty ? nil : Chunk(rows: prepared, layout: layout, now: now)
        }
    }

    private func open() throws -> (rows: SheetRows, layout: Layout) {
        if let opened { return opened }
        var rows = try Spreadsheet(path: path, limits: Inspection.limits).rows(sheet: run.sheet)
        let headers = try rows.next().map(Inspection.headers) ?? []
        let layout = try Layout(
            headers: headers, mapping: run.mapping, ground: ground, recognised: recognised)
        opened = (rows, layout)
        return (rows, layout)
    }
}
