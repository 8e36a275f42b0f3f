// swift-tools-version:6.0
// What an iPhone app adds: the core, and the phone's keys, biometrics, network and notifications for it.
//
// On Apple's systems the core comes as an XCFramework (./package-xcframework makes it). On Linux, for tests, it
// is the shared library that Cargo builds, and Security, LocalAuthentication and DeviceCheck are fakes in Linux/.

import PackageDescription

#if os(Linux)
    let core: [Target] = [
        .systemLibrary(name: "CountersignMobileFFI", path: "Sources/CountersignMobileFFI"),
        .systemLibrary(name: "COpenSSL", path: "Linux/P256"),
        .target(name: "FakePhone", dependencies: ["COpenSSL"], path: "Linux/FakePhone"),
        .target(name: "Security", dependencies: ["FakePhone"], path: "Linux/Security"),
        .target(
            name: "LocalAuthentication", dependencies: ["FakePhone", "Security"],
            path: "Linux/LocalAuthentication"),
        .target(name: "DeviceCheck", dependencies: ["FakePhone"], path: "Linux/DeviceCheck"),
    ]
    let platform: [Target.Dependency] = ["Security", "LocalAuthentication", "DeviceCheck"]
    let tests: [Target] = [
        .testTarget(
            name: "ShimTests",
            dependencies: ["CountersignIOS", "CountersignMobile", "FakePhone"] + platform),
        .testTarget(
            name: "StoryTests",
            dependencies: ["CountersignIOS", "CountersignMobile", "CountersignSample", "FakePhone"] + platform),
    ]
#else
    let core: [Target] = [
        .binaryTarget(name: "CountersignMobileFFI", path: "CountersignMobileFFI.xcframework")
    ]
    let platform: [Target.Dependency] = []
    let tests: [Target] = []
#endif

let package = Package(
    name: "Countersign",
    defaultLocalization: "en",
    platforms: [.iOS(.v16), .macOS(.v13)],
    products: [
        .library(name: "CountersignIOS", targets: ["CountersignIOS", "CountersignMobile"]),
        .library(name: "CountersignSample", targets: ["CountersignSample"]),
    ],
    targets: core + [
        // What uniffi writes compiles in Swift 5 mode only.
        .target(
            name: "CountersignMobile", dependencies: ["CountersignMobileFFI"],
            swiftSettings: [.swiftLanguageMode(.v5)]),
        .target(name: "CountersignIOS", dependencies: ["CountersignMobile"] + platform),
        // What the sample app does behind its screens, and what it says.
        .target(name: "CountersignSample", dependencies: ["CountersignIOS"], path: "Sample/Model"),
    ] + tests
)
