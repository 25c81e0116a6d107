// swift-tools-version: 6.2
import PackageDescription

/// Held by every target of ours: warnings stop the build, and no import is silent.
let house: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

extension Target.Dependency {
    static let argumentParser = product(name: "ArgumentParser", package: "swift-argument-parser")
    static let asyncHTTPClient = product(name: "AsyncHTTPClient", package: "async-http-client")
    static let configuration = product(name: "Configuration", package: "swift-configuration")
    static let crypto = product(name: "Crypto", package: "swift-crypto")
    static let cryptoExtras = product(name: "CryptoExtras", package: "swift-crypto")
    static let grdb = product(name: "GRDB", package: "GRDB.swift")
    static let httpTypes = product(name: "HTTPTypes", package: "swift-http-types")
    static let hummingbird = product(name: "Hummingbird", package: "hummingbird")
    static let hummingbirdTesting = product(name: "HummingbirdTesting", package: "hummingbird")
    static let jwtKit = product(name: "JWTKit", package: "jwt-kit")
    static let logging = product(name: "Logging", package: "swift-log")
    static let nioCore = product(name: "NIOCore", package: "swift-nio")
    static let nioCompression = product(name: "NIOHTTPCompression", package: "swift-nio-extras")
    static let nioHTTP1 = product(name: "NIOHTTP1", package: "swift-nio")
    static let nioPosix = product(name: "NIOPosix", package: "swift-nio")
    static let nioSSL = product(name: "NIOSSL", package: "swift-nio-ssl")
    static let serviceLifecycle = product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
    static let sqlite = product(name: "GRDBSQLite", package: "GRDB.swift")
    static let unixSignals = product(name: "UnixSignals", package: "swift-service-lifecycle")
}

let package = Package(
    name: "muster",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "muster", targets: ["muster"])
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(
            url: "https://github.com/apple/swift-configuration", from: "1.4.0",
            traits: [.defaults, "CommandLineArguments", "YAML"]),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.24.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        // Naming the traits keeps SwiftPM from recompiling Hummingbird on every other plan.
        .package(
            url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: ["FullFoundation"]),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.1"),
    ],
    targets: [
        .target(name: "Problems", swiftSettings: house),
        .target(name: "Directory", dependencies: ["Problems"], swiftSettings: house),
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .target(name: "CSimdJSON", linkerSettings: [.linkedLibrary("simdjson")]),
        .target(
            name: "OktaAPI",
            dependencies: [
                "CCurl", "CSimdJSON", "Directory", "Problems", .crypto, .cryptoExtras, .jwtKit, .logging, .nioCore,
                .nioHTTP1,
            ],
            swiftSettings: house),
        .target(
            name: "OktaSimulator",
            dependencies: [
                .asyncHTTPClient, .crypto, .httpTypes, .hummingbird, .jwtKit, .logging, .nioCore, .serviceLifecycle,
            ],
            swiftSettings: house),
        .target(name: "CMemorySettings", linkerSettings: [.linkedLibrary("sqlite3")]),
        .systemLibrary(name: "CLibPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .target(
            name: "DatabaseEngine", dependencies: ["CLibPQ", "CMemorySettings", "Problems", .grdb, .logging, .sqlite],
            swiftSettings: house),
        .target(
            name: "Storage", dependencies: ["DatabaseEngine", "Directory", "Problems", .crypto], swiftSettings: house),
        .target(
            name: "Sync", dependencies: ["Directory", "OktaAPI", "Problems", "Storage", "DatabaseEngine", .logging],
            swiftSettings: house),
        .target(
            name: "Analysis", dependencies: ["DatabaseEngine", "Directory", "Problems", "Storage"],
            resources: [.embedInCode("Discovery/catalogue.tsv")],
            swiftSettings: house),
        .target(
            name: "Governance",
            dependencies: ["Analysis", "DatabaseEngine", "Directory", "Problems", "Storage", .crypto],
            swiftSettings: house),
        .target(
            name: "Accounts", dependencies: ["DatabaseEngine", "Directory", "Problems", "Storage", .crypto],
            swiftSettings: house),
        .target(
            name: "WebSupport",
            dependencies: [
                "Accounts", "Directory", "Problems", "Storage", .httpTypes, .hummingbird, .logging, .nioCore,
            ],
            swiftSettings: house),
        .target(
            name: "Pages",
            dependencies: [
                "Accounts", "Analysis", "DatabaseEngine", "Directory", "Governance", "OktaAPI", "Problems", "Storage",
                "Sync", "WebSupport", .crypto, .httpTypes, .hummingbird, .logging, .nioCore,
            ],
            resources: [.embedInCode("Assets/app.css"), .embedInCode("Assets/app.js")],
            swiftSettings: house),
        .target(
            name: "Server",
            dependencies: [
                "Accounts", "Analysis", "DatabaseEngine", "Directory", "Governance", "OktaAPI", "Pages", "Problems",
                "Storage", "Sync", "WebSupport", .configuration, .httpTypes, .hummingbird, .logging, .nioCore,
                .serviceLifecycle,
                .unixSignals,
            ],
            swiftSettings: house),
        .target(
            name: "Commands",
            dependencies: [
                "Accounts", "Analysis", "CMemorySettings", "DatabaseEngine", "Directory", "Governance", "OktaAPI",
                "OktaSimulator", "Problems", "Server", "Storage", "Sync", "WebSupport", .argumentParser, .logging,
            ],
            swiftSettings: house),
        .executableTarget(name: "muster", dependencies: ["Commands", .argumentParser], swiftSettings: house),
        .target(
            name: "Support",
            dependencies: ["DatabaseEngine", "Storage", "Directory", "Problems", .hummingbird, .logging, .nioCore],
            path: "Tests/Support", swiftSettings: house),
        .testTarget(
            name: "PagesTests",
            dependencies: [
                "Accounts", "Analysis", "DatabaseEngine", "Directory", "Governance", "Pages", "Problems", "Storage",
                "Support", "Sync", "WebSupport", .httpTypes, .hummingbird, .hummingbirdTesting, .logging, .nioCore,
            ],
            swiftSettings: house),
        .testTarget(
            name: "AnalysisTests",
            dependencies: [
                "Analysis", "DatabaseEngine", "Directory", "OktaAPI", "OktaSimulator", "Problems", "Storage", "Support",
                "Sync", .logging,
            ],
            swiftSettings: house),
        .testTarget(
            name: "GovernanceTests",
            dependencies: [
                "Analysis", "DatabaseEngine", "Directory", "Governance", "OktaAPI", "OktaSimulator", "Problems",
                "Storage",
                "Support", "Sync", .logging,
            ],
            swiftSettings: house),
        .testTarget(
            name: "SyncTests",
            dependencies: [
                "DatabaseEngine", "Directory", "OktaAPI", "OktaSimulator", "Problems", "Storage", "Support", "Sync",
                .httpTypes, .hummingbird, .logging, .nioCore,
            ],
            swiftSettings: house),
        .testTarget(
            name: "DatabaseEngineTests", dependencies: ["DatabaseEngine", "Problems", "Support"], swiftSettings: house),
        .testTarget(
            name: "StorageTests",
            dependencies: ["DatabaseEngine", "Directory", "Problems", "Storage", "Support", .crypto],
            swiftSettings: house),
        .testTarget(
            name: "CommandsTests", dependencies: ["DatabaseEngine", "Directory", "Storage", "Support", "muster"],
            swiftSettings: house),
        .testTarget(
            name: "ServerTests",
            dependencies: [
                "Accounts", "DatabaseEngine", "Directory", "OktaAPI", "Problems", "Server", "Storage", "Support",
                "Sync",
                "WebSupport", .httpTypes, .hummingbird, .hummingbirdTesting, .logging, .nioCore,
            ],
            swiftSettings: house),
        .testTarget(
            name: "AccountsTests",
            dependencies: ["Accounts", "DatabaseEngine", "Directory", "Problems", "Storage", "Support"],
            swiftSettings: house),
        .testTarget(
            name: "OktaAPITests",
            dependencies: [
                "CSimdJSON", "Directory", "OktaAPI", "Problems", .crypto, .cryptoExtras, .jwtKit, .logging,
                .nioCompression, .nioCore, .nioHTTP1, .nioPosix, .nioSSL,
            ],
            swiftSettings: house),
        .testTarget(
            name: "OktaSimulatorTests",
            dependencies: [
                "OktaSimulator", .asyncHTTPClient, .crypto, .httpTypes, .hummingbird, .jwtKit, .logging, .nioCore,
                .nioHTTP1,
            ],
            swiftSettings: house),
    ]
)
