import ArgumentParser
import BuildInfo
import Experiments
import Foundation
import Model
import Terminal

@main
struct SweepCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sweep",
    abstract: "Train every small transformer that you are wondering about.",
    discussion: """
      A spec is a JSON file whose keys may hold several values; every combination is trained, and every step, evaluation \
      and sample is kept in a SQLite database. `report` renders tables and charts from it.
      """,
    version: versionWithCommit,
    subcommands: [
      RunCommand.self, InitCommand.self, PlanCommand.self, StatusCommand.self, SampleCommand.self, EvalCommand.self,
      CleanCommand.self,
      DeleteCommand.self, ExportDatabaseCommand.self, SchemaCommand.self,
    ],
    defaultSubcommand: RunCommand.self)

  /// Starts the program; ends it with the exit codes of `ExitStatus`.
  static func main() {
    if let complaint = Processor.complaint() {
      Console.standard.note("sweep: \(complaint)")
      exit(withError: ExitStatus.badMachine)
    }
    Vectors.prepareProducts(features: Processor.features ?? [])
    // A file that may not grow is told by the error of the write, not by the end of the process.
    signal(SIGXFSZ, SIG_IGN)
    Machine.spareAddresses()
    program { ExitCode(worded: $0) }
  }
}
