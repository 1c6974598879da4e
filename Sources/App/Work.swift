import CRM
import Logging
import ServiceLifecycle
import Tenancy
import Web

/// What is done for an installation that no page waits for: imports and housekeeping.
///
/// Any number of processes may do it at once: an import is worked on under a lease, an entry of
/// the inbox is locked while it is processed.
package struct Work: Sendable {
    private let imports: ImportRunner
    private let intake: FormIntake
    private let authenticator: Authenticator
    private let log: Logger

    private static let houseInterval = Duration.seconds(30)

    /// Puts everything together; nothing runs yet.
    package init(_ installation: Installation) async throws {
        let database = installation.database
        log = installation.log
        imports = ImportRunner(database, installation.imports, log: log)
        intake = FormIntake(
            database: database, cursors: Cursors(key: try await installation.key("cursors")))
        authenticator = Authenticator(database: database, passwords: Passwords())
    }

    package var services: [any Service] {
        [Worker { await imports.run() }, Worker { await keepHouse() }]
    }

    /// What is done now and then: entries left over in the inbox, sessions that are past.
    private func keepHouse() async {
        while !Task.isCancelled {
            do {
                try await intake.sweep()
                try await authenticator.deleteExpired()
            } catch {
                log.error("Keeping house failed", metadata: ["error": "\(error)"])
            }
            try? await Task.sleep(for: Self.houseInterval)
        }
    }
}

/// A loop that ends with the process.
struct Worker: Service {
    let body: @Sendable () async throws -> Void
    var stop: @Sendable () -> Void = {}

    func run() async throws {
        try await withGracefulShutdownHandler {
            try await cancelWhenGracefulShutdown { try await body() }
        } onGracefulShutdown: {
            stop()
        }
    }
}
