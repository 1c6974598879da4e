import Foundation
import Storage
import Tenancy

/// Where imported files are kept: under the data directory, by the import's id. Beside each
/// lies what was found in it, so that a page need not read the file again.
package struct ImportFiles: Sendable {
    private let root: URL

    /// - Parameter directory: The data directory.
    package init(directory: URL) {
        root = directory
    }

    /// The path that the database keeps, relative to the data directory.
    package static func name(of id: ID<Import>) -> String { "files/imports/\(id)" }

    package func path(of id: ID<Import>) -> String { path(Self.name(of: id)) }

    func path(of run: Import) -> String { path(run.file) }

    /// A new file for an upload that is still going on.
    package func uploadPath() throws -> String {
        let folder = root.appending(path: "files/uploads")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder.appending(path: UUIDv7.text(UUIDv7.next())).path
    }

    /// The file of rejected rows that the command line leaves behind.
    package func errorsPath(of id: ID<Import>) -> String { path(of: id) + ".errors.csv" }

    /// Makes an uploaded file the import's own.
    package func keep(upload path: String, as id: ID<Import>) throws {
        try makeFolder()
        try FileManager.default.moveItem(atPath: path, toPath: self.path(of: id))
    }

    /// Copies a file of somebody else's, who may change or move it while it is imported.
    package func copy(_ path: String, as id: ID<Import>) throws {
        try makeFolder()
        try FileManager.default.copyItem(atPath: path, toPath: self.path(of: id))
    }

    package func remove(_ id: ID<Import>) {
        for path in [path(of: id), inspectionPath(of: id)] {
            try? FileManager.default.removeItem(atPath: path)
        }
    }

    package func remove(upload path: String) {
        try? FileManager.default.removeItem(atPath: path)
    }

    /// Removes what a process that has gone was still receiving.
    func removeStaleUploads(before moment: Instant) {
        let folder = root.appending(path: "files/uploads")
        let limit = Date(timeIntervalSince1970: Double(moment.microseconds) / 1e6)
        let keys: [URLResourceKey] = [.contentModificationDateKey]
        let found = try? FileManager.default.contentsOfDirectory(
            at: folder, includingPropertiesForKeys: keys)
        for file in found ?? [] {
            let changed = try? file.resourceValues(forKeys: Set(keys)).contentModificationDate
            if let changed, changed < limit { remove(upload: file.path) }
        }
    }

    package func write(_ inspection: Inspection, of id: ID<Import>) throws {
        let data = try JSONEncoder().encode(inspection)
        try data.write(to: URL(fileURLWithPath: inspectionPath(of: id)), options: .atomic)
    }

    /// What was found in the file; nil when nothing is kept of it any more.
    package func inspection(of id: ID<Import>) -> Inspection? {
        guard let data = FileManager.default.contents(atPath: inspectionPath(of: id)) else {
            return nil
        }
        return try? JSONDecoder().decode(Inspection.self, from: data)
    }

    private func inspectionPath(of id: ID<Import>) -> String { path(of: id) + ".json" }

    private func path(_ name: String) -> String { root.appending(path: name).path }

    private func makeFolder() throws {
        try FileManager.default.createDirectory(
            at: root.appending(path: "files/imports"), withIntermediateDirectories: true)
    }
}
