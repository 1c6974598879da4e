/// Which module may be seen from where.
///
/// The package manager refuses a target that is not a dependency, but it lets a target reach
/// what its dependencies depend on. This table is the whole truth: what is not listed is
/// refused.
enum ImportRules {
    static let language: Set = ["Foundation", "FoundationEssentials", "Synchronization", "Glibc"]
    static let http: Set = ["Hummingbird", "HummingbirdCore", "HTTPTypes", "NIOCore"]
    static let drivers: Set = ["SQLiteDriver", "PostgresDriver", "GRDB", "GRDBSQLite"]

    static let allowed: [String: Set<String>] = [
        "Storage": language,
        "SQLiteDriver": language.union(["Storage", "CSQLite", "GRDB", "GRDBSQLite", "Logging"]),
        "PostgresDriver": language.union(["Storage", "CPQ", "Logging"]),
        "Tenancy": language.union(["Storage", "CArgon2", "Crypto", "JWTKit"]),
        "Background": language.union(["Storage", "Tenancy", "Logging"]),
        "Mail": language.union(["Storage", "Tenancy", "Background", "CCurl"]),
        "Spreadsheets": language.union(["CZip", "CXML2", "CYAJL", "CXLSXWriter"]),
        "Files": language.union([
            "AsyncHTTPClient", "NIOCore", "NIOPosix", "NIOHTTP1", "Crypto", "Logging",
        ]),
        "OpenID": language.union([
            "Storage", "AsyncHTTPClient", "NIOCore", "NIOPosix", "NIOHTTP1", "JWTKit",
        ]),
        "Meta": language.union([
            "Storage", "AsyncHTTPClient", "NIOCore", "NIOHTTP1", "Crypto",
        ]),
        "Views": ["Foundation"],
        "Web": language.union(http).union([
            "Storage", "Tenancy", "Views", "CZlib", "Crypto", "Logging",
        ]),
        "CRM": language.union(http)
            .union([
                "Storage", "Tenancy", "Background", "Mail", "Views", "Web", "Spreadsheets",
                "Files", "Meta", "OpenID", "CPhoneNumber", "CQRCode", "Logging",
            ]),
        "App": language.union(http).union(drivers)
            .union(["Storage", "Tenancy", "Background", "Views", "Web", "CRM", "Spreadsheets"])
            .union(["Files", "Mail", "Meta", "OpenID"])
            .union(["Configuration", "ServiceLifecycle", "Logging", "Crypto", "JWTKit"])
            .union(["NIOPosix", "UnixSignals"]),
        "iperform": language.union([
            "App", "ArgumentParser", "Storage", "Tenancy", "CRM", "Logging",
        ]),
    ]

    static func faults(_ file: SourceFile) -> [Fault] {
        guard let target = file.target else { return [] }
        guard let modules = allowed[target] else {
            return [file.fault(1, "\(target) has no row in the table of imports")]
        }
        let statement =
            /^\s*(?:@\w+(?:\(\w+\))?\s+)?(?:\w+\s+)?import\s+(?:struct |enum |class |func )?(\w+)/
        return file.source.codeLines.enumerated().compactMap { index, line in
            guard line.contains("import"), let module = line.firstMatch(of: statement)?.1,
                !modules.contains(String(module))
            else { return nil }
            return file.fault(index + 1, "\(target) may not import \(module)")
        }
    }
}
