// swift-tools-version: 6.1

import PackageDescription

// A package of its own, so that users of the programs don't build it.
let package = Package(
  name: "Benchmarks",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "sweep", path: "..")],
  targets: [
    .executableTarget(name: "StepBenchmark", dependencies: [.product(name: "Model", package: "sweep")])
  ],
  swiftLanguageModes: [.v6]
)
