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
        let code = file.source.lines(of: file.source.code)
        let comments = file.source.lines(of: file.source.comments)
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

    /// Unfinished work belongs to the issues, not to the sources.
    static func leftovers(_ file: SourceFile) -> [Fault] {
        file.source.lines(of: file.source.comments).enumerated()
            .filter { $0.element.contains(/\b(?:TODO|FIXME|XXX|HACK)\b/) }
            .map { file.fault($0.offset + 1, "unfinished: \($0.element.trimming(" "))") }
    }

    /// A `catch` that does nothing hides a failure; one that only comments has said why.
    static func emptyCatches(_ file: SourceFile) -> [Fault] {
        let code = file.source.code
        let text = String(decoding: code, as: UTF8.self)
        return text.matches(of: /\bcatch\b[^{}\n]*\{(\s*)\}/).compactMap { match in
            let start = match.range.lowerBound.utf16Offset(in: text)
            let end = match.range.upperBound.utf16Offset(in: text)
            let isExplained = file.source.comments[start..<end].contains { $0 == Byte.slash }
            return isExplained ? nil : file.fault(file.source.line(at: start), "empty catch")
        }
    }

    /// A path of somebody's machine means nothing on another.
    static func homePaths(path: String, text: String) -> [Fault] {
        text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
            .filter { $0.element.contains(/(?:\/home\/\w|\/Users\/\w|\/root\/)/) }
            .map { Fault(file: path, line: $0.offset + 1, text: "path of one machine") }
    }
}

extension Substring {
    fileprivate func trimming(_ character: Character) -> Substring {
        drop { $0 == character }
    }
}
