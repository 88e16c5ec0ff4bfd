import Answers
import ArgumentParser
import BuildInfo
import Foundation
import Store
import Terminal

@main
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Compare the runs of experiments in tables and charts.",
    discussion: """
      `report` alone prints a comparison of each experiment's configurations, best first, and writes a page with its \
      charts to a folder of the experiment's name: it is short for `report experiments`, whose help has all options. \
      Charts need gnuplot. The database is never written to.
      """,
    version: versionWithCommit,
    subcommands: [ExperimentsCommand.self, CurvesCommand.self],
    defaultSubcommand: ExperimentsCommand.self)

  /// Starts the program; ends it with the exit codes of docs/commands.md.
  static func main() { program { ExitCode(worded: $0) } }
}

/// Where the results are read from.
struct DatabaseOption: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp("The database of all results. (default: results/results.sqlite)", valueName: "path"),
    transform: UserPath.expanded)
  var database = "results/results.sqlite"

  /// The database.
  func reading() throws -> ResultsDatabase { try ResultsDatabase(readingFrom: database, tell: Console.standard.note) }

  /// The run with that number.
  ///
  /// - Throws: `ReportError.noRun`.
  func run(_ id: Int64, in store: ResultsDatabase) throws -> Run {
    guard let run = try store.run(id) else { throw ReportError.noRun(id, database: database) }
    return run
  }
}

extension ExitCode {
  /// The code for an error that is worded for the user; nil for any other: 64 for a question that can't be read, 66 for a
  /// file that isn't there, 65 for data or a folder that can't be used, 1 for a chart that can't be drawn.
  init?(worded error: any Error) {
    switch error {
    case is TableError: self.init(64)
    case let error as ResultsDatabaseError: if case .missing = error { self.init(66) } else { self.init(65) }
    case is ReportError: self.init(65)
    case is Gnuplot.Failure: self.init(1)
    default: return nil
    }
  }
}
