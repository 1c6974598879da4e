/// The table of contents of an .xlsx file: which part holds which sheet.
struct Workbook {
    struct Sheet {
        let name: String
        let isHidden: Bool
        let part: String
    }

    /// In the order of the tabs; sheets that hold only a chart or macros are left out.
    let sheets: [Sheet]
    let usesDatesFrom1904: Bool
    let sharedStringsPart: String?
    let stylesPart: String?

    /// Tables of contents are small; what is larger is no workbook of this world.
    private static let partBytesMax = 16 << 20

    init(in archive: ZipArchive) throws {
        let path = try Self.mainPart(of: archive)
        let links = try Self.links(of: path, in: archive)
        let contents = WorkbookHandler()
        try contents.parse(archive.open(path, upTo: Self.partBytesMax))
        sheets = contents.sheets.compactMap { sheet in
            guard let link = links[sheet.link], link.isOf(type: "worksheet") else { return nil }
            return Sheet(name: sheet.name, isHidden: sheet.isHidden, part: link.target)
        }
        guard !sheets.isEmpty else { throw SpreadsheetError.noSheets }
        usesDatesFrom1904 = contents.usesDatesFrom1904
        sharedStringsPart = links.values.first { $0.isOf(type: "sharedStrings") }?.target
        stylesPart = links.values.first { $0.isOf(type: "styles") }?.target
    }

    /// Returns the sheet of this name, or the first visible one.
    func sheet(named name: String?) throws -> Sheet {
        guard let name else { return sheets.first { !$0.isHidden } ?? sheets[0] }
        if let sheet = sheets.first(where: { $0.name == name }) { return sheet }
        let lowercased = name.lowercased()
        guard let sheet = sheets.first(where: { $0.name.lowercased() == lowercased }) else {
            throw SpreadsheetError.noSuchSheet(name, available: sheets.map(\.name))
        }
        return sheet
    }

    private static func mainPart(of archive: ZipArchive) throws -> String {
        if archive.contains("_rels/.rels"),
            let link = try links(of: "", in: archive).values.first(where: {
                $0.isOf(type: "officeDocument")
            })
        {
            guard link.target.lowercased().hasSuffix(".xml"), isSpreadsheet(link.target) else {
                throw SpreadsheetError.notASpreadsheet(found: foundKind(link.target))
            }
            return link.target
        }
        guard archive.contains("xl/workbook.xml") else {
            throw SpreadsheetError.notASpreadsheet(
                found: archive.contains("content.xml") ? "an OpenDocument file" : "a zip archive")
        }
        return "xl/workbook.xml"
    }

    private static func isSpreadsheet(_ part: String) -> Bool {
        !part.hasPrefix("word/") && !part.hasPrefix("ppt/")
    }

    private static func foundKind(_ part: String) -> String {
        switch part.split(separator: "/").first {
        case "word": "a text document"
        case "ppt": "a presentation"
        default: "a binary workbook (.xlsb)"
        }
    }

    private static func links(
        of part: String, in archive: ZipArchive
    ) throws -> [String: PartLink] {
        let handler = LinksHandler(folder: part.split(separator: "/").dropLast().map(String.init))
        let name = part.split(separator: "/").last ?? ""
        let path = (handler.folder + ["_rels", "\(name).rels"]).joined(separator: "/")
        try handler.parse(archive.open(path, upTo: partBytesMax))
        return handler.links
    }
}

/// A reference from one part of the package to another.
struct PartLink {
    let type: String
    let target: String

    /// The part of the type before the last slash differs between the two variants of the
    /// standard (transitional and strict).
    func isOf(type name: String) -> Bool { type.hasSuffix("/\(name)") }
}

private final class LinksHandler: XMLHandler {
    let folder: [String]
    private(set) var links: [String: PartLink] = [:]

    init(folder: [String]) {
        self.folder = folder
    }

    func start(_ element: XMLName, _ attributes: XMLAttributes) throws {
        guard "Relationship" ~= element, attributes["TargetMode"] != "External",
            let id = attributes["Id"], let type = attributes["Type"],
            let target = attributes["Target"]
        else { return }
        links[id] = PartLink(type: type, target: resolve(target))
    }

    func end(_ element: XMLName) {}
    func text(_ bytes: UnsafeBufferPointer<UInt8>) {}

    /// Targets are relative to the part's folder, or begin with a slash.
    private func resolve(_ target: String) -> String {
        var path = target.hasPrefix("/") ? [] : folder
        for step in target.split(whereSeparator: { $0 == "/" || $0 == "\\" }) {
            switch step {
            case ".": break
            case "..": _ = path.popLast()
            default: path.append(String(step))
            }
        }
        return path.joined(separator: "/")
    }
}

private final class WorkbookHandler: XMLHandler {
    private(set) var sheets: [(name: String, isHidden: Bool, link: String)] = []
    private(set) var usesDatesFrom1904 = false

    func start(_ element: XMLName, _ attributes: XMLAttributes) throws {
        switch element {
        case "workbookPr":
            usesDatesFrom1904 = ["1", "true"].contains(attributes["date1904"])
        case "sheet":
            guard let name = attributes["name"], let link = attributes["id"] else { return }
            let state = attributes["state"] ?? "visible"
            sheets.append((name: name, isHidden: state != "visible", link: link))
        default: break
        }
    }

    func end(_ element: XMLName) {}
    func text(_ bytes: UnsafeBufferPointer<UInt8>) {}
}
