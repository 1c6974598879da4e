import App
import ArgumentParser

/// The product's one program.
@main
struct IPerform: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "iperform", abstract: "A lead-centric CRM.",
        subcommands: [
            ServeCommand.self, WorkCommand.self, TenantCommand.self, ImportFileCommand.self,
            DemoCommand.self, FeedCommand.self, AuditCommand.self, SecretsCommand.self,
            OperatorCommand.self, MoveCommand.self,
            BenchCommand.self,
        ])
}

/// The installation a command works on.
struct InstallationOptions: ParsableArguments {
    @Option(help: "The directory of the database and the files (else IPERFORM_DATA).")
    var data: String?
    @Option(help: "postgres://… instead of a file in it (better in IPERFORM_DATABASE).")
    var database: String?
}

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Serves the web app and the API.")

    @OptionGroup var installation: InstallationOptions
    @Option(help: "The port to listen on; 0 takes a free one (else IPERFORM_PORT, 8080).")
    var port: Int?
    @Option(help: "The address to listen on (else IPERFORM_HOST, 127.0.0.1).")
    var host: String?
    @Flag(inversion: .prefixedNo, help: "Import files and keep house too, or leave it to `work`.")
    var work = true

    func run() async throws {
        try await told {
            try await serve(
                Settings(
                    dataDirectory: installation.data, database: installation.database, port: port,
                    host: host), works: work)
        }
    }
}

struct WorkCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "work", abstract: "Imports files and keeps house, without a web server.")

    @OptionGroup var installation: InstallationOptions

    func run() async throws {
        try await told {
            try await work(
                Settings(dataDirectory: installation.data, database: installation.database))
        }
    }
}

struct TenantCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tenant", abstract: "Makes companies, and lets them in again.",
        subcommands: [Create.self, ClearAddresses.self])

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes a company and its first administrator; the last line is its slug.")

        @OptionGroup var installation: InstallationOptions
        @Option(help: "The company's name.")
        var name: String
        @Option(help: "The administrator's e-mail address.")
        var adminEmail: String
        @Option(help: "The administrator's password; better in a file.")
        var adminPassword: String?
        @Option(help: "A file whose first line is the password.")
        var adminPasswordFile: String?
        @Option(help: "ISO 3166 region that phone numbers are read in.")
        var region = "US"
        @Option(help: "ISO 4217 currency.")
        var currency = "USD"
        @Option(help: "IANA time zone: when a day begins there.")
        var timeZone = "UTC"

        func run() async throws {
            try await told {
                let password = try password(adminPassword, orIn: adminPasswordFile)
                try await withInstallation(installation.data, database: installation.database) {
                    installation in
                    let made = try await createTenant(
                        installation, name: name, adminEmail: adminEmail,
                        adminPassword: password,
                        locality: Locality(
                            region: region, currency: currency, timeZone: timeZone))
                    say(made.slug)
                }
            }
        }
    }
}

struct ImportFileCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Imports a file (.xlsx, CSV, JSON or XML) as leads.")

    @OptionGroup var installation: InstallationOptions
    @Option(help: "The company's short name.")
    var tenant: String
    @Argument(help: "The file.")
    var file: String?
    @Option(help: "Takes an import back, by its id, instead.")
    var undo: String?
    @Option(help: "A file with the mapping as JSON; else what the headers suggest.")
    var mapping: String?
    @Option(help: "The sheet of a workbook; else the first.")
    var sheet: String?
    @Flag(help: "Only says what would happen.")
    var dryRun = false

    func validate() throws {
        guard (file == nil) != (undo == nil) else {
            throw ValidationError("Give a file, or --undo with the id of an import.")
        }
    }

    func run() async throws {
        try await told {
            try await withInstallation(installation.data, database: installation.database) {
                installation in
                if let undo {
                    try await undoImport(installation, tenant: tenant, id: undo)
                } else {
                    try await importFile(
                        installation, tenant: tenant, file: file ?? "", mappingFile: mapping,
                        sheet: sheet, isDryRun: dryRun)
                }
            }
        }
    }
}

struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo", abstract: "Makes a demo company with believable leads.")

    @OptionGroup var installation: InstallationOptions

    func run() async throws {
        try await told {
            try await withInstallation(installation.data, database: installation.database) {
                try await makeDemo($0)
            }
        }
    }
}

struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench", abstract: "Measures this build against bare figures (needs wrk).")

    @Flag(help: "Also write docs/benchmarks.md.")
    var write = false
    @Option(help: "Leads to measure with; duplicates are looked for among ten times as many.")
    var leads = 100_000
    @Option(help: "Seconds of each run under load.")
    var seconds = 4
    @Argument(
        help: """
            memory, live, read, list, board, sign-in, create, import, jobs, job-start, timers, \
            rights, duplicates, capture, driver, create-postgres, jobs-postgres, \
            job-start-postgres, timers-postgres; \
            all unless told.
            """)
    var measures: [String] = []

    func run() async throws {
        try await told {
            var bench = Bench()
            (bench.leads, bench.seconds, bench.only) = (leads, seconds, measures)
            try await bench.run(writingTo: write ? "docs/benchmarks.md" : nil)
        }
    }
}

/// Runs a command and turns what it cannot do into a sentence and exit code 1.
func told(_ body: () async throws -> Void) async throws {
    do {
        try await body()
    } catch let error where !(error is ExitCode) {
        complain(error)
        throw ExitCode(1)
    }
}
