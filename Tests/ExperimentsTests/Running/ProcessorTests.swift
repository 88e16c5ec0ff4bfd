import Foundation
import Model
import Testing

@testable import Experiments

@Suite("A processor that can't run the build is told so", .timeLimit(.minutes(10)))
struct ProcessorTests {
  @Test("an older one hears what it lacks and how to build for it")
  func older() {
    #expect(
      Processor.complaint(needed: "avx512f avx512vl", features: ["sse2", "avx2", "fma", "bmi2", "avx512f"])
        == "this build needs a processor with avx512vl, which this one lacks. "
        + "Build it anew here: rm -rf .build && SWEEP_VECTORS=avx2 swift build")
    #expect(Processor.complaint(needed: "avx2 fma", features: ["sse2"])?.contains("SWEEP_VECTORS=none") == true)
  }

  @Test("nothing is said where nothing is needed or known")
  func nothing() {
    #expect(Processor.complaint(needed: "", features: []) == nil)
    #expect(Processor.complaint(needed: "avx2", features: nil) == nil)
  }

  @Test("the manifest, which can't read the program's list of what a build needs, has the same")
  func manifest() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..")
    let manifest = try String(contentsOf: root.appending(path: "Package.swift"), encoding: .utf8)
    for needed in [Vectors.avx512, Vectors.avx2] {
      let list = "\(needed)".split(separator: " ").map { "\"\($0)\"" }.joined(separator: ", ")
      #expect(manifest.contains("isSuperset(of: [\(list)])"))
    }
  }
}
