import TestSupport
import Testing

@Suite(.timeLimit(.minutes(10)))
struct HelpTests {
  @Test(
    "The whole help of every command is as promised",
    arguments: [
      "", "run", "init", "plan", "check", "status", "sample", "eval", "slurm", "export", "merge", "clean", "delete",
      "export-db", "schema",
    ])
  func helpOfSweep(command: String) throws {
    let arguments = command.isEmpty ? ["--help"] : [command, "--help"]
    let outcome = try Workplace().run("sweep", arguments)
    #expect(outcome.status == 0)
    #expect(outcome.errors == "")
    try expectSnapshot(outcome.output, "help/sweep\(command.isEmpty ? "" : "-" + command).txt")
  }

  @Test("The whole help of report is as promised", arguments: ["", "experiments", "curves"])
  func helpOfReport(command: String) throws {
    let outcome = try Workplace().run("report", command.isEmpty ? ["--help"] : [command, "--help"])
    #expect(outcome.status == 0)
    #expect(outcome.errors == "")
    try expectSnapshot(outcome.output, "help/report\(command.isEmpty ? "" : "-" + command).txt")
  }
}
