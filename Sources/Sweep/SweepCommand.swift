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
      RunCommand.self, InitCommand.self, PlanCommand.self, CheckCommand.self, StatusCommand.self, SampleCommand.self,
      EvalCommand.self,
      SlurmCommand.self, ExportCommand.self, MergeCommand.self, CleanCommand.self, DeleteCommand.self,
      ExportDatabaseCommand.self, SchemaCommand.self,
    ],
    defaultSubcommand: RunCommand.self)

  /// Starts the program; ends it with the exit codes of `ExitStatus`.
  static func main() {
    if let complaint = Processor.complaint() {
      Console.standard.note("sweep: \(complaint)")
      exit(withError: ExitStatus.badMachine)
    }
    spareAddresses()
    Vectors.prepareProducts(features: Processor.features ?? [])
    program { ExitCode(worded: $0) }
  }

  /// Where addresses are limited, starts the program anew with a BLAS of one thread: each thread more takes 128 MB of them when the BLAS
  /// is loaded, or tries to without end.
  private static func spareAddresses() {
    let (variable, program) = ("OPENBLAS_NUM_THREADS", "/proc/self/exe")
    guard ProcessLimits.areOfMemory, getenv(variable) == nil,
      // The process keeps its name.
      let path = try? FileManager.default.destinationOfSymbolicLink(atPath: program)
    else { return }
    setenv(variable, "1", 1)
    execv(path, CommandLine.unsafeArgv)
  }
}
