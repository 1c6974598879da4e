import Foundation

/// The files of this repository, read from disk.
enum Repository {
    /// The folder of `Package.swift`, whatever folder the tests are run from.
    static let root: URL = {
        var folder = URL(filePath: #filePath).resolvingSymlinksInPath()
        while folder.path != "/" {
            folder.deleteLastPathComponent()
            if FileManager.default.fileExists(atPath: folder.appending(path: "Package.swift").path)
            {
                return folder
            }
        }
        return folder
    }()

    static let swift: [SourceFile] = (files(in: "Sources") + files(in: "Tests"))
        .filter { $0.hasSuffix(".swift") }
        .map { SourceFile(path: $0, text: text(of: $0)) }

    /// Paths from the root, sorted; generated assets are nobody's handwriting.
    static func files(in folder: String) -> [String] {
        let base = root.appending(path: folder).path
        let found = FileManager.default.enumerator(atPath: base)?.compactMap { $0 as? String } ?? []
        return found.map { "\(folder)/\($0)" }
            .filter { !$0.contains("/generated/") && !$0.contains("__pycache__") }
            .sorted()
    }

    static func text(of path: String) -> String {
        let data = FileManager.default.contents(atPath: root.appending(path: path).path) ?? Data()
        return String(decoding: data, as: UTF8.self)
    }

    static func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: root.appending(path: path).path)
    }
}
