import Files
import Foundation
import NIOCore
import Spreadsheets
import Storage
import Tenancy

/// Where imported files are kept: in the store, by tenant and import. Beside each lies what was
/// found in it, so that a page need not read the file again.
package struct ImportFiles: Sendable {
    private let cabinet: FileCabinet
    private let directory: URL

    /// How the key of what was found in a file ends.
    static let inspectionEnd = ".json"
    /// How long a file stays when its import is over.
    static let keptDays = 90

    /// - Parameter directory: The data directory: uploads land there, and what is for whoever
    ///   works on this machine.
    package init(_ cabinet: FileCabinet, directory: URL) {
        self.cabinet = cabinet
        self.directory = directory
    }

    /// Where files are on their way into the store, or copies of those in it.
    package static func scratch(in directory: URL) -> URL { directory.appending(path: "scratch") }

    /// A new file, for an upload that is still going on.
    package func uploadPath() throws -> String {
        let folder = Self.scratch(in: directory)
        try Self.makeFolder(folder)
        return folder.appending(path: UUIDv7.text(UUIDv7.next())).path
    }

    /// A copy of somebody else's file, who may change or move it while it is imported.
    func copy(_ path: String) throws -> String {
        let copy = try uploadPath()
        try FileManager.default.copyItem(atPath: path, toPath: copy)
        return copy
    }

    package func remove(upload path: String) {
        try? FileManager.default.removeItem(atPath: path)
    }

    /// The file of rejected rows that the command line leaves behind.
    func errorsPath(of run: Import) throws -> String {
        try Self.makeFolder(errors)
        return errors.appending(path: "\(run.id).\(run.format.rawValue)").path
    }

    /// Takes an uploaded file into the store, and what was found in it. Both are the import's
    /// once that is made; else they are to be removed.
    func take(
        _ path: String, _ inspection: Inspection, as id: ID<Import>, _ caller: Caller,
        at now: Instant
    ) async throws -> StoredFile {
        // Ids are of digits, letters and dashes.
        let key = FileKey("imports/\(caller.tenant)/\(id)")!
        let file = try await cabinet.take(path, as: key, for: .imported, caller, at: now)
        do {
            try await write(inspection, beside: key)
        } catch {
            await remove(key, caller, at: now, after: error)
            throw error
        }
        return file
    }

    func remove(
        _ key: FileKey, _ caller: Caller, at now: Instant, after error: (any Error)? = nil
    ) async {
        await cabinet.remove(key, for: .imported, caller, at: now, after: error)
    }

    /// Calls `body` with a path under which the file can be read meanwhile.
    ///
    /// - Throws: `Problem.conflict` when it is not kept any more, `unavailable`.
    func withLocalCopy<Value>(
        of run: Import, _ body: (String) async throws -> Value
    ) async throws -> Value {
        try await cabinet.withLocalCopy(of: run.file, body)
    }

    func has(_ run: Import) async throws -> Bool { try await cabinet.has(run.file) }

    func write(_ inspection: Inspection, beside key: FileKey) async throws {
        let data = try JSONEncoder().encode(inspection)
        try await cabinet.write(ByteBuffer(bytes: data), to: Self.inspectionKey(key))
    }

    /// What was found in the file; nil when nothing is kept of it any more.
    func inspection(of run: Import) async throws -> Inspection? {
        let found = try await cabinet.bytes(
            of: Self.inspectionKey(run.file), bytesMax: Inspection.limits.bytes)
        return found.flatMap {
            try? JSONDecoder().decode(Inspection.self, from: Data($0.readableBytesView))
        }
    }

    /// Removes files of imports that have been over for long, some at a time.
    package func removeExpired(at now: Instant) async throws {
        try await cabinet.removeExpired(at: now)
    }

    /// Removes what processes that have gone were still receiving or reading, and what the
    /// command line left behind long ago.
    package func removeLeftovers(at now: Instant) async throws {
        Self.removeFiles(of: Self.scratch(in: directory), before: now.adding(days: -1))
        Self.removeFiles(of: errors, before: now.adding(days: -Self.keptDays))
        try await cabinet.removeLeftovers(before: now.adding(days: -1).date)
    }

    private var errors: URL { directory.appending(path: "import-errors") }

    private static func inspectionKey(_ key: FileKey) -> FileKey {
        // A key that we made has room for it.
        FileKey("\(key)\(inspectionEnd)")!
    }

    private static func removeFiles(of folder: URL, before moment: Instant) {
        let keys: [URLResourceKey] = [.contentModificationDateKey]
        let found = try? FileManager.default.contentsOfDirectory(
            at: folder, includingPropertiesForKeys: keys)
        for file in found ?? [] {
            let changed = try? file.resourceValues(forKeys: Set(keys)).contentModificationDate
            if let changed, changed < moment.date {
                try? FileManager.default.removeItem(at: file)
            }
        }
    }

    /// Only this user may look into it.
    private static func makeFolder(_ folder: URL) throws {
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }
}

extension Instant {
    fileprivate var date: Date { Date(timeIntervalSince1970: Double(microseconds) / 1e6) }
}
