import CYAJL

/// Tells a tree what a JSON file has: one value, or several after each other, as in a log.
///
/// yajl reads it in pieces, in memory that does not grow with the file, and gives numbers as they
/// are spelled.
final class JSONSource: RecordSource {
    private let file: InputFile
    private let limits: SpreadsheetLimits
    private unowned let tree: any RecordTree
    private var parser: yajl_handle?
    /// The parser keeps no copy of them.
    private let callbacks = UnsafeMutablePointer<yajl_callbacks>.allocate(capacity: 1)
    private var offset: Int
    private var failure: (any Error)?
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
    /// The arrays and objects that are open.
    private var open: [Frame] = []

    private struct Frame {
        let isArray: Bool
        /// The member that comes next; of an array, what its elements are called.
        var name: String
    }

    /// What elements are called that no member names.
    private static let unnamed = "row"

    init(path: String, limits: SpreadsheetLimits, _ tree: any RecordTree) throws {
        file = try InputFile(path: path)
        // yajl knows no byte order mark.
        let mark = Array("\u{FEFF}".utf8)
        offset = try file.bytes(at: 0, count: mark.count) == mark ? mark.count : 0
        self.limits = limits
        self.tree = tree
        callbacks.initialize(to: Self.callbacks)
        parser = yajl_alloc(callbacks, nil, Unmanaged.passUnretained(self).toOpaque())
        _ = yajl_allow_many_values(parser)
    }

    deinit {
        buffer.deallocate()
        yajl_free(parser)
        callbacks.deallocate()
    }

    func readOn() throws -> Bool {
        let count = try file.read(into: buffer, at: offset)
        offset += count
        let status =
            count > 0
            ? yajl_parse(parser, buffer.bindMemory(to: UInt8.self).baseAddress, count)
            : yajl_complete_parse(parser)
        if let failure { throw failure }
        guard status == yajl_status_ok else {
            throw SpreadsheetError.malformed(row: nil, what: "broken JSON")
        }
        return count > 0
    }

    private static func attempt(
        _ context: UnsafeMutableRawPointer?, _ event: (JSONSource) throws -> Void
    ) -> Int32 {
        guard let context else { return 0 }
        let source = Unmanaged<JSONSource>.fromOpaque(context).takeUnretainedValue()
        do {
            try event(source)
            return 1
        } catch {
            // Errors cannot pass through the C parser: zero stops it.
            source.failure = error
            return 0
        }
    }

    private static let callbacks: yajl_callbacks = {
        var callbacks = yajl_callbacks()
        callbacks.yajl_null = { attempt($0) { try $0.leaf(.empty) } }
        callbacks.yajl_boolean = { context, value in
            attempt(context) { try $0.leaf(.boolean(value != 0)) }
        }
        callbacks.yajl_number = { context, text, count in
            attempt(context) { source in
                let digits = String(
                    decoding: UnsafeRawBufferPointer(start: text, count: count), as: UTF8.self)
                guard let number = Double(digits) else { throw JSONSource.broken }
                try source.leaf(.number(number, digits: digits))
            }
        }
        callbacks.yajl_string = { context, text, count in
            attempt(context) { source in
                guard count <= source.limits.cellBytes else { throw source.tooLong }
                let string = source.string(text, count)
                try source.leaf(string.isEmpty ? .empty : .text(string))
            }
        }
        callbacks.yajl_map_key = { context, text, count in
            attempt(context) { source in
                guard count <= 1000 else { throw JSONSource.broken }
                let name = source.string(text, count)
                source.open[source.open.count - 1].name = name.isEmpty ? unnamed : name
            }
        }
        callbacks.yajl_start_map = { attempt($0) { try $0.begin(isArray: false) } }
        callbacks.yajl_end_map = { attempt($0) { try $0.end() } }
        callbacks.yajl_start_array = { attempt($0) { try $0.begin(isArray: true) } }
        callbacks.yajl_end_array = { attempt($0) { try $0.end() } }
        return callbacks
    }()

    private static var broken: SpreadsheetError { .malformed(row: nil, what: "unusual JSON") }

    private var tooLong: SpreadsheetError {
        .malformed(row: nil, what: "a text of more than \(limits.cellCharacters) characters")
    }

    private func string(_ text: UnsafePointer<UInt8>?, _ count: Int) -> String {
        String(decoding: UnsafeBufferPointer(start: text, count: count), as: UTF8.self)
    }

    private var name: String { open.last?.name ?? Self.unnamed }

    /// An array is no node of its own: its elements have the name of its member. Several values
    /// after each other are the elements of an array that is not written.
    private func begin(isArray: Bool) throws {
        guard open.count < RecordLimits.depth else {
            throw SpreadsheetError.malformed(row: nil, what: "too deeply nested")
        }
        let frame = Frame(isArray: isArray, name: name)
        if !isArray { try tree.open(name, isListed: open.last?.isArray ?? false) }
        open.append(frame)
    }

    private func end() throws {
        if !open.removeLast().isArray { try tree.close() }
    }

    private func leaf(_ cell: Cell) throws {
        // A missing value makes a column, too.
        try tree.open(name, isListed: open.last?.isArray ?? false)
        try tree.value(cell)
        try tree.close()
    }
}
