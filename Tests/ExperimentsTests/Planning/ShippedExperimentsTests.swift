import Foundation
import Testing

@testable import Experiments

/// The specs in `experiments/`, the first that a user runs.
@Suite(.timeLimit(.minutes(10)))
struct ShippedExperimentsTests {
  /// Those on the built-in corpus. Folders in it hold specs whose text must be fetched first.
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("experiments")

  private func specs(in folder: URL) throws -> [String] {
    try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
      .filter { $0.pathExtension == "json" }.map(\.path).sorted()
  }

  @Test("Every experiment makes a plan, and `sweep experiments/*.json` takes them all")
  func plan() throws {
    let paths = try specs(in: Self.folder)
    #expect(!paths.isEmpty)
    let plan = try Plan(specs: paths)
    #expect(plan.experiments.map(\.spec.path) == paths)
    for experiment in plan.experiments {
      let spec = experiment.spec
      #expect(spec.path.hasSuffix("/\(spec.name).json"))
      #expect(experiment.runs.allSatisfy { $0.text.corpus.name == "stories" })
      #expect(spec.collapsed == 0, "\(spec.name)")
    }
  }

  @Test("Every experiment's description asks a question and says how many runs it takes")
  func descriptions() throws {
    for experiment in try Plan(specs: try specs(in: Self.folder)).experiments {
      let description = experiment.spec.description
      #expect(description.contains("? "), "\(experiment.spec.name)")
      #expect(description.contains(" \(experiment.runs.count) runs, "), "\(experiment.spec.name)")
    }
  }

  @Test("Specs of texts that must be fetched are valid and say where the text is")
  func fetched() throws {
    let folders = try FileManager.default.contentsOfDirectory(at: Self.folder, includingPropertiesForKeys: nil)
      .filter(\.hasDirectoryPath)
    let reader = SpecReader(paths: try folders.flatMap(specs))
    #expect(reader.issues == [])
    #expect(!reader.specs.isEmpty)
    for spec in reader.specs {
      for case .text(let corpus)? in spec.configurations.map({ $0[.corpus] }) {
        #expect(spec.description.contains("/\(corpus) https://"), "\(spec.name)")
      }
    }
  }
}
