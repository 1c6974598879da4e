import Foundation
import Storage
import Tenancy

/// Where the master keys of an installation come from: the environment, a file that it names, else
/// `master.key` in the data directory, made on first use.
struct MasterKeyFile {
    let settings: Settings
    let directory: URL

    private var own: URL { directory.appending(path: "master.key") }

    /// - Throws: `Refusal`, naming what to set. A new key is never made beside secrets that are
    ///   sealed under another.
    func keys(for database: Database) async throws -> MasterKeys {
        if let text = settings.masterKey { return try parsed(text, from: "IPERFORM_MASTER_KEY") }
        if let path = settings.masterKeyFile {
            return try parsed(try text(of: path), from: "The file \(path)")
        }
        if !FileManager.default.fileExists(atPath: own.path) {
            let missing = try await database.read {
                try await Secrets.missingKeys(in: $0, besides: nil)
            }
            guard missing.isEmpty else {
                throw Refusal(
                    """
                    The database has secrets under the master key \(missing.joined(separator: ", ")), \
                    and \(own.path) is not there. Bring it back, or set IPERFORM_MASTER_KEY_FILE.
                    """)
            }
            try make()
        }
        return try parsed(try text(of: own.path), from: "The file \(own.path)")
    }

    private func parsed(_ text: String, from place: String) throws -> MasterKeys {
        do { return try MasterKeys(text) } catch {
            throw Refusal("\(place) is of no use. \(error)")
        }
    }

    private func text(of path: String) throws -> String {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw Refusal("The master key file \(path) cannot be read.")
        }
        return text
    }

    /// Written whole under another name first: who starts at the same time finds all of it or
    /// nothing, and the first one's stays.
    private func make() throws {
        let draft = directory.appending(path: "master.key.\(UUID().uuidString)")
        let isWritten = FileManager.default.createFile(
            atPath: draft.path, contents: Data((MasterKeys.random() + "\n").utf8),
            attributes: [.posixPermissions: 0o600])
        guard isWritten else { throw Refusal("The file \(own.path) cannot be written.") }
        defer { try? FileManager.default.removeItem(at: draft) }
        guard link(draft.path, own.path) == 0 || errno == EEXIST else {
            throw Refusal("The file \(own.path) cannot be written.")
        }
    }
}
