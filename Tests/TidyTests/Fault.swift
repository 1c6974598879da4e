/// One place that breaks a rule of the house.
struct Fault: CustomStringConvertible {
    let file: String
    let line: Int
    let text: String

    var description: String { "\(file):\(line): \(text)" }
}

/// A file of the repository with its path from the root.
struct SourceFile {
    let path: String
    let text: String
    let source: SourceText

    init(path: String, text: String) {
        self.path = path
        self.text = text
        source = SourceText(text)
    }

    /// The target the file belongs to: the folder below `Sources`, or nil outside it.
    var target: String? {
        let parts = path.split(separator: "/")
        return parts.count > 2 && parts[0] == "Sources" ? String(parts[1]) : nil
    }

    var isTest: Bool { path.hasPrefix("Tests/") }

    func fault(_ line: Int, _ text: String) -> Fault {
        Fault(file: path, line: line, text: text)
    }
}
