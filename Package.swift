// swift-tools-version:6.2
import PackageDescription

/// What every Swift target of ours is compiled with.
let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    // An operation stays on the database writer's executor from its first statement to
    // its last (SE-0461), so a statement costs no hop.
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

func ours(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource] = []) -> Target
{
    .target(name: name, dependencies: dependencies, resources: resources, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies, swiftSettings: strict)
}

let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let sqlite: Target.Dependency = .product(name: "GRDBSQLite", package: "GRDB.swift")
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let hummingbirdTesting: Target.Dependency = .product(
    name: "HummingbirdTesting", package: "hummingbird")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let cryptoExtras: Target.Dependency = .product(name: "CryptoExtras", package: "swift-crypto")
let jwt: Target.Dependency = .product(name: "JWTKit", package: "jwt-kit")
let arguments: Target.Dependency = .product(
    name: "ArgumentParser", package: "swift-argument-parser")
let configuration: Target.Dependency = .product(
    name: "Configuration", package: "swift-configuration")
let lifecycle: Target.Dependency = .product(
    name: "ServiceLifecycle", package: "swift-service-lifecycle")
let signals: Target.Dependency = .product(
    name: "UnixSignals", package: "swift-service-lifecycle")
let log: Target.Dependency = .product(name: "Logging", package: "swift-log")
let httpClient: Target.Dependency = .product(
    name: "AsyncHTTPClient", package: "async-http-client")
let nio: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let nioHTTP: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")

let package = Package(
    name: "iperform",
    products: [.executable(name: "iperform", targets: ["iperform"])],
    dependencies: [
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.1"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // C libraries of the system, and one shim over a C++ library.
        .systemLibrary(
            name: "CArgon2", pkgConfig: "libargon2", providers: [.apt(["libargon2-dev"])]),
        .systemLibrary(name: "CZip", pkgConfig: "libzip", providers: [.apt(["libzip-dev"])]),
        .systemLibrary(
            name: "CQRCode", pkgConfig: "libqrencode", providers: [.apt(["libqrencode-dev"])]),
        .systemLibrary(name: "CXML2", pkgConfig: "libxml-2.0", providers: [.apt(["libxml2-dev"])]),
        .systemLibrary(name: "CYAJL", pkgConfig: "yajl", providers: [.apt(["libyajl-dev"])]),
        .systemLibrary(
            name: "CXLSXWriter", pkgConfig: "xlsxwriter", providers: [.apt(["libxlsxwriter-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(
            name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        .systemLibrary(
            name: "CPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev", "libssl-dev"])]),
        .systemLibrary(
            name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .target(name: "CPhoneNumber", linkerSettings: [.linkedLibrary("phonenumber")]),

        ours("Storage", []),
        ours("SQLiteDriver", ["Storage", "CSQLite", grdb, sqlite, log]),
        ours("PostgresDriver", ["Storage", "CPQ", log]),
        ours(
            "Tenancy", ["Storage", "CArgon2", crypto, jwt],
            resources: [.copy("SignIn/Lists/common-passwords.txt")]),
        ours("Background", ["Tenancy", "Storage", log]),
        // Messages to people: stored with their cause, handed to a relay by a job. No CRM word.
        ours("Mail", ["Background", "Tenancy", "Storage", "CCurl"]),
        ours("Spreadsheets", ["CZip", "CXML2", "CYAJL", "CXLSXWriter"]),
        // Bytes under keys, in a directory or a bucket. Knows nothing of who keeps them, nor why.
        ours("Files", [httpClient, nio, nioPosix, nioHTTP, crypto, log]),
        // Sign-in by other companies' identity providers: what is asked of them, and what of it is
        // believed. Knows no tenant, no database.
        ours("OpenID", ["Storage", httpClient, nio, nioPosix, nioHTTP, jwt]),
        // What is asked of Facebook, and what of its webhook is believed. Knows no tenant, no database.
        ours("Meta", ["Storage", httpClient, nio, nioHTTP, crypto]),
        // Views see values only: no request, no scope, no statement can reach a template.
        ours("Views", [], resources: [.copy("Assets")]),
        ours("Web", ["Tenancy", "Views", "CZlib", hummingbird, crypto]),
        // Files: imports are kept in a store, whichever that is. OpenID: people sign in by it. Meta:
        // leads come by it.
        ours(
            "CRM",
            [
                "Background", "Mail", "Meta", "OpenID", "Web", "Spreadsheets", "Files",
                "CPhoneNumber",
                "CQRCode", hummingbird, log,
            ]),
        ours(
            "App",
            [
                "Background", "CRM", "Files", "Mail", "Meta", "OpenID", "SQLiteDriver",
                "PostgresDriver", hummingbird,
                configuration, lifecycle, signals, log,
            ],
            resources: [.copy("Migrations")]),
        .executableTarget(
            name: "iperform", dependencies: ["App", arguments], swiftSettings: strict),

        .target(
            name: "DatabaseSupport",
            dependencies: ["Storage", "SQLiteDriver", "PostgresDriver", log],
            path: "Tests/DatabaseSupport",
            swiftSettings: strict),
        .target(
            name: "BucketSupport", dependencies: ["Files", httpClient, nio, nioHTTP],
            path: "Tests/BucketSupport", swiftSettings: strict),
        .target(
            name: "TestSupport",
            dependencies: [
                "DatabaseSupport", "Files", "App", "CRM", "Web", "Tenancy", "Storage",
                hummingbird, hummingbirdTesting, lifecycle, log,
            ],
            path: "Tests/TestSupport",
            swiftSettings: strict),
        // Every module that a test imports is named here: only what is named is rebuilt for.
        tests(
            "StorageTests", ["DatabaseSupport", "Storage", "SQLiteDriver", "PostgresDriver", log]),
        tests(
            "BackgroundTests", ["DatabaseSupport", "Background", "Tenancy", "Storage", log]),
        tests("MailTests", ["Mail", "Storage"]),
        tests("OpenIDTests", ["OpenID", "Storage", crypto, cryptoExtras, jwt]),
        tests("SpreadsheetsTests", ["Spreadsheets", "CZip"]),
        tests(
            "FilesTests",
            [
                "BucketSupport", "Files",
                httpClient, nio, nioHTTP, hummingbird, hummingbirdTesting, crypto, log,
            ]),
        tests("ViewsTests", ["Views"]),
        tests("TenancyTests", ["DatabaseSupport", "Tenancy", "Storage", crypto, jwt, log]),
        tests(
            "CRMTests",
            [
                "DatabaseSupport", "BucketSupport", "TestSupport", "App", "CRM", "Background",
                "Mail", "Meta", "OpenID", "Web", "Spreadsheets", "Files", "Tenancy", "Storage",
                "CZlib", hummingbird, hummingbirdTesting, crypto, jwt, log,
            ]),
        tests(
            "AppTests",
            [
                "DatabaseSupport", "BucketSupport", "TestSupport", "App", "CRM", "Web",
                "Spreadsheets", "Files", "Tenancy", "Storage", "SQLiteDriver",
                "PostgresDriver", log,
            ]),
        tests("TidyTests", []),
    ],
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx17
)
