import Foundation
import Logging
import ServiceLifecycle
import Storage
import UnixSignals

/// Runs a server until it is told to stop, and says so on standard output when it is ready.
///
/// - Parameter works: Whether it also does the work of the installation; else other processes
///   do (`work`).
package func serve(_ settings: Settings, works: Bool) async throws {
    let log = logger(settings.logLevel)
    OpenFiles.raise(complainingTo: log)
    let installation = try await Installation.open(settings, log: log)
    try await installation.closing {
        let server = try await Server(installation, settings)
        let work = works ? try await Work(installation).services : []
        let services = server.services(beside: work) { port in
            say("iPerform is ready at http://\(settings.host):\(port)")
        }
        try await run(services, log)
    }
}

/// Does the work of the installation until it is told to stop, and says so on standard output
/// when it has begun.
package func work(_ settings: Settings) async throws {
    let log = logger(settings.logLevel)
    let installation = try await Installation.open(settings, log: log)
    try await installation.closing {
        try await run(Work(installation).services + [Greeting()], log)
    }
}

private func run(_ services: [any Service], _ log: Logger) async throws {
    let group = ServiceGroup(
        services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: log)
    try await group.run()
}

/// Says that the work has begun, when a signal to stop is already listened for.
private struct Greeting: Service {
    func run() async throws {
        say("iPerform is working")
        try await gracefulShutdown()
    }
}

/// Logs to standard error, so that standard output says only what scripts read.
package func logger(_ level: String) -> Logger {
    LoggingSystem.bootstrap(StreamLogHandler.standardError)
    var log = Logger(label: "iperform")
    log.logLevel = Logger.Level(rawValue: level) ?? .info
    return log
}

/// A line on standard output, at once.
@Sendable package func say(_ line: String) {
    FileHandle.standardOutput.write(Data((line + "\n").utf8))
}
