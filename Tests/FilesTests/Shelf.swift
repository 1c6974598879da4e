import BucketSupport
import Foundation
import Logging
import NIOCore
import Testing

@testable import Files

/// The stores that the contract is held against, by argument.
enum StoreKind: String, CaseIterable, Sendable {
    case directory, bucket
}

/// A fresh store, and what is seen when one looks behind it.
struct Shelf: Sendable {
    let store: any FileStore
    /// The names of all that takes room in it, whole or not.
    let holdings: @Sendable () async throws -> [String]

    /// A bucket needs moto in `.venv`; without it, the test is skipped.
    static func with(
        _ kind: StoreKind, _ body: @Sendable (Shelf) async throws -> Void
    ) async throws {
        switch kind {
        case .directory:
            let root = FileManager.default.temporaryDirectory
                .appending(path: "files-\(UUID().uuidString)")
            defer { try? FileManager.default.removeItem(at: root) }
            try await body(
                Shelf(store: DirectoryStore(root)) { try files(below: root) })
        case .bucket:
            let moto = try await Moto.running()
            let prefix = try #require(FileKey(UUID().uuidString.lowercased()))
            let place = try #require(moto.place(prefix))
            let store = S3Store(place, moto.credentials, log: Logger(label: "files"))
            let failure = await Result {
                try await body(Shelf(store: store) { try await moto.names(under: prefix) })
            }
            try await store.close()
            try failure.get()
        }
    }
}

/// All files below a directory, hidden ones too, as paths from there.
func files(below root: URL) throws -> [String] {
    let files = FileManager.default
    return try files.subpathsOfDirectory(atPath: root.path).filter { path in
        let attributes = try files.attributesOfItem(atPath: root.appending(path: path).path)
        return attributes[.type] as? FileAttributeType == .typeRegular
    }
}
