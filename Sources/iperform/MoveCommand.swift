import App
import ArgumentParser

struct MoveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "move",
        abstract: "Moves a whole installation from SQLite to PostgreSQL, or back.",
        discussion: """
            Stop the server first. The target must be empty; a move that was interrupted goes on \
            when it is given again. Every table is compared at the end.
            """)

    @Option(help: "sqlite:DIRECTORY (the old --data), or postgres://…")
    var from: String
    @Option(help: "postgres://…, or sqlite:DIRECTORY")
    var to: String

    func run() async throws {
        try await told { try await moveInstallation(from: from, to: to) }
    }
}
