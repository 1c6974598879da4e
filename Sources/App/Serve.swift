import Foundation
import Hummingbird
import Logging
import Storage

/// Runs a server until it is told to stop, and says so on standard output when it is ready.
package func serve(_ settings: Settings) async throws {
    let log = logger(settings.logLevel)
    let installation = try await Installation.open(settings, log: log)
    let server = try await Server(installation, settings)
    let application = server.application { port in
        say("iPerform is ready at http://\(settings.host):\(port)")
    }
    try await application.runService()
    try await installation.close()
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
