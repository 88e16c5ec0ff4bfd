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

/// How many runs go side by side.
struct JobsOption: ParsableArguments {
  @Option(name: .shortAndLong, help: "Runs that go side by side, one core each. (default: the machine's cores)")
  var jobs: Int?

  var count: Int { jobs ?? Machine.cores }

  func validate() throws {
    if let jobs, !(1...1024).contains(jobs) { throw ValidationError("--jobs is \(jobs); write 1 to 1024.") }
  }
}
