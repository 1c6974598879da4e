import CRM
import Foundation
import Logging
import Storage
import Tenancy
import Web

/// Opens an installation for one command and closes it behind it.
package func withInstallation(
    _ data: String?, database: String? = nil, _ body: (Installation) async throws -> Void
) async throws {
    let settings = Settings(dataDirectory: data, database: database)
    let installation = try await Installation.open(settings, log: logger(settings.logLevel))
    try await installation.closing { try await body(installation) }
}

/// The password given, or the first line of the file.
package func password(_ given: String?, orIn file: String?) throws -> String {
    if let given { return given }
    guard let file else {
        throw Refusal("Give --admin-password or --admin-password-file.")
    }
    guard let text = try? String(contentsOfFile: file, encoding: .utf8),
        let line = text.split(whereSeparator: \.isNewline).first
    else { throw Refusal("The file \(file) cannot be read, or is empty.") }
    return String(line)
}

/// Imports a file for a company, telling how far it is.
package func importFile(
    _ installation: Installation, tenant: String, file: String, mappingFile: String?,
    sheet: String?, isDryRun: Bool
) async throws {
    var command = ImportCommand(
        installation.database, installation.imports, log: installation.log, tenant: tenant,
        file: file)
    if let mappingFile {
        guard let text = try? String(contentsOfFile: mappingFile, encoding: .utf8) else {
            throw Refusal("The mapping \(mappingFile) cannot be read.")
        }
        command.mapping = text
    }
    command.sheet = sheet
    command.isDryRun = isDryRun
    try await command.run(say)
}

/// Takes an import of a company back, telling how far it is.
package func undoImport(_ installation: Installation, tenant: String, id text: String) async throws
{
    guard let id = ID<Import>(text) else { throw Refusal("“\(text)” is no id of an import.") }
    let command = ImportCommand(
        installation.database, installation.imports, log: installation.log, tenant: tenant, file: ""
    )
    try await command.undo(id, say)
}

/// What went wrong, on standard error.
package func complain(_ error: any Error) {
    let text = (error as? Problem)?.detail ?? "\(error)"
    FileHandle.standardError.write(Data("iperform: \(text)\n".utf8))
}
