/// Writes rows as XML: `<rows><row><name>…</name></row></rows>`, by the names in the first row. An
/// empty cell is left out.
package struct XMLTableWriter: TableWriter {
    private var names: [String]?
    private var bytes = Array("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rows>\n".utf8)

    package init() {}

    package mutating func append(_ row: [Cell]) {
        guard let names else {
            names = row.map { Self.name($0.text) }
            return
        }
        bytes += "<row>".utf8
        for (name, cell) in zip(names, row) where !cell.isEmpty {
            bytes += "<\(name)>".utf8
            append(cell.text)
            bytes += "</\(name)>".utf8
        }
        bytes += "</row>\n".utf8
    }

    private mutating func append(_ text: String) {
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": bytes += "&amp;".utf8
            case "<": bytes += "&lt;".utf8
            case ">": bytes += "&gt;".utf8
            // A bare one would be read as a line feed.
            case "\r": bytes += "&#13;".utf8
            // What XML has no way to write.
            case "\0"..."\u{8}", "\u{B}", "\u{C}", "\u{E}"..."\u{1F}", "\u{FFFE}", "\u{FFFF}":
                bytes += "\u{FFFD}".utf8
            default: bytes += String(scalar).utf8
            }
        }
    }

    /// A header as an element's name (XML 1.0, 2.3): what may not stand there is an underscore.
    private static func name(_ header: String) -> String {
        let scalars = header.unicodeScalars.map { scalar -> Character in
            let isAllowed =
                scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
                || [".", "-", "_"].contains(scalar)
            return isAllowed ? Character(scalar) : "_"
        }
        let name = String(scalars)
        let isBegun = name.unicodeScalars.first.map { $0.properties.isAlphabetic || $0 == "_" }
        return isBegun == true ? name : "_\(name)"
    }

    package mutating func finish() { bytes += "</rows>\n".utf8 }

    package mutating func take() -> [UInt8] {
        defer { bytes.removeAll(keepingCapacity: true) }
        return bytes
    }
}
