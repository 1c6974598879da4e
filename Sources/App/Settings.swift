import Configuration
import Files

/// What the product is started with: flags, else `IPERFORM_…` of the environment, else these.
/// Parsed once, here; nothing else reads the environment.
package struct Settings: Sendable {
    /// Where the database, the files and the keys are.
    package var dataDirectory: String
    /// `postgres://…`; nil for the SQLite file in the data directory.
    package var databaseAddress: String?
    /// `postgres://…` of a server that follows the first, for lists and searches; nil for none.
    package var databaseReplica: String?
    /// Connections to PostgreSQL that one process may open.
    package var databaseConnections = 16
    /// Where files are: a directory's path, or `s3://…`; nil for `files` in the data directory.
    package var files: String?
    /// For `s3://…`; nil when none are set.
    package var filesCredentials: S3Credentials?
    /// `smtp://user@host:587`; nil when mail stays in the outbox.
    package var relay: String?
    /// Of the relay's user; nil when there is none.
    package var relayPassword: String?
    /// A file that holds it instead.
    package var relayPasswordFile: String?
    /// Who mail is from: `Name <address>`.
    package var mailFrom: String?
    /// Where people reach the product, for links in mail; nil for `host` and `port`.
    package var publicURL: String?
    /// The keys that secrets are sealed under, in base64; nil for those of a file.
    package var masterKey: String?
    /// The file with them; nil for `master.key` in the data directory.
    package var masterKeyFile: String?
    package var host = "127.0.0.1"
    package var port = 8080
    /// Requests a minute that one caller may make.
    package var requestsAMinute = 6000
    /// Whether `X-Forwarded-For` and `-Proto` are believed: only behind a proxy of one's own.
    package var trustsProxy = false
    /// Whether identity providers may be in our own network, and on this machine without TLS.
    package var trustsLocalProviders = false
    /// Where Facebook's Graph API is, and in which version; nil for the public one and the newest.
    package var metaGraphURL: String?
    package var metaGraphVersion: String?
    /// Whether browsers may send the session over https only.
    package var secureCookies = false
    package var logLevel = "info"

    package init(dataDirectory: String) {
        self.dataDirectory = dataDirectory
    }

    /// The flags over the environment over the defaults.
    package init(
        dataDirectory: String?, database: String? = nil, port: Int? = nil, host: String? = nil
    ) {
        let reader = ConfigReader(provider: EnvironmentVariablesProvider())
        let iperform = reader.scoped(to: "iperform")
        self.init(
            dataDirectory: dataDirectory ?? iperform.string(forKey: "data", default: "var/data"))
        databaseAddress = database ?? iperform.string(forKey: "database", isSecret: true)
        databaseReplica = iperform.string(forKey: "database.replica", isSecret: true)
        databaseConnections = iperform.int(
            forKey: "database.connections", default: databaseConnections)
        files = iperform.string(forKey: "files")
        filesCredentials = Self.credentials(iperform.scoped(to: "files"))
        relay = iperform.string(forKey: "smtp")
        relayPassword = iperform.string(forKey: "smtp.password", isSecret: true)
        relayPasswordFile = iperform.string(forKey: "smtp.password.file")
        mailFrom = iperform.string(forKey: "mail.from")
        publicURL = iperform.string(forKey: "public.url")
        masterKey = iperform.string(forKey: "master.key", isSecret: true)
        masterKeyFile = iperform.string(forKey: "master.key.file")
        self.host = host ?? iperform.string(forKey: "host", default: self.host)
        self.port = port ?? iperform.int(forKey: "port", default: self.port)
        requestsAMinute = iperform.int(forKey: "requests.a.minute", default: requestsAMinute)
        trustsProxy = iperform.bool(forKey: "trusts.proxy", default: trustsProxy)
        trustsLocalProviders = iperform.bool(
            forKey: "trusts.local.providers", default: trustsLocalProviders)
        metaGraphURL = iperform.string(forKey: "meta.graph.url")
        metaGraphVersion = iperform.string(forKey: "meta.graph.version")
        secureCookies = iperform.bool(forKey: "secure.cookies", default: secureCookies)
        logLevel = iperform.string(forKey: "log.level", default: logLevel)
    }

    private static func credentials(_ files: ConfigReader) -> S3Credentials? {
        guard let accessKey = files.string(forKey: "access.key.id"),
            let secretKey = files.string(forKey: "secret.access.key", isSecret: true)
        else { return nil }
        return S3Credentials(
            accessKey: accessKey, secretKey: secretKey,
            sessionToken: files.string(forKey: "session.token", isSecret: true))
    }
}
