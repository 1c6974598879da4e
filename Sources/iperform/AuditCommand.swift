import App
import ArgumentParser

struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "Proves audit logs.", subcommands: [Verify.self])

    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Proves that no entry of a company's audit log was changed or removed.")

        @OptionGroup var installation: InstallationOptions
        @Option(help: "The company's short name.")
        var tenant: String

        func run() async throws {
            try await told {
                try await withInstallation(installation.data, database: installation.database) {
                    say(try await verifyAudit($0, tenant: tenant))
                }
            }
        }
    }
}
