import ArgumentParser
import Foundation
import Store
import Terminal

extension ReportCommand {
  struct CurvesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "curves",
      abstract: "Draw the losses of runs in the terminal.",
      discussion: """
        Validation loss against steps, or training loss for runs without evaluations. Needs gnuplot. The numbers of an \
        experiment's runs: select run_id, d_model, lr, final_loss from leaderboard.
        """)

    @Argument(help: ArgumentHelp("The runs' numbers.", valueName: "run"))
    var runs: [Int64]
    @OptionGroup var source: DatabaseOption

    func validate() throws {
      if runs.isEmpty { throw ValidationError("Name at least one run, such as `report curves 1 2`.") }
      if runs.count > TerminalCurves.most {
        throw ValidationError("\(runs.count) runs; name at most \(TerminalCurves.most).")
      }
    }

    func run() throws {
      let database = try source.reading()
      let chosen = try runs.map { try source.run($0, in: database) }
      guard let gnuplot = Gnuplot() else { throw Gnuplot.Failure(description: Gnuplot.remedy) }
      let console = Console.standard
      let curves = try TerminalCurves(chosen, database, width: console.output.width ?? 100)
      for line in curves.legend { console.data(line) }
      guard !curves.curves.isEmpty else { return console.note("No loss is recorded yet.") }
      console.output.write(try gnuplot.output(of: curves.script))
    }
  }
}
