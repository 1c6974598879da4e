/// What the documents promise.
enum DocumentRules {
    /// Longest allowed, by path from the root. A listed file must exist.
    static let limits = [
        "README.md": 250, "STYLE.md": 120, "ARCHITECTURE.md": 150, "CHANGELOG.md": 400, "dev": 150,
    ]

    static func length(path: String, text: String) -> [Fault] {
        let count = text.split(separator: "\n", omittingEmptySubsequences: false).count - 1
        guard let limit = limits[path], count > limit else { return [] }
        return [Fault(file: path, line: limit, text: "\(count) lines, \(limit) allowed")]
    }

    /// Links to files that are not there. Addresses of other sites are not followed.
    static func links(path: String, text: String, exists: (String) -> Bool) -> [Fault] {
        let folder = path.split(separator: "/").dropLast()
        var faults: [Fault] = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false)
            .enumerated()
        {
            for match in line.matches(of: /\]\(([^)#\s]+)(?:#[^)]*)?\)/)
            where !match.1.contains(":") {
                let target = resolve(match.1, from: folder)
                if !exists(target) {
                    faults.append(Fault(file: path, line: index + 1, text: "no \(match.1)"))
                }
            }
        }
        return faults
    }

    /// Tests that the last column of a table names and that are not there.
    static func tests(path: String, text: String, exists: (String) -> Bool) -> [Fault] {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.enumerated().flatMap { index, line -> [Fault] in
            guard line.hasPrefix("|"), let cell = line.split(separator: "|").last else { return [] }
            return cell.matches(of: /`([^`]+)`/).map { String($0.1) }.filter { !exists($0) }
                .map { Fault(file: path, line: index + 1, text: "no test “\($0)”") }
        }
    }

    private static func resolve(_ link: Substring, from folder: ArraySlice<Substring>) -> String {
        var parts = Array(folder)
        for part in link.split(separator: "/") {
            switch part {
            case ".": break
            case "..": _ = parts.popLast()
            default: parts.append(part)
            }
        }
        return parts.joined(separator: "/")
    }
}
