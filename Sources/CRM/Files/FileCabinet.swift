import Files
import Foundation
import Logging
import NIOCore
import Storage
import Tenancy

/// Companies' files: their bytes in the store, a row for each in the database.
///
/// The store is asked outside of transactions only, since it may take long to answer.
package struct FileCabinet: Sendable {
    private let database: Database
    private let store: any FileStore
    /// Where copies are put that are needed for a while.
    private let scratch: URL
    private let log: Logger

    private static let removalsMax = 50

    package init(_ database: Database, _ store: any FileStore, scratch: URL, log: Logger) {
        self.database = database
        self.store = store
        self.scratch = scratch
        self.log = log
    }

    /// Takes in a file of this machine, which is gone from there afterwards. It is to be kept by
    /// `StoredFiles.keep`, in the transaction of what it belongs to, or removed.
    ///
    /// - Throws: `Problem.tooLarge` over the company's quota, `unavailable`.
    func take(
        _ path: String, as key: FileKey, for purpose: FilePurpose, _ caller: Caller, at now: Instant
    ) async throws -> StoredFile {
        let file = URL(fileURLWithPath: path)
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        let bytes = (attributes[.size] as? NSNumber)?.intValue ?? 0
        try await database.write(as: caller, at: now, isolation: .readCommitted) { scope in
            try await StoredFiles(scope).reserve(key, bytes: bytes, for: purpose)
        }
        do {
            return try await told { try await store.take(file, as: key, bytesMax: bytes) }
        } catch {
            await remove(key, for: purpose, caller, at: now, after: error)
            throw error
        }
    }

    /// Removes a file that nothing belongs to, or lets it be removed later.
    ///
    /// - Parameter error: What it was given up for: a store that did not answer is not asked.
    func remove(
        _ key: FileKey, for purpose: FilePurpose, _ caller: Caller, at now: Instant,
        after error: (any Error)? = nil
    ) async {
        let isReached = (error as? Problem)?.mayPass != true
        // A task of its own, since a cancelled one is kept from the store.
        let removal = Task {
            let isUnkept = try await database.write(as: caller, at: now) { scope in
                try await StoredFiles(scope).abandon(key)
            }
            guard isUnkept, isReached else { return }
            try await remove(
                ExpiredFile(tenant: caller.tenant, key: key, purpose: purpose), at: now)
        }
        if case .failure(let error) = await removal.result {
            log.warning(
                "A file is to be removed later", metadata: ["key": "\(key)", "error": "\(error)"])
        }
    }

    /// Removes some of the files whose time is over, of all companies.
    ///
    /// - Throws: What went wrong first. Where the store does not answer it is not asked again.
    package func removeExpired(at now: Instant) async throws {
        let expired = try await database.read { tx in
            // tenant: the row says whose each is.
            try await ExpiredFile.all(at: now, limit: Self.removalsMax, in: tx)
        }
        var failure: (any Error)?
        for file in expired {
            do {
                try await remove(file, at: now)
            } catch let error as FileStoreError where error.isOutage {
                throw error
            } catch {
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
    }

    private func remove(_ file: ExpiredFile, at now: Instant) async throws {
        for end in file.purpose.companions {
            if let key = FileKey("\(file.key)\(end)") { try await store.delete(key) }
        }
        try await store.delete(file.key)
        try await database.write(as: .system(file.tenant), at: now) { scope in
            try await StoredFiles(scope).forget(file.key)
        }
    }

    /// Calls `body` with the path of a file of this machine that has the same bytes.
    ///
    /// - Throws: `Problem.conflict` when the file is not kept any more, `unavailable`.
    func withLocalCopy<Value>(
        of key: FileKey, _ body: (String) async throws -> Value
    ) async throws -> Value {
        try await told { try await store.withLocalCopy(of: key, in: scratch, body) }
    }

    func has(_ key: FileKey) async throws -> Bool {
        try await told { try await store.size(of: key) } != nil
    }

    /// Nil when it is not there.
    func bytes(of key: FileKey, bytesMax: Int) async throws -> ByteBuffer? {
        try await told {
            do {
                return try await store.bytes(of: key, bytesMax: bytesMax)
            } catch FileStoreError.notFound {
                return nil
            }
        }
    }

    /// Writes what lies beside a file, in place of what was there.
    func write(_ buffer: ByteBuffer, to key: FileKey) async throws {
        _ = try await told { try await store.write(buffer, to: key) }
    }

    /// Removes what processes that have gone were still writing.
    func removeLeftovers(before moment: Date) async throws {
        try await store.removeLeftovers(before: moment)
    }

    /// Turns what the store reports into what a person can be told.
    private func told<Value>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch let error as FileStoreError {
            if error != .notFound {
                log.error("The file store failed", metadata: ["error": "\(error)"])
            }
            throw error.problem
        }
    }
}

extension FileStoreError {
    fileprivate var isOutage: Bool {
        if case .unavailable = self { true } else { false }
    }

    fileprivate var problem: Problem {
        switch self {
        case .notFound: .conflict("The file is not kept any more. Send it again.")
        case .tooLarge: .tooLarge("The file grew while it was taken in. Send it again.")
        case .unavailable, .refused:
            .unavailable("Files cannot be reached. Try again in a while; tell your administrator.")
        }
    }
}
