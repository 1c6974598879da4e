import CZlib
import Testing

/// A workbook whose sheet is a hundred times larger than anybody would have typed.
enum ZipBomb {
    private static let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    private static let office =
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    private static let package = "http://schemas.openxmlformats.org/package/2006/relationships"

    static func workbook() throws -> [UInt8] {
        let head = "<worksheet xmlns=\"\(main)\"><sheetData>"
        let row = "<row><c t=\"inlineStr\"><is><t>Company</t></is></c></row>"
        let blank = "<row/>" + String(repeating: " ", count: 32 << 10)
        let sheet = head + row + row + String(repeating: blank, count: 1280)
        return try zip([
            ("_rels/.rels", links("\(office)/officeDocument", "xl/workbook.xml")),
            (
                "xl/workbook.xml",
                "<workbook xmlns=\"\(main)\" xmlns:r=\"\(office)\"><sheets>"
                    + "<sheet name=\"Data\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>"
            ),
            ("xl/_rels/workbook.xml.rels", links("\(office)/worksheet", "worksheets/sheet1.xml")),
            ("xl/worksheets/sheet1.xml", sheet),
        ])
    }

    private static func links(_ type: String, _ target: String) -> String {
        "<Relationships xmlns=\"\(package)\">"
            + "<Relationship Id=\"rId1\" Type=\"\(type)\" Target=\"\(target)\"/></Relationships>"
    }

    /// APPNOTE.TXT 4.3: each file behind a local header, then the central directory.
    private static func zip(_ files: [(name: String, content: String)]) throws -> [UInt8] {
        var archive: [UInt8] = []
        var directory: [UInt8] = []
        for (name, content) in files {
            let bytes = Array(content.utf8)
            let deflated = try deflate(bytes)
            let checksum = bytes.withUnsafeBufferPointer { crc32_z(0, $0.baseAddress, $0.count) }
            let sizes =
                little(Int(checksum), 4) + little(deflated.count, 4)
                + little(bytes.count, 4)
            let common =
                little(20, 2) + little(0, 2) + little(8, 2) + little(0, 4) + sizes
                + little(name.utf8.count, 2) + little(0, 2)
            directory += [0x50, 0x4B, 1, 2] + little(20, 2) + common + little(0, 10)
            directory += little(archive.count, 4) + Array(name.utf8)
            archive += [0x50, 0x4B, 3, 4] + common + Array(name.utf8) + deflated
        }
        let counts = little(0, 4) + little(files.count, 2) + little(files.count, 2)
        let end = little(directory.count, 4) + little(archive.count, 4) + little(0, 2)
        return archive + directory + [0x50, 0x4B, 5, 6] + counts + end
    }

    /// RFC 1951, as dense as it gets.
    private static func deflate(_ bytes: [UInt8]) throws -> [UInt8] {
        var stream = z_stream()
        try #require(
            deflateInit2_(
                &stream, Z_BEST_COMPRESSION, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
                Int32(MemoryLayout<z_stream>.size)) == Z_OK)
        defer { deflateEnd(&stream) }
        let bound = Int(deflateBound(&stream, UInt(bytes.count)))
        var input = bytes
        return input.withUnsafeMutableBufferPointer { source in
            [UInt8](unsafeUninitializedCapacity: bound) { target, count in
                stream.next_in = source.baseAddress
                stream.avail_in = UInt32(source.count)
                stream.next_out = target.baseAddress
                stream.avail_out = UInt32(bound)
                count = CZlib.deflate(&stream, Z_FINISH) == Z_STREAM_END ? Int(stream.total_out) : 0
            }
        }
    }

    private static func little(_ number: Int, _ bytes: Int) -> [UInt8] {
        (0..<bytes).map { UInt8(truncatingIfNeeded: $0 < 8 ? number >> ($0 * 8) : 0) }
    }
}
