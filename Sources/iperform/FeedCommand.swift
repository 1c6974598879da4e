import App
import ArgumentParser

struct FeedCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "feed", abstract: "Shows and steers what follows the feed of events.",
        subcommands: [List.self, Pause.self, Resume.self, Replay.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Says how far each reader is, and what it failed at.")

        @OptionGroup var installation: InstallationOptions

        func run() async throws {
            try await installation.opened { try await listFeedReaders($0) }
        }
    }

    struct Pause: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Stops a reader until it is resumed; it misses nothing.")

        @OptionGroup var installation: InstallationOptions
        @Argument(help: "The reader.")
        var name: String

        func run() async throws {
            try await installation.opened { try await pauseFeedReader($0, name) }
        }
    }

    struct Resume: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lets a reader go on, or try again at once.")

        @OptionGroup var installation: InstallationOptions
        @Argument(help: "The reader.")
        var name: String

        func run() async throws {
            try await installation.opened { try await resumeFeedReader($0, name) }
        }
    }

    struct Replay: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lets a reader take again all that happened since a moment.")

        @OptionGroup var installation: InstallationOptions
        @Argument(help: "The reader.")
        var name: String
        @Option(help: "The moment, as in RFC 3339: 2026-11-22T09:30:00Z.")
        var since: String

        func run() async throws {
            try await installation.opened { try await replayFeed($0, to: name, since: since) }
        }
    }
}

extension InstallationOptions {
    /// Opens the installation for one command, and turns what it cannot do into a sentence.
    fileprivate func opened(_ body: (Installation) async throws -> Void) async throws {
        try await told { try await withInstallation(data, database: database, body) }
    }
}
