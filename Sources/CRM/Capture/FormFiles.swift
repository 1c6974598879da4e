import Files
import Foundation
import Hummingbird
import NIOCore
import Storage
import Tenancy
import Web

/// Files that forms take: on their way in, and in the company's store.
package struct FormFiles: Sendable {
    private let cabinet: FileCabinet
    private let scratch: URL

    /// - Parameter scratch: Where uploads land.
    package init(_ cabinet: FileCabinet, scratch: URL) {
        self.cabinet = cabinet
        self.scratch = scratch
    }

    /// A new file, for an upload that is still going on.
    func uploadPath() throws -> String {
        // Only this user may look into it.
        try FileManager.default.createDirectory(
            at: scratch, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        return scratch.appending(path: UUIDv7.text(UUIDv7.next())).path
    }

    func remove(uploads: some Sequence<MultipartForm.File>) {
        for file in uploads { try? FileManager.default.removeItem(atPath: file.path) }
    }

    /// Takes files into the store: all of them, or none. They are to be kept in the transaction
    /// that journals what they came with, or let go.
    func take(
        _ files: [UploadedFile], _ caller: Caller, at now: Instant
    ) async throws -> [KeptFile] {
        var kept: [KeptFile] = []
        do {
            for file in files {
                let id = ID<EntryFile>(UUIDv7.next(at: now))
                // Ids are of digits, letters and dashes.
                let key = FileKey("forms/\(caller.tenant)/\(id)")!
                let stored = try await cabinet.take(
                    file.path, as: key, for: .submitted, caller, at: now)
                kept.append(KeptFile(id: id, upload: file, stored: stored))
            }
            return kept
        } catch {
            await letGo(kept, caller, at: now)
            throw error
        }
    }

    /// Removes files that came with nothing that was kept.
    func letGo(_ files: [KeptFile], _ caller: Caller, at now: Instant) async {
        for file in files {
            await cabinet.remove(file.stored.key, for: .submitted, caller, at: now)
        }
    }

    /// The bytes of a file, as they come.
    func body(of file: EntryFile) async throws -> ResponseBody {
        guard try await cabinet.has(file.key) else { throw Problem.notFound("file any more") }
        return ResponseBody { writer in
            // The writer is of no isolation, so what writes to it is of none.
            try await cabinet.withLocalCopy(of: file.key) { @concurrent path in
                let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
                defer { try? handle.close() }
                while let piece = try handle.read(upToCount: Self.pieceBytes), !piece.isEmpty {
                    try await writer.write(ByteBuffer(bytes: piece))
                }
            }
            try await writer.finish(nil)
        }
    }

    private static let pieceBytes = 256 << 10
}

/// A file that came with a submission and passed.
struct UploadedFile: Sendable {
    let field: String
    let name: String
    let kind: FileKind
    let path: String
    let bytes: Int

    /// Those of a form's questions.
    ///
    /// - Throws: `Problem.invalid` with every one that the form does not take.
    static func checked(
        _ files: [String: MultipartForm.File], for definition: FormDefinition?
    ) throws -> [UploadedFile] {
        var (passed, faults): ([UploadedFile], [Problem.Fault]) = ([], [])
        for field in definition?.files ?? [] {
            // A browser sends an empty one where none was chosen.
            guard let file = files[field.key], !(file.bytes == 0 && file.name.isEmpty) else {
                continue
            }
            do {
                passed.append(try checked(file, for: field))
            } catch Problem.invalid(let found) { faults += found }
        }
        guard faults.isEmpty else { throw Problem.invalid(faults) }
        return passed
    }

    private static func checked(
        _ file: MultipartForm.File, for field: FormField
    ) throws -> UploadedFile {
        guard file.bytes <= field.megabytesMax << 20 else {
            throw Problem.invalid(
                field.key, "The file is larger than \(field.megabytesMax) MB.")
        }
        let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: file.path))
        defer { try? handle.close() }
        let head = Array(try handle.read(upToCount: FileKind.headBytes) ?? Data())
        guard let kind = FileKind(name: file.name), field.types.contains(kind), kind.begins(head)
        else {
            let names = field.types.map { $0.rawValue.uppercased() }.joined(separator: ", ")
            throw Problem.invalid(field.key, "Choose a file of one of these kinds: \(names).")
        }
        return UploadedFile(
            field: field.key, name: file.name, kind: kind, path: file.path, bytes: file.bytes)
    }
}

/// A file in the store that is to belong to an entry.
struct KeptFile: Sendable {
    let id: ID<EntryFile>
    let upload: UploadedFile
    let stored: StoredFile
}
