import ArgumentParser
import Foundation

/// Where results are kept.
struct DatabaseOptions: ParsableArguments {
  @Option(name: .long, help: ArgumentHelp("The database of all results.", valueName: "path"))
  var database = "results/results.sqlite"

  /// The folder of weight files beside the database.
  var weightsFolder: URL {
    URL(fileURLWithPath: database).deletingLastPathComponent().appending(path: "weights", directoryHint: .isDirectory)
  }
}

/// The spec files to work on.
struct SpecArguments: ParsableArguments {
  @Argument(help: ArgumentHelp("Spec files, such as experiments/*.json.", valueName: "spec"))
  var specs: [String]

  func validate() throws {
    if specs.isEmpty { throw ValidationError("Name at least one spec, such as experiments/*.json.") }
  }
}
