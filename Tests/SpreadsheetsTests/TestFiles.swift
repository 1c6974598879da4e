import CZip
import Foundation
import Testing

@testable import Spreadsheets

/// A folder of its own for each test, removed with it.
final class TestFolder {
    private let path: String

    init() throws {
        path = NSTemporaryDirectory() + "spreadsheets-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The name says nothing on purpose: content alone must tell what a file is.
    func file(_ bytes: [UInt8]) throws -> String {
        let file = path + "/" + UUID().uuidString
        try Data(bytes).write(to: URL(filePath: file))
        return file
    }

    func file(_ text: String) throws -> String { try file(Array(text.utf8)) }

    func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: path) }

    func path(_ name: String) -> String { "\(path)/\(name)" }
}

func read(
    _ path: String, sheet: String? = nil, limits: SpreadsheetLimits = SpreadsheetLimits()
) throws -> [SheetRow] {
    var rows = try Spreadsheet(path: path, limits: limits).rows(sheet: sheet)
    var all: [SheetRow] = []
    while let row = try rows.next() { all.append(row) }
    return all
}

/// Reads until the error, and returns both.
func readUntilError(
    _ path: String, limits: SpreadsheetLimits = SpreadsheetLimits()
) throws -> (rows: [SheetRow], error: SpreadsheetError?) {
    var all: [SheetRow] = []
    do {
        var rows = try Spreadsheet(path: path, limits: limits).rows()
        while let row = try rows.next() { all.append(row) }
        return (all, nil)
    } catch let error as SpreadsheetError {
        return (all, error)
    }
}

func text(_ values: String...) -> [Cell] { values.map { $0.isEmpty ? .empty : .text($0) } }

/// The parts of an .xlsx, each open to be written wrongly.
struct TestWorkbook {
    static let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    static let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    static let package = "http://schemas.openxmlformats.org/package/2006/relationships"

    var parts: [(name: String, content: [UInt8])] = []

    /// A workbook with one sheet, named Data, of these `<row>` elements.
    init(
        rows: String, strings: String? = nil, styles: String? = nil, properties: String = "",
        main: String = Self.main, office: String = Self.office
    ) {
        add("_rels/.rels", Self.links([("rId1", "\(office)/officeDocument", "xl/workbook.xml")]))
        add(
            "xl/workbook.xml",
            """
            <workbook xmlns="\(main)" xmlns:r="\(office)">\(properties)
            <sheets><sheet name="Data" sheetId="1" r:id="rId1"/></sheets></workbook>
            """)
        add(
            "xl/_rels/workbook.xml.rels",
            Self.links([
                ("rId1", "\(office)/worksheet", "worksheets/sheet1.xml"),
                ("rId2", "\(office)/sharedStrings", "sharedStrings.xml"),
                ("rId3", "\(office)/styles", "styles.xml"),
            ]))
        add(
            "xl/worksheets/sheet1.xml",
            "<worksheet xmlns=\"\(main)\"><sheetData>\(rows)</sheetData></worksheet>")
        if let strings { add("xl/sharedStrings.xml", "<sst xmlns=\"\(main)\">\(strings)</sst>") }
        if let styles {
            add("xl/styles.xml", "<styleSheet xmlns=\"\(main)\">\(styles)</styleSheet>")
        }
    }

    mutating func add(_ name: String, _ content: String) {
        parts.removeAll { $0.name == name }
        parts.append((name: name, content: Array(content.utf8)))
    }

    static func links(_ links: [(id: String, type: String, target: String)]) -> String {
        let elements = links.map {
            "<Relationship Id=\"\($0.id)\" Type=\"\($0.type)\" Target=\"\($0.target)\"/>"
        }
        return "<Relationships xmlns=\"\(package)\">\(elements.joined())</Relationships>"
    }

    func write(to folder: TestFolder) throws -> String {
        let path = folder.path("\(UUID().uuidString).bin")
        let archive = try #require(zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, nil))
        // The library reads the parts when it closes the archive.
        let buffers = parts.map { part in
            let buffer = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: part.content.count)
            _ = buffer.initialize(from: part.content)
            return buffer
        }
        defer { for buffer in buffers { buffer.deallocate() } }
        for (part, buffer) in zip(parts, buffers) {
            let source = try #require(
                zip_source_buffer(archive, buffer.baseAddress, zip_uint64_t(buffer.count), 0))
            try #require(zip_file_add(archive, part.name, source, 0) >= 0)
        }
        try #require(zip_close(archive) == 0)
        return path
    }

    func bytes(in folder: TestFolder) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(filePath: try write(to: folder))))
    }
}
