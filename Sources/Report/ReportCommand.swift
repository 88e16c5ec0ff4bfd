import ArgumentParser
import Foundation
import Store
import Terminal

@main
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Compare the runs of experiments in tables and charts.",
    discussion: """
      Prints a comparison of each experiment's configurations, best first, and writes it with its charts to a folder of \
      the experiment's name. Charts need gnuplot.
      """)

  @Argument(help: ArgumentHelp("Names of experiments. (default: all)", valueName: "experiment"))
  var experiments: [String] = []
  @Option(name: .long, help: ArgumentHelp("The database of all results.", valueName: "path"))
  var database = "results/results.sqlite"
  @Option(
    name: .long, help: ArgumentHelp("Where the folders go. (default: the database's folder)", valueName: "folder"))
  var output: String?

  func run() throws {
    let database = try ResultsDatabase(readingFrom: database)
    let all = try database.experiments()
    let chosen = try experiments.isEmpty ? all : experiments.map { try database.experiment(named: $0) }
    let folders = Dictionary(uniqueKeysWithValues: zip(all.map(\.name), FolderName.unique(all.map(\.name))))
    let gnuplot = Gnuplot()
    let console = Console.standard
    if chosen.isEmpty {
      console.note("\(self.database) holds no experiment; train one with `sweep run SPEC...`.")
    } else if gnuplot == nil {
      console.note("gnuplot isn't installed, so no charts are drawn: sudo apt-get install gnuplot-nox")
    }
    let root =
      output.map { URL(fileURLWithPath: $0) } ?? URL(fileURLWithPath: self.database).deletingLastPathComponent()
    for experiment in chosen {
      let results = ExperimentResults(experiment, runs: try database.runs(of: experiment))
      let folder = root.appending(path: folders[experiment.name] ?? FolderName.clean(experiment.name))
      let lines = TerminalReport(results: results).lines(width: console.output.width, styled: console.output.styled)
      for line in lines { console.data(line) }
      let charts = try [Chart.lossCurves, Chart.lossByLearningRate].compactMap { try $0(results, database) }
      try ReportFolder(results: results, folder: folder).write(charts: charts, gnuplot: gnuplot)
      console.data("\nTables and charts: \(folder.relativePath)\n")
    }
  }

  /// Starts the program; ends it with the exit codes of the README.
  static func main() {
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch {
      guard let code = ExitCode(worded: error) else { exit(withError: error) }
      Console.standard.note("report: \(error)")
      exit(withError: code)
    }
  }
}

extension ExitCode {
  /// The code for an error that is worded for the user; nil for any other: 66 for a file that isn't there, 65 for data
  /// or a folder that can't be used, 1 for a chart that can't be drawn.
  init?(worded error: any Error) {
    switch error {
    case let error as ResultsDatabaseError: if case .missing = error { self.init(66) } else { self.init(65) }
    case is ReportError: self.init(65)
    case is Gnuplot.Failure: self.init(1)
    default: return nil
    }
  }
}
