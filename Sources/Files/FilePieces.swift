import Foundation
import NIOCore
import NIOPosix

/// The bytes of a file of this machine, piece by piece.
struct FilePieces: AsyncSequence, Sendable {
    let file: OpenFile

    /// - Throws: `.notFound` if there is no such file.
    static func opened(_ url: URL) async throws -> (OpenFile, FilePieces) {
        let path = url.path
        guard let file = try await onDisk({ () throws in try OpenFile.find(path) }) else {
            throw FileStoreError.notFound
        }
        return (file, FilePieces(file: file))
    }

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
func onDisk<Value: Sendable>(
    _ body: @escaping @Sendable () throws -> Value
) async throws -> Value {
    do {
        return try await NIOThreadPool.singleton.runIfActive(body)
    } catch let fault as DiskFault {
        throw fault.asStoreError
    }
}

/// Only this user may look into the folders that are made.
func makeFolder(_ folder: URL) throws {
    do {
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
    } catch {
        throw FileStoreError.unavailable(
            "The directory \(folder.path) cannot be made: \(error.localizedDescription)")
    }
}
