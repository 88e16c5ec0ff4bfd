import ArgumentParser
import Experiments
import Store
import Terminal

extension SweepCommand {
  /// `sweep export-db PATH`
  struct ExportDatabaseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "export-db", abstract: "Write a compact copy of the database, even while a sweep is running.",
      discussion: "The copy is one file that tools with SQLite 3.37 or later open. Weights are not in it.")

    @Argument(help: "The copy's path; there must be no file yet.", transform: UserPath.expanded)
    var path: String
    @OptionGroup var database: DatabaseOptions

    func run() throws {
      try database.reading().export(to: path)
      Console.standard.data("Wrote \(path).")
    }
  }
}
