/// Sizes and names.
enum ShapeRules {
    static let sourceLines = 400
    static let testLines = 600
    static let columns = 110
    static let functionLines = 60
    static let parameters = 6
    static let nesting = 4

    static let bannedSuffixes = [
        "Manager", "Helper", "Helpers", "Util", "Utils", "Service", "Impl", "Base",
    ]
    static let bannedNames: Set = [
        "Common", "Core", "Shared", "Misc", "Data", "Info", "Extensions",
    ]

    /// Length of the file and of its lines: holds for any language.
    static func sizes(path: String, text: String) -> [Fault] {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let limit = path.hasPrefix("Tests/") ? testLines : sourceLines
        var faults: [Fault] = []
        // A final newline ends the last line; it does not begin another.
        if lines.count - 1 > limit {
            faults.append(
                Fault(file: path, line: limit, text: "\(lines.count - 1) lines, \(limit) allowed"))
        }
        for (index, line) in lines.enumerated() where line.count > columns {
            faults.append(
                Fault(
                    file: path, line: index + 1, text: "\(line.count) columns, \(columns) allowed"))
        }
        return faults
    }

    static func functions(_ file: SourceFile) -> [Fault] {
        Function.all(in: file.source).flatMap { function in
            [
                ("lines", function.lineCount, functionLines),
                ("parameters", function.parameters, parameters),
                ("levels of nesting", function.nesting, nesting),
            ]
            .filter { $0.1 > $0.2 }
            .map { what, count, limit in
                file.fault(function.line, "\(function.name): \(count) \(what), \(limit) allowed")
            }
        }
    }

    /// A type is named after what it is, so that its boundary can be seen.
    static func names(_ file: SourceFile) -> [Fault] {
        let kinds = ["struct", "enum", "class", "actor", "protocol", "typealias"]
        let declaration = /\b(?:struct|enum|class|actor|protocol|typealias)\s+(\w+)/
        var faults: [Fault] = []
        for (index, line) in file.source.codeLines.enumerated() {
            // The plain search is the fast one, and nearly always enough.
            guard kinds.contains(where: line.contains), let match = line.firstMatch(of: declaration)
            else { continue }
            faults += banned(match.1).map { file.fault(index + 1, $0) }
        }
        let stem = file.path.split(separator: "/").last?.split(separator: ".").first ?? ""
        return faults + banned(stem).map { file.fault(1, "the file \($0)") }
    }

    private static func banned(_ name: Substring) -> [String] {
        let last = name.split(separator: "+").last ?? name
        let isBanned =
            bannedNames.contains(String(last)) || bannedSuffixes.contains { last.hasSuffix($0) }
        return isBanned ? ["\(name): name it after what it is"] : []
    }
}
