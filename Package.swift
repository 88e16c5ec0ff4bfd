// swift-tools-version: 6.1

import Foundation
import PackageDescription

/// Flags of the modules that compute, which are optimised in every build mode: `swift run` builds in debug mode, and unoptimised
/// arithmetic is some 250 times slower.
var optimised = ["-disable-batch-mode", "-wmo", "-num-threads", "2", "-enforce-exclusivity=unchecked"]
/// Flags that say which vectors the arithmetic is built for: of every module that has code of `CLanes` in its own.
var vectors: [String] = []
#if arch(x86_64)
  // `vectors` are those of the processor that builds; SWEEP_VECTORS=avx512, avx2 or none builds for another.
  switch Context.environment["SWEEP_VECTORS"] ?? vectorsOfThisProcessor() {
  case "avx512": vectors = ["-Xcc", "-march=x86-64-v4", "-DAVX512", "-DFMA"]
  case "avx2": vectors = ["-Xcc", "-march=x86-64-v3", "-DAVX2", "-DFMA"]
  default: break
  }
#elseif arch(arm64)
  vectors = ["-DFMA"]
#endif
// Under thread sanitizer the arithmetic takes some 15 times as long. With this set these modules aren't watched: of two
// sanitizers the last counts, and this one does nothing to Swift.
if Context.environment["SWEEP_UNWATCHED_ARITHMETIC"] != nil { optimised += ["-Xfrontend", "-sanitize=undefined"] }
/// The kernels alone are built without checks (preconditions, overflow); SWEEP_CHECKED=1 builds them with theirs too.
let checks = Context.environment["SWEEP_CHECKED"] == nil ? "-Ounchecked" : "-O"

/// The widest vectors that the arithmetic can use here; the features are those of `Vectors` in Kernels. Without the flags that
/// follow from it no register wider than 128 bits is used.
func vectorsOfThisProcessor() -> String {
  guard let processor = try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8) else { return "avx2" }
  let flags = Set(processor.split(separator: "\n").first { $0.hasPrefix("flags") }?.split(separator: " ") ?? [])
  if flags.isSuperset(of: ["avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"]) { return "avx512" }
  return flags.isSuperset(of: ["avx2", "fma", "bmi2"]) ? "avx2" : "none"
}

let package = Package(
  name: "sweep",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "sweep", targets: ["Sweep"]),
    .executable(name: "report", targets: ["Report"]),
    .library(name: "Model", targets: ["Model", "Kernels"]),
  ],
  dependencies: [
    .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", exact: "2.1.1"),
  ],
  targets: [
    .systemLibrary(
      name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"]), .brew(["openblas"])]),
    .systemLibrary(name: "CLanes"),
    .target(
      name: "Kernels", dependencies: ["CLanes", "COpenBLAS"],
      swiftSettings: [.unsafeFlags([checks] + optimised + vectors)]),
    .target(name: "Model", dependencies: ["Kernels"], swiftSettings: [.unsafeFlags(["-O"] + optimised + vectors)]),
    .target(
      name: "Store",
      dependencies: [
        .product(name: "GRDB", package: "GRDB.swift"), .product(name: "GRDBSQLite", package: "GRDB.swift"),
      ]),
    .plugin(name: "SourceCommit", capability: .buildTool()),
    .target(name: "BuildInfo", plugins: ["SourceCommit"]),
    .target(name: "Words"),
    .target(
      name: "Terminal", dependencies: ["Words", .product(name: "ArgumentParser", package: "swift-argument-parser")]),
    .target(name: "Experiments", dependencies: ["BuildInfo", "Model", "Store", "Words"]),
    // Optimised in every build mode: its bootstrap draws some hundred thousand numbers.
    .target(
      name: "Answers", dependencies: ["Store", "Words"],
      swiftSettings: [.unsafeFlags(["-O", "-disable-batch-mode", "-wmo", "-num-threads", "2"])]),
    .executableTarget(
      name: "Sweep",
      dependencies: [
        "Answers", "BuildInfo", "Experiments", "Model", "Store", "Terminal", "Words",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .executableTarget(
      name: "Report",
      dependencies: [
        "Answers", "BuildInfo", "Store", "Terminal", "Words",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Mustache", package: "swift-mustache"),
      ],
      // In the program itself: a resource bundle would be lost with a copied program.
      resources: ["index.js", "index.mustache", "page.css", "page.js", "page.mustache", "table.mustache"].map {
        .embedInCode("Templates/\($0)")
      }),
    .target(name: "GradientCheck", dependencies: ["Kernels", "Model"], path: "Tests/GradientCheck"),
    .testTarget(
      name: "KernelsTests", dependencies: ["Kernels", "GradientCheck"], swiftSettings: [.unsafeFlags(vectors)]),
    .testTarget(
      name: "ModelTests", dependencies: ["Model", "GradientCheck", "TestSupport"], resources: [.copy("Fixtures")]),
    .testTarget(
      name: "StoreTests", dependencies: ["Store", "TestSupport", .product(name: "GRDB", package: "GRDB.swift")],
      resources: [.copy("Fixtures")]),
    .target(name: "TestSupport", path: "Tests/TestSupport"),
    .testTarget(name: "ArchitectureTests"),
    .testTarget(name: "WordsTests", dependencies: ["Words"]),
    .testTarget(name: "TerminalTests", dependencies: ["Terminal"]),
    .testTarget(name: "ExperimentsTests", dependencies: ["Experiments", "Model", "Store", "TestSupport"]),
    .target(name: "SampleResults", dependencies: ["Answers", "Store"], path: "Tests/SampleResults"),
    .testTarget(
      name: "AnswersTests", dependencies: ["Answers", "SampleResults", "Store"], resources: [.copy("Fixtures")]),
    .testTarget(
      name: "ReportTests",
      dependencies: [
        "Answers", "Report", "SampleResults", "Store", "TestSupport", .product(name: "GRDB", package: "GRDB.swift"),
      ],
      exclude: ["Snapshots"]),
    .testTarget(
      name: "SweepTests",
      dependencies: [
        "Answers", "Sweep", "Report", "Experiments", "Store", "Model", "TestSupport",
        .product(name: "GRDB", package: "GRDB.swift"),
      ],
      exclude: ["Snapshots"], resources: [.copy("Fixtures")]),
  ],
  swiftLanguageModes: [.v6]
)
