import Foundation
import Testing

/// The first spec for a text of one's own, and what a sweep does with a changed one.
@Suite(.timeLimit(.minutes(10)))
struct InitTests {
  private static let text = (0..<60).map { "line \($0 % 7) of \($0 % 5)\n" }.joined()

  @Test("The first spec is written beside an explanation of each key, and trains as it stands")
  func trains() throws {
    let place = try Workplace()
    try place.write(Self.text, to: "texts/my text.txt")
    let outcome = try place.sweep("init", "texts/my text.txt")
    #expect(outcome.status == 0)
    #expect(outcome.errors == "")
    #expect(outcome.output.hasPrefix("Wrote my text.json: 9 runs, about "))
    #expect(outcome.output.contains("\n\"corpus\": \"texts/my text.txt\""))
    #expect(outcome.output.contains("sweep 'my text.json' --quick\n"))
    let rehearsal = try place.sweep("my text.json", "--quick")
    #expect(rehearsal.status == 0)
    #expect(rehearsal.summary == "3 runs: 3 finished\n")
    let sweep = try place.sweep("my text.json")
    #expect(sweep.summary == "9 runs: 9 finished\n")
    #expect(sweep.output.contains("\nlr 0.01 has the lowest final validation loss: "))
  }

  @Test("A spec that is there stays")
  func overwriting() throws {
    let place = try Workplace()
    try place.write(Self.text, to: "t.txt")
    try place.write("mine", to: "t.json")
    let refused = try place.sweep("init", "t.txt")
    #expect(refused.status == 65)
    #expect(refused.output == "")
    #expect(
      refused.errors == "sweep: t.json: is there already, and stays. Name another file: sweep init TEXT SPEC.\n")
    #expect(try place.read("t.json") == "mine")
    #expect(try place.sweep("init", "t.txt", "other.json").status == 0)
    #expect(try place.sweep("init", "t.txt", "none/other.json").status == 65)
    #expect(try place.sweep("init", "none.txt").status == 66)
    #expect(try place.sweep("init", "t.txt", "-").status == 64)
  }

  @Test("The text is named from where the spec lies, also in the folder experiments and through a link")
  func paths() throws {
    let place = try Workplace()
    try place.write(Self.text, to: "texts/stories")
    try place.write("{}", to: "experiments/first.json")
    try FileManager.default.createSymbolicLink(at: place.path("linked"), withDestinationURL: place.path("experiments"))
    #expect(try place.sweep("init", "texts/stories").status == 0)
    #expect(try place.read("experiments/stories.json").contains("\"corpus\": \"../texts/stories\""))
    #expect(try place.sweep("init", "texts/stories", "linked/b.json").status == 0)
    #expect(try place.sweep("init", "texts/stories", "texts/c.json").status == 0)
    #expect(try place.read("texts/c.json").contains("\"corpus\": \"./stories\""))
    let plan = try place.sweep("plan", "experiments/stories.json", "linked/b.json", "texts/c.json")
    #expect(plan.status == 0, "\(plan)")
    #expect(plan.output.contains("\n9 runs, 0 done."))
  }
}

/// Keys changed on the command line, rehearsals and versions.
@Suite(.timeLimit(.minutes(10)))
struct CommandLineChangesTests {
  private static let spec = """
    {"d_model": 8, "heads": 2, "layers": 1, "context_length": 8, "batch_size": 2, "lr": [0.001, 0.01], "steps": 20,
     "eval_tokens": 64, "sample_tokens": 5, "seeds": 2}
    """

  @Test("A changed key makes another experiment; the spec's own results stay, and shared runs are trained once")
  func changes() throws {
    let place = try Workplace()
    try place.write(Self.spec, to: "s.json")
    try place.sweep("s.json")
    let changed = try place.sweep("s.json", "lr=[0.01,0.1]", "d_model=8")
    #expect(changed.status == 0)
    #expect(changed.summary == "4 runs: 4 finished\n")
    #expect(
      try place.query("SELECT experiment, count(*) FROM leaderboard GROUP BY 1 ORDER BY 1")
        == ["s|4", "s+d_model=8+lr=0.01,0.1|4"])
    #expect(try place.query("SELECT count(*) FROM runs") == ["6"])
    #expect(changed.output.contains("report s+d_model=8+lr=0.01,0.1\n"))
    #expect(try place.report("s+d_model=8+lr=0.01,0.1", "--format", "csv").output.split(separator: "\n").count == 3)
    #expect(try place.sweep("s.json", "lr=[0.01, 0.1]", "d_model=8").errors == "")
    #expect(try place.sweep("s.json", "lr=0.01", "name=mine").summary == "2 runs: 2 finished\n")
    try place.write(Self.spec, to: "lr=3.json")
    #expect(
      try place.sweep("plan", "lr=3.json", "steps=5").output.hasPrefix("lr=3+steps=5: 2 configurations, 2 seeds\n"))
    let wrong = try place.sweep("plan", "s.json", "lr=no")
    #expect(wrong.status == 65)
    #expect(wrong.errors == "the command line: lr: \"no\" is a string; write a number above 0 up to 1000000.\n")
    #expect(try place.sweep("lr=3").status == 64)
  }

  @Test("A rehearsal leaves the results alone: it has a database of its own")
  func rehearsal() throws {
    let place = try Workplace()
    try place.write(Self.spec, to: "s.json")
    let plan = try place.sweep("plan", "s.json", "--quick")
    #expect(plan.output.contains("\n2 runs, 0 done."))
    let outcome = try place.sweep("s.json", "--quick")
    #expect(outcome.summary == "2 runs: 2 finished\n")
    #expect(!FileManager.default.fileExists(atPath: place.path("results/results.sqlite").path))
    #expect(
      try place.query("SELECT steps_done, seed FROM runs ORDER BY id", database: "results/quick/results.sqlite")
        == ["2|0", "2|0"])
    #expect(outcome.output.contains("report s --database results/quick/results.sqlite\n"))
    #expect(try place.sweep("plan", "s.json", "--quick").output.contains("\n2 runs, 2 done."))
    #expect(try place.sweep("s.json", "--quick", "--database", "a/b.sqlite").status == 0)
    #expect(FileManager.default.fileExists(atPath: place.path("a/quick/b.sqlite").path))
  }

  @Test(
    "A sweep tells what is best so far whenever it changes, and ends with the leaders, the answer and the next commands"
  )
  func leaders() throws {
    let place = try Workplace()
    try place.write(Self.spec.replacing("[0.001, 0.01]", with: "[1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 2e-2]"), to: "s.json")
    let outcome = try place.sweep("s.json", "--jobs", "1")
    let told = outcome.errors.split(separator: "\n").filter { $0.hasPrefix("best so far: ") }
    #expect(told.count == 6)
    #expect(told.last?.firstMatch(of: /^best so far: [0-9.]+ \(1\) nats\/token, lr 0.02$/) != nil)
    #expect(outcome.errors.contains(" [12/12 after "))
    let lines = outcome.output.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    #expect(lines[0] == "12 runs: 12 finished")
    #expect(lines[2].hasPrefix("s: final validation loss, mean ± standard deviation over the finished seeds"))
    #expect(lines[4].hasPrefix("1    0.02  "))
    #expect(lines[8].hasPrefix("5  "))
    #expect(lines[9] == "and 1 more configuration")
    #expect(lines[10].hasPrefix("lr 0.02 has the lowest final validation loss: "))
    #expect(lines[lines.count - 3].hasPrefix("Next: ") && lines[lines.count - 3].hasSuffix("report s"))
    let sample = try #require(lines[lines.count - 2].firstMatch(of: /sweep sample ([0-9]+)$/)).1
    #expect(try place.query("SELECT lr FROM runs WHERE id = \(sample)") == ["0.02"])
    #expect(try place.sweep("sample", String(sample)).status == 0)
  }

  @Test("Both programs tell their version with the commit")
  func version() throws {
    let place = try Workplace()
    let sweep = try place.sweep("--version")
    #expect(sweep.status == 0)
    #expect(sweep.output.firstMatch(of: /^[0-9]+\.[0-9]+\.[0-9]+( \(commit [0-9a-f]{40,64}(-dirty)?\))?\n$/) != nil)
    #expect(try place.report("--version") == sweep)
  }
}
