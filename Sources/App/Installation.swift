import CRM
import Files
import Foundation
import Logging
import Meta
import PostgresDriver
import SQLiteDriver
import Storage
import Tenancy

/// One installation: its data directory, its database and its file store, opened.
package struct Installation: Sendable {
    package let database: Database
    package let files: any FileStore
    package let mailing: Mailing
    /// Where Facebook is asked.
    package let graph: MetaGraph
    /// What secrets are sealed under.
    package let masterKeys: MasterKeys
    package let directory: URL
    package let log: Logger

    /// Opens the directory and the database, making them and bringing the schema up to date as
    /// needed.
    ///
    /// - Throws: A sentence naming what cannot be used.
    package static func open(_ settings: Settings, log: Logger) async throws -> Installation {
        let mailing = try settings.mailing()
        let graph = try settings.graph()
        let url = try makeDirectory(settings.dataDirectory)
        let engine = try await engine(settings, in: url, log: log)
        do {
            let database = Database(engine)
            let keys = try await MasterKeyFile(settings: settings, directory: url)
                .keys(for: database)
            return Installation(
                database: database, files: try await files(settings, in: url, log: log),
                mailing: mailing, graph: graph, masterKeys: keys, directory: url, log: log)
        } catch {
            try await engine.close()
            throw error
        }
    }

    /// Makes the data directory.
    static func makeDirectory(_ path: String) throws -> URL {
        let url = URL(fileURLWithPath: path, isDirectory: true)
        do {
            // Signing keys and password hashes lie in it: for its owner only.
            try FileManager.default.createDirectory(
                at: url, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
            return url
        } catch {
            throw Refusal("The data directory \(path) cannot be made: \(error)")
        }
    }

    private static func files(
        _ settings: Settings, in directory: URL, log: Logger
    ) async throws -> any FileStore {
        let store: any FileStore
        do {
            let address = try settings.files.map(FileStoreAddress.init)
            store = try (address ?? .directory(directory.appending(path: "files")))
                .store(settings.filesCredentials, log: log)
        } catch {
            throw Refusal("IPERFORM_FILES cannot be used: \(error)")
        }
        do {
            try await store.check()
            return store
        } catch {
            try await store.close()
            throw Refusal("Files cannot be kept: \(error)")
        }
    }

    private static func engine(
        _ settings: Settings, in directory: URL, log: Logger
    ) async throws -> any Engine {
        guard let address = settings.databaseAddress else {
            guard settings.databaseReplica == nil else {
                throw Refusal(
                    "IPERFORM_DATABASE_REPLICA is for PostgreSQL: set IPERFORM_DATABASE as well.")
            }
            do {
                return try SQLiteEngine(
                    path: directory.appending(path: "iperform.sqlite").path,
                    migrations: try migrations("sqlite"), log: log)
            } catch {
                let place = settings.dataDirectory
                throw Refusal("The database in \(place) cannot be opened: \(error)")
            }
        }
        for address in [address, settings.databaseReplica].compactMap(\.self)
        where !address.hasPrefix("postgres://") && !address.hasPrefix("postgresql://") {
            throw Refusal("The database's address must begin with postgres://.")
        }
        do {
            return try await PostgresEngine(
                PostgresAddress(address),
                replica: settings.databaseReplica.map { PostgresAddress($0) },
                migrations: try migrations("postgres"),
                connections: settings.databaseConnections, log: log)
        } catch {
            throw Refusal("The PostgreSQL database cannot be used: \(error)")
        }
    }

    /// Imported files, in the store.
    package var imports: ImportFiles { ImportFiles(cabinet, directory: directory) }

    /// Files that came by forms, in the store.
    package var formFiles: FormFiles {
        FormFiles(cabinet, scratch: ImportFiles.scratch(in: directory))
    }

    private var cabinet: FileCabinet {
        FileCabinet(database, files, scratch: ImportFiles.scratch(in: directory), log: log)
    }

    package func close() async throws {
        do { try await files.close() } catch {
            log.warning("The file store did not close", metadata: ["error": "\(error)"])
        }
        try await database.engine.close()
    }

    /// Runs `body` and closes the installation, however that ends.
    package func closing(_ body: () async throws -> Void) async throws {
        do { try await body() } catch {
            try await close()
            throw error
        }
        try await close()
    }

    /// The installation's own secret of this name, made on first use.
    func key(_ name: String) async throws -> [UInt8] {
        try await database.write { tx in
            try await InstallationKeys.findOrMake(name, in: tx, at: .now) {
                (0..<32).map { _ in UInt8.random(in: 0...255) }
            }
        }
    }

    package static func migrations(_ engine: String) throws -> [Migration] {
        guard let folder = Bundle.module.url(forResource: "Migrations", withExtension: nil) else {
            throw Refusal("The migrations are missing beside the program.")
        }
        let files = try FileManager.default.contentsOfDirectory(
            at: folder.appending(path: engine), includingPropertiesForKeys: nil)
        return try files.filter { $0.pathExtension == "sql" }
            .sorted { $0.lastPathComponent < $1.lastPathComponent }
            .map { file in
                Migration(
                    name: file.deletingPathExtension().lastPathComponent,
                    sql: try String(contentsOf: file, encoding: .utf8))
            }
    }
}

/// Why a command cannot go on, in a sentence for who started it.
package struct Refusal: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}
