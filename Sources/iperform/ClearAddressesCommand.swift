import App
import ArgumentParser

extension TenantCommand {
    struct ClearAddresses: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lets a company in from anywhere again, when it has shut itself out.")

        @OptionGroup var installation: InstallationOptions
        @Option(help: "The company's short name.")
        var tenant: String

        func run() async throws {
            try await told {
                try await withInstallation(
                    installation.data, database: installation.database
                ) { try await clearAddresses($0, tenant: tenant) }
            }
        }
    }
}
