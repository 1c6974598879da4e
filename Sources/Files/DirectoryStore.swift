import Foundation
import NIOCore

/// Keeps files in a directory of this machine.
///
/// A file is written under a name that no key has, in the directory that it is for, and takes
/// its own name once the disk has it whole. What a process that was killed leaves behind is
/// never seen, and `removeLeftovers` takes it away. The disk is worked on by NIO's threads for
/// what blocks, so no event loop waits for it.
package struct DirectoryStore: FileStore {
    private let root: URL

    static let pieceBytes = 64 * 1024

    /// - Parameter root: Made with the first file.
    package init(_ root: URL) {
        self.root = root
    }

    package func write<Source: AsyncSequence>(
        _ source: Source, to key: FileKey, bytesMax: Int
    ) async throws -> StoredFile where Source.Element == ByteBuffer {
        let place = url(key)
        let draft = Draft.url(beside: place)
        do {
            let file = try await onDisk { () throws in
                try makeFolder(draft.deletingLastPathComponent())
                return try OpenFile.make(draft.path)
            }
            let gathered = try await Gathered(
                source, inPiecesOf: Self.pieceBytes, bytesMax: bytesMax
            ) { piece in
                try await onDisk { try file.write(piece) }
            }
            let rest = gathered.rest
            try await onDisk {
                try file.write(rest)
                try file.synchronize()
                try settle(draft, as: key)
            }
            return gathered.file(key)
        } catch {
            // A task of its own, since a cancelled one is kept from the disk.
            _ = await Task { try await onDisk { _ = unlink(draft.path) } }.result
            throw error
        }
    }

    /// By its name alone when it is on the same file system.
    package func take(
        _ file: URL, as key: FileKey, bytesMax: Int
    ) async throws -> StoredFile {
        let place = url(key)
        let (given, pieces) = try await FilePieces.opened(file)
        let gathered = try await Gathered(
            pieces, inPiecesOf: Self.pieceBytes, bytesMax: bytesMax
        ) { _ in }
        let isTaken = try await onDisk { () throws in
            try given.hide()
            try given.synchronize()
            try makeFolder(place.deletingLastPathComponent())
            do { try settle(file, as: key) } catch let fault as DiskFault where fault.code == EXDEV
            {
                return false
            }
            return true
        }
        if isTaken { return gathered.file(key) }
        let stored = try await write(pieces, to: key, bytesMax: bytesMax)
        try await onDisk { _ = unlink(file.path) }
        return stored
    }

    package func withLocalCopy<Value>(
        of key: FileKey, in scratch: URL, _ body: (String) async throws -> Value
    ) async throws -> Value {
        guard try await size(of: key) != nil else { throw FileStoreError.notFound }
        return try await body(url(key).path)
    }

    package func read(_ key: FileKey) async throws -> FileContent {
        let path = url(key).path
        let found = try await onDisk { () throws in
            try OpenFile.find(path).map { (file: $0, bytes: try $0.bytes) }
        }
        guard let found else { throw FileStoreError.notFound }
        return FileContent(bytes: found.bytes, FilePieces(file: found.file))
    }

    package func size(of key: FileKey) async throws -> Int? {
        let path = url(key).path
        return try await onDisk { () throws in try OpenFile.find(path)?.bytes }
    }

    package func delete(_ key: FileKey) async throws {
        let path = url(key).path
        try await onDisk {
            guard unlink(path) != 0 else { return }
            let code = errno
            if !DiskFault.meansNone(code) {
                throw DiskFault(action: "remove", path: path, code: code)
            }
        }
    }

    package func close() {}

    /// Makes the directory, and a file in it that is removed again.
    package func check() async throws {
        let draft = Draft.url(beside: root.appending(path: "check"))
        try await onDisk {
            try makeFolder(root)
            _ = try OpenFile.make(draft.path)
            unlink(draft.path)
        }
    }

    package func removeLeftovers(before moment: Date) async throws {
        let root = root
        try await onDisk {
            let keys: [URLResourceKey] = [.contentModificationDateKey]
            let files = FileManager.default.enumerator(at: root, includingPropertiesForKeys: keys)
            while let file = files?.nextObject() as? URL {
                guard Draft.isDraft(file),
                    let touched = try? file.resourceValues(forKeys: Set(keys))
                        .contentModificationDate, touched < moment
                else { continue }
                unlink(file.path)
            }
        }
    }

    /// Gives a whole file the name of its key, and returns once the disk has that.
    private func settle(_ file: URL, as key: FileKey) throws {
        let path = url(key).path
        try checked(rename(file.path, path), "write", path)
        // Up to the root, since any of the folders may be new.
        var folder = url(key)
        for _ in key.segments {
            folder.deleteLastPathComponent()
            try OpenFile.synchronize(directory: folder.path)
        }
    }

    private func url(_ key: FileKey) -> URL { root.appending(path: key.description) }
}

/// How a file is named while it is written: it begins with a dot, as no key's segment does.
enum Draft {
    static func url(beside place: URL) -> URL {
        let name = ".\(place.lastPathComponent).\(UUID().uuidString).part"
        return place.deletingLastPathComponent().appending(path: name)
    }

    static func isDraft(_ file: URL) -> Bool {
        file.lastPathComponent.hasPrefix(".") && file.pathExtension == "part"
    }
}
