import App
import ArgumentParser

struct OperatorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "operator", abstract: "Makes platform operators.", subcommands: [Create.self])

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes somebody a platform operator: a new person, or one who is there.",
            discussion: """
                An operator has no company's data. For a while, for a reason and to look, they get \
                into a company by break-glass, which its admins see and may forbid.
                """)

        @OptionGroup var installation: InstallationOptions
        @Option(help: "The short name of the company that the operator is of.")
        var tenant: String
        @Option(help: "The operator's e-mail address.")
        var email: String
        @Option(help: "The name of a new person.")
        var name: String?
        @Option(help: "A file whose first line is a new person's password.")
        var passwordFile: String?

        func run() async throws {
            try await told {
                let secret: String? =
                    if let passwordFile { try password(nil, orIn: passwordFile) } else { nil }
                try await withInstallation(installation.data, database: installation.database) {
                    installation in
                    let words = try await makeOperator(
                        installation, tenant: tenant, name: name, email: email, password: secret)
                    say(words)
                }
            }
        }
    }
}
