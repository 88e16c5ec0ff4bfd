// swift-tools-version: 6.1

import PackageDescription

/// The module with the arithmetic is optimised in every build mode: `swift run` builds in debug mode, and unoptimised
/// arithmetic is some 250 times slower.
var arithmetic: [String] = [
  "-Ounchecked", "-disable-batch-mode", "-wmo", "-num-threads", "2", "-enforce-exclusivity=unchecked",
]
#if arch(x86_64)
  arithmetic += ["-Xcc", "-march=x86-64-v4", "-DAVX512", "-DFMA"]
#endif

let package = Package(
  name: "sweep",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "sweep", targets: ["Sweep"]),
    .executable(name: "report", targets: ["Report"]),
  ],
  dependencies: [
    .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", exact: "2.1.1"),
  ],
  targets: [
    .systemLibrary(
      name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"]), .brew(["openblas"])]),
    .target(name: "Model", dependencies: ["COpenBLAS"], swiftSettings: [.unsafeFlags(arithmetic)]),
    .target(name: "Store", dependencies: [.product(name: "GRDB", package: "GRDB.swift")]),
    .target(name: "Terminal"),
    .executableTarget(
      name: "Sweep",
      dependencies: ["Model", "Store", "Terminal", .product(name: "ArgumentParser", package: "swift-argument-parser")]),
    .executableTarget(
      name: "Report",
      dependencies: [
        "Store", "Terminal", .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Mustache", package: "swift-mustache"),
      ],
      // In the program itself: a resource bundle would be lost with a copied program.
      resources: ["index.mustache", "page.css", "page.js", "page.mustache", "table.mustache"].map {
        .embedInCode("Templates/\($0)")
      }),
    .testTarget(name: "ModelTests", dependencies: ["Model"], resources: [.copy("Fixtures")]),
    .testTarget(
      name: "StoreTests", dependencies: ["Store", .product(name: "GRDB", package: "GRDB.swift")],
      resources: [.copy("Fixtures")]),
    .testTarget(name: "TerminalTests", dependencies: ["Terminal"]),
    .testTarget(
      name: "ReportTests", dependencies: ["Report", "Store"], exclude: ["Snapshots"], resources: [.copy("Fixtures")]),
    .testTarget(
      name: "SweepTests",
      dependencies: ["Sweep", "Report", "Store", "Model", .product(name: "GRDB", package: "GRDB.swift")],
      exclude: ["Snapshots"]),
  ],
  swiftLanguageModes: [.v6]
)
