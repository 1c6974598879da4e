import Foundation
import NIOCore
import NIOPosix

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
                let path = place.path
                try checked(rename(draft.path, path), "write", path)
                // Up to the root, since any of the folders may be new.
                var folder = place
                for _ in key.segments {
                    folder.deleteLastPathComponent()
                    try OpenFile.synchronize(directory: folder.path)
                }
            }
            return gathered.file(key)
        } catch {
            // A task of its own, since a cancelled one is kept from the disk.
            _ = await Task { try await onDisk { _ = unlink(draft.path) } }.result
            throw error
        }
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

    /// Removes what processes that have gone were still writing.
    ///
    /// - Parameter moment: Whatever was touched since may still be going on.
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

    private func url(_ key: FileKey) -> URL { root.appending(path: key.description) }

    /// Only this user may look into the folders that are made.
    private func makeFolder(_ folder: URL) throws {
        do {
            try FileManager.default.createDirectory(
                at: folder, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
        } catch {
            throw FileStoreError.unavailable(
                "The directory \(folder.path) cannot be made: \(error.localizedDescription)")
        }
    }
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

private struct FilePieces: AsyncSequence, Sendable {
    let file: OpenFile

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(file: file) }

    struct AsyncIterator: AsyncIteratorProtocol {
        let file: OpenFile
        var offset = 0

        mutating func next() async throws -> ByteBuffer? {
            let (file, offset) = (file, offset)
            let piece = try await onDisk {
                try file.read(DirectoryStore.pieceBytes, at: offset)
            }
            self.offset += piece.readableBytes
            return piece.readableBytes > 0 ? piece : nil
        }
    }
}

/// Does what may wait for the disk on a thread that may wait.
private func onDisk<Value: Sendable>(
    _ body: @escaping @Sendable () throws -> Value
) async throws -> Value {
    do {
        return try await NIOThreadPool.singleton.runIfActive(body)
    } catch let fault as DiskFault {
        throw fault.asStoreError
    }
}
