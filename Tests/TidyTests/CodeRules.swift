/// What code may not say, and what it may say only with a reason.
enum CodeRules {
    /// Each needs a comment on the line directly above that says why.
    static var needReason: [(name: String, pattern: Regex<Substring>)] {
        [
            ("print(", /(?:^|[^.\w])print\(/),
            ("try!", /\btry!/),
            ("as!", /\bas!/),
            ("fatalError(", /\bfatalError\(/),
            ("@unchecked", /@unchecked\s+Sendable/),
            ("nonisolated(unsafe)", /nonisolated\(unsafe\)/),
        ]
    }

    static func reasons(_ file: SourceFile) -> [Fault] {
        let code = file.source.codeLines
        let comments = file.source.commentLines
        let words = needReason
        var faults: [Fault] = []
        for (index, line) in code.enumerated() {
            // The plain search is the fast one, and nearly always enough.
            for (name, pattern) in words where line.contains(name) && line.contains(pattern) {
                let above = index > 0 && comments[index - 1].contains("//")
                if !above { faults.append(file.fault(index + 1, "\(name) without a reason above")) }
            }
        }
        return faults
    }

    /// Routes translate and pages show: what they read is an operation's.
    static func statements(_ file: SourceFile) -> [Fault] {
        let shows = ["Routes.swift", "Pages.swift", "Sections.swift", "Record.swift"]
        guard file.target == "CRM",
            file.path.contains("/Pages/") || shows.contains(where: file.path.hasSuffix)
        else { return [] }
        return file.source.codeLines.enumerated()
            .filter { $0.element.contains(/\.tx\s*\.(rows|all|first|value|column|execute|each)\b/) }
            .map { file.fault($0.offset + 1, "a statement where pages and routes stand") }
    }

    /// Unfinished work belongs to the issues, not to the sources.
    static func leftovers(_ file: SourceFile) -> [Fault] {
        let words = ["TODO", "FIXME", "XXX", "HACK"]
        return
            file.source.commentLines.enumerated()
            .filter { comment in words.contains(where: comment.element.contains) }
            .map { file.fault($0.offset + 1, "unfinished: \($0.element.trimming(" "))") }
    }

    /// A `catch` that does nothing hides a failure; one that only comments has said why.
    static func emptyCatches(_ file: SourceFile) -> [Fault] {
        guard file.source.codeLines.contains(where: { $0.contains("catch") }) else { return [] }
        let text = String(decoding: file.source.code, as: UTF8.self)
        return text.matches(of: /\bcatch\b[^{}\n]*\{(\s*)\}/).compactMap { match in
            let start = text.utf8.distance(from: text.startIndex, to: match.range.lowerBound)
            let end = text.utf8.distance(from: text.startIndex, to: match.range.upperBound)
            let isExplained = file.source.comments[start..<end].contains { $0 == Byte.slash }
            return isExplained ? nil : file.fault(file.source.line(at: start), "empty catch")
        }
    }

    /// In parts, so that this file does not break its own rule.
    private static let homes = ["/ho" + "me/", "/Us" + "ers/", "/ro" + "ot/"]

    /// A path of somebody's machine means nothing on another.
    static func homePaths(path: String, text: String) -> [Fault] {
        guard homes.contains(where: text.contains) else { return [] }
        return text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
            .filter { $0.element.contains(/(?:\/home\/\w|\/Users\/\w|\/root\/)/) }
            .map { Fault(file: path, line: $0.offset + 1, text: "path of one machine") }
    }
}

extension Substring {
    fileprivate func trimming(_ character: Character) -> Substring {
        drop { $0 == character }
    }
}
