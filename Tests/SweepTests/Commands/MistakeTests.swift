import Foundation
import GRDB
import Testing

/// A user's mistakes on the command line: what is said of each, in full, and the exit code.
@Suite(.timeLimit(.minutes(10)))
struct MistakeTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let command: String
    let status: Int32
    let errors: String

    init(_ command: String, _ status: Int32, _ errors: String) {
      (self.command, self.status, self.errors) = (command, status, errors)
    }

    var testDescription: String { command }
    /// The program's name and its arguments.
    var words: [String] { command.split(separator: " ").map(String.init) }
  }

  private static let usageOfRun = """
    Usage: sweep run <spec> ... [--quick] [--jobs <jobs>] [--threads-per-run <threads>] [--memory <gigabytes>] [--retry-failed] \
    [--fail-fast] [--shard <shard>] [--vectors <vectors>] [--database <path>]
      See 'sweep run --help' for more information.

    """

  private static let usageOfReport = """
    Usage: report experiments [<options>] [<experiment> ...]
      See 'report experiments --help' for more information.

    """
  private static let usageOfCurves = """
    Usage: report curves <run> ... [--database <path>]
      See 'report curves --help' for more information.

    """

  private static let cases = [
    Case(
      "sweep run", 64,
      "Error: Missing expected argument '<spec> ...'\n"
        + "Help:  <spec>  Spec files, such as experiments/*.json (- is standard input), and KEY=VALUE for keys of all of them.\n"
        + usageOfRun),
    Case("sweep ok.json --jobs 0", 64, "Error: --jobs is 0; write 1 to 1024.\n" + usageOfRun),
    Case("sweep ok.json --jobs -1", 64, "Error: --jobs is -1; write 1 to 1024.\n" + usageOfRun),
    Case(
      "sweep ok.json --memory -1", 64,
      "Error: --memory is -1.0; write a number of gigabytes, such as 8.\n" + usageOfRun),
    Case("report --top -1", 64, "Error: --top is -1; write 1 or more.\n" + usageOfReport),
    Case(
      "sweep ok.json --threads-per-run 0", 64, "Error: --threads-per-run is 0; write 1 to 1024.\n" + usageOfRun),
    Case(
      "sweep ok.json --jobs x", 64,
      "Error: The value 'x' is invalid for '--jobs <jobs>'\nHelp:  --jobs <jobs>  Runs that go side by side. "
        + "(default: as many as the machine has cores for)\n" + usageOfRun),
    Case(
      "sweep stauts", 64,
      "Error: \"stauts\" is neither a command nor a file. Did you mean `sweep status`?\n" + usageOfRun),
    Case("sweep lr=1", 64, "Error: Name at least one spec, such as experiments/*.json.\n" + usageOfRun),
    Case("sweep ok.json lrr=1", 65, "the command line: lrr: unknown key. Did you mean \"lr\"?\n"),
    Case("sweep gone.json", 66, "gone.json: no such file.\n"),
    Case("sweep plan gone.json", 66, "gone.json: no such file.\n"),
    Case("sweep folder", 65, "folder: is a folder; name the spec files in it, such as folder/*.json.\n"),
    Case(
      "sweep bad.json ok.json gone.json", 65,
      """
      bad.json: d_modle: unknown key. Did you mean "d_model"?
      bad.json: steps: "x" is a string; write a whole number from 1 to 100000000.
      gone.json: no such file.

      """),
    Case(
      "sweep ok.json same-name.json", 65,
      "same-name.json: name: \"ok\" is also the name of ok.json; give each its own \"name\".\n"),
    Case(
      "sweep billion.json", 65,
      "billion.json: spans 1000000000 runs; shorten its axes or seeds to at most 100000 runs.\n"),
    Case(
      "sweep ok.json --database text.sqlite", 65,
      "sweep: text.sqlite: isn't a SQLite database. Nothing was changed; name another file with --database.\n"),
    Case(
      "sweep ok.json --database foreign.sqlite", 65,
      "sweep: foreign.sqlite: is a SQLite database of another program. Nothing was changed; name another file with "
        + "--database.\n"),
    Case(
      "sweep ok.json --database newer.sqlite", 65,
      "sweep: newer.sqlite: was written by a newer version of this program (schema 6, this one knows 5). Nothing was "
        + "changed; update this program, or name another file with --database.\n"),
    Case(
      "sweep ok.json --database folder", 65,
      "sweep: folder: is a folder. Name a database file with --database, such as folder/results.sqlite.\n"),
    Case(
      "sweep ok.json --database text.sqlite/results.sqlite", 65,
      "sweep: text.sqlite/results.sqlite: a file stands where a folder is needed. Name another file "
        + "with --database.\n"),
    Case(
      "sweep status", 66,
      "sweep: results/results.sqlite: no such file. Train something first with `sweep run SPEC...`, or name the database "
        + "with --database.\n"),
    Case(
      "sweep sample 1", 66,
      "sweep: results/results.sqlite: no such file. Train something first with `sweep run SPEC...`, or name the database "
        + "with --database.\n"),
    Case("sweep eval gone.safetensors --text text.sqlite", 66, "sweep: gone.safetensors: no such file.\n"),
    Case(
      "sweep eval text.sqlite --text text.sqlite", 65,
      "sweep: text.sqlite: isn't a safetensors file (it has 6 bytes).\n"),
    Case(
      "report", 66,
      "report: results/results.sqlite: no such file. Train something first with `sweep run SPEC...`, or name the database "
        + "with --database.\n"),
    Case(
      "report --database newer.sqlite", 65,
      "report: newer.sqlite: was written by a newer version of this program (schema 6, this one knows 5). Nothing was "
        + "changed; update this program, or name another file with --database.\n"),
    Case(
      "report --compare 1 --format csv", 64,
      "Error: --compare takes two runs or configurations, such as --compare 1 2 or --compare lr=0.001 lr=0.01; name an experiment "
        + "before it.\n" + usageOfReport),
    Case("report --ascending", 64, "Error: --ascending goes with --sort.\n" + usageOfReport),
    Case("report --size 3in", 64, "Error: --size, --title and --font go with --figure.\n" + usageOfReport),
    Case("report --format pdf", 64, "Error: --format svg, png and pdf go with --figure.\n" + usageOfReport),
    Case("report --siunitx", 64, "Error: --siunitx, --caption and --label go with --format latex.\n" + usageOfReport),
    Case(
      "report --format latex --label a{b", 64,
      "Error: --label \"a{b\": use letters, digits and : - _ . / alone.\n" + usageOfReport),
    Case("report --top 0", 64, "Error: --top is 0; write 1 or more.\n" + usageOfReport),
    Case(
      "report curves", 64,
      "Error: Missing expected argument '<run> ...'\nHelp:  <run>  The runs' numbers.\n" + usageOfCurves),
  ]

  @Test("A mistake is told with its remedy and trains nothing", arguments: cases)
  func mistake(_ mistake: Case) throws {
    let place = try Workplace()
    try place.write("{\"steps\": 2}", to: "ok.json")
    try place.write("{\"steps\": 3, \"name\": \"ok\"}", to: "same-name.json")
    try place.write("{\"d_modle\": 3, \"steps\": \"x\"}", to: "bad.json")
    try place.write(
      """
      {"layers": {"from": 1, "to": 1000, "count": 1000}, "lr": {"from": 0.1, "to": 1, "count": 1000}, "seeds": 1000}
      """, to: "billion.json")
    try place.write("a text", to: "text.sqlite")
    try place.write("", to: "folder/empty")
    for (name, pragmas) in [
      ("foreign", ""), ("newer", "PRAGMA application_id = \(0x5357_4550); PRAGMA user_version = 6;"),
    ] {
      try DatabaseQueue(path: place.path("\(name).sqlite").path).writeWithoutTransaction { db in
        try db.execute(sql: pragmas + "CREATE TABLE t (x)")
      }
    }
    let files = ["text.sqlite", "foreign.sqlite", "newer.sqlite"]
    let before = try files.map { try Data(contentsOf: place.path($0)) }

    let outcome = try place.run(mistake.words[0], Array(mistake.words.dropFirst()))

    #expect(outcome == Workplace.Outcome(status: mistake.status, output: "", errors: mistake.errors))
    #expect(try files.map { try Data(contentsOf: place.path($0)) } == before)
    #expect(!FileManager.default.fileExists(atPath: place.path("results").path))
  }
}
