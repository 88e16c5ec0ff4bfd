import ArgumentParser
import Experiments
import Foundation
import Model
import Store
import Terminal

/// A model to work with: a run of the database by its number, or weights by their path.
struct ModelArgument: ParsableArguments {
  @Argument(
    help: ArgumentHelp(
      "A run's number, as `select * from leaderboard` shows it; or a weight file (.safetensors), or a folder that "
        + "transformers loads.", valueName: "run"), transform: UserPath.expanded)
  var words: String
  @OptionGroup var database: DatabaseOptions

  /// The run's number; nil where a path is given.
  var number: Int64? { Int64(words) }

  /// A run of the database that is finished.
  struct StoredRun {
    let id: Int64
    let record: Run
    /// Where its weights lie.
    let weights: URL
    let store: ResultsDatabase
  }

  /// The run that the number names; nil where a path is given.
  ///
  /// - Throws: `UserError`, where there is no such run, or none with weights.
  func run() throws -> StoredRun? {
    guard let id = number else { return nil }
    let store = try database.reading()
    guard let run = try store.run(id) else {
      throw UserError("\(database.database): there is no run \(id); `select run_id from leaderboard` lists them.")
    }
    guard let weights = run.outcome.weights else {
      throw UserError("run \(id) is \(run.state.rawValue) and has no weights; only finished runs have.")
    }
    return StoredRun(id: id, record: run, weights: database.files.url(weights), store: store)
  }

  /// The weights, and what error messages call them.
  ///
  /// - Parameter run: The run, as `run()` gives it.
  func weights(of run: StoredRun?, contextLength: Int? = nil) throws -> (file: WeightFile, name: String) {
    let url = run?.weights ?? URL(fileURLWithPath: words)
    do {
      return (
        try WeightFile(contentsOf: url, contextLength: contextLength, memory: Machine.memory), url.relativePath
      )
    } catch {
      guard let run else { throw error }
      switch error.fault {
      case .tooLarge, .longContext: throw error
      default: break
      }
      Console.standard.note(
        "sweep: \(error) `sweep delete EXPERIMENT` and the spec once more train run \(run.id) anew, to the same bits.")
      throw error.fault == .missing ? ExitStatus.noInput : ExitStatus.badData
    }
  }
}

/// How many tokens a model sees at once, where that isn't what it was made for.
struct ContextOption: ParsableArguments {
  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp(
      "Tokens that the model sees at once. (default: as many as it was made for)", valueName: "tokens"))
  var context: Int?

  func validate() throws {
    if let context, !(1...65_536).contains(context) {
      throw ValidationError("--context is \(context); write 1 to 65536.")
    }
  }
}
