import App
import ArgumentParser

struct SecretsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "secrets", abstract: "Looks after what is sealed in the database.",
        subcommands: [Rotate.self])

    struct Rotate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Seals every secret under the newest master key.",
            discussion: """
                Put the new key before the old one, in IPERFORM_MASTER_KEY or the key file, and \
                restart the servers first; afterwards the old one can go.
                """)

        @OptionGroup var installation: InstallationOptions

        func run() async throws {
            try await told {
                try await withInstallation(
                    installation.data, database: installation.database
                ) { try await rotateSecrets($0) }
            }
        }
    }
}
