import Foundation
import Testing

/// Files beside the database are named by what they hold: what two databases in one folder, a link, a copy and an edit do to them.
@Suite(.timeLimit(.minutes(10)))
struct ResultFilesTests {
  private let place: Workplace
  private static let sizes =
    #""d_model": 8, "heads": 2, "layers": 1, "context_length": 8, "batch_size": 1, "eval_tokens": 64, "sample_tokens": 8"#
  /// Never ends.
  private static let endless = "{\"steps\": 100000000, \(sizes)}"

  init() throws { place = try Workplace() }

  private func weights() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: place.path("results/weights").path).sorted()
  }

  @Test("Two databases in one folder keep each its own runs' weights, and neither deletes what the other needs")
  func twoDatabases() throws {
    try place.write("{\"steps\": 4, \"lr\": [0.001, 0.01], \(Self.sizes)}", to: "a.json")
    try place.write("{\"steps\": 4, \"lr\": [0.01, 0.1], \"tokenizer\": \"byte\", \(Self.sizes)}", to: "b.json")
    try place.write("{\"steps\": 4, \"lr\": 0.01, \(Self.sizes)}", to: "c.json")
    let (a, b) = (["--database", "results/a.sqlite"], ["--database", "results/b.sqlite"])
    #expect(try place.run("sweep", ["a.json"] + a).status == 0)
    let sampled = try place.run("sweep", ["sample", "1", "--prompt", "The"] + a)
    #expect(try place.run("sweep", ["b.json", "c.json"] + b).status == 0)
    #expect(try place.run("sweep", ["sample", "1", "--prompt", "The"] + a) == sampled)
    // Four kinds of weights: the run of c.json is one of a.json's.
    #expect(try weights().count == 4)
    for database in [a, b] {
      #expect(try place.run("sweep", ["clean"] + database).output == "Nothing to remove.\n")
    }
    #expect(try place.run("sweep", ["delete", "c", "--yes"] + b).status == 0)
    #expect(try weights().count == 4)
    #expect(try place.run("sweep", ["delete", "b", "--yes"] + b).status == 0)
    #expect(try weights().count == 2)
    #expect(try place.run("sweep", ["sample", "2", "--prompt", "The"] + a).status == 0)
  }

  @Test("A run that is interrupted by one path to the database goes on by another, be it a link, a copy or a new name")
  func paths() throws {
    try place.write(Self.endless, to: "s.json")
    /// Trains for a while; returns the step from which the run went on.
    func interrupted(_ database: String) throws -> Int {
      let sweep = try place.start("sweep", ["s.json", "--database", database])
      #expect(sweep.writes(": seed 0"))
      sweep.signal(SIGINT)
      let errors = sweep.outcome().errors
      return errors.firstMatch(of: /resumed .*after step ([0-9]+)\n/).flatMap { Int($0.1) } ?? 0
    }
    func stepsDone(_ database: String) throws -> Int {
      try Int(place.query("SELECT steps_done FROM runs", database: database)[0]) ?? -1
    }
    #expect(try interrupted("results/results.sqlite") == 0)
    try FileManager.default.createDirectory(at: place.path("elsewhere"), withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(
      atPath: place.path("elsewhere/link.sqlite").path, withDestinationPath: "../results/results.sqlite")
    var done = try stepsDone("results/results.sqlite")
    #expect(try interrupted("elsewhere/link.sqlite") == done)
    done = try stepsDone("results/results.sqlite")
    try FileManager.default.copyItem(at: place.path("results/results.sqlite"), to: place.path("results/copy.sqlite"))
    #expect(try interrupted("results/copy.sqlite") == done)
    #expect(try interrupted("results/results.sqlite") == done)
    done = try stepsDone("results/results.sqlite")
    try FileManager.default.moveItem(at: place.path("results/results.sqlite"), to: place.path("results/new.sqlite"))
    #expect(try interrupted("results/new.sqlite") == done)
  }

  @Test("An edit of what is only looked at draws the last samples from the weights, and says what can't be made")
  func lateSamples() throws {
    func spec(_ members: String) -> String { "{\"steps\": 8, \"prompts\": [\"The\"], \(members), \(Self.sizes)}" }
    try place.write(spec("\"eval_every\": 4"), to: "s.json")
    try place.sweep("s.json")
    let before = try place.query("SELECT * FROM steps")
    try place.write(spec("\"eval_every\": 2, \"sample_every\": 4, \"temperature\": 0"), to: "s.json")
    let missing =
      "s: 2 evaluations and 1 sample that the spec now asks for can't be made: the runs were over before, and of a "
      + "finished run only the weights of its last step are kept.\n"
    #expect(try place.sweep("plan", "s.json").output.contains(missing))
    let edited = try place.sweep("s.json")
    #expect(edited.summary == "1 run: 1 finished\n")
    #expect(edited.errors == "s: 1 sample of finished runs drawn from their weights.\n" + missing)
    #expect(try place.sweep("s.json").errors == missing)
    #expect(try place.query("SELECT * FROM steps") == before)
    // The same as if it had been asked for from the beginning.
    let fresh = try Workplace()
    try fresh.write(spec("\"eval_every\": 2, \"sample_every\": 4, \"temperature\": 0"), to: "s.json")
    try fresh.sweep("s.json")
    let sample = "SELECT prompt, text FROM samples WHERE temperature = 0 AND step = 8"
    #expect(try place.query(sample) == fresh.query(sample))
    #expect(try place.query("SELECT count(*) FROM sample_grid") == ["1"])
  }

  @Test("A copy may have any name, be it written like an address")
  func exportedNames() throws {
    try place.write("{\"steps\": 4, \(Self.sizes)}", to: "s.json")
    try place.sweep("s.json")
    for name in ["file:copy", "file:b?mode=ro"] {
      #expect(try place.sweep("export-db", name).output == "Wrote \(name).\n")
      #expect(try place.run("sweep", ["status", "--database", name]).status == 0)
    }
    let files = try FileManager.default.contentsOfDirectory(atPath: place.folder.path)
    #expect(!files.contains { $0.hasSuffix(".new") }, "\(files)")
  }

  @Test("Weights that can't be used say how the run gets others")
  func badWeights() throws {
    try place.write("{\"steps\": 4, \(Self.sizes)}", to: "s.json")
    try place.sweep("s.json")
    let file = try place.path(place.weights(ofRun: 1))
    let wayBack = "`sweep delete EXPERIMENT` and the spec once more train run 1 anew, to the same bits.\n"
    try Data("text".utf8).write(to: file)
    #expect(try place.sweep("sample", "1").errors.hasSuffix("isn't a safetensors file (it has 4 bytes). " + wayBack))
    unlink(file.path)
    try FileManager.default.createDirectory(at: file, withIntermediateDirectories: true)
    let folder = try place.sweep("sample", "1")
    #expect(folder.status == 66 && folder.errors.hasSuffix(wayBack), "\(folder)")
  }

  @Test("A folder or database that may not be read is said to be so, and nothing is deleted on a guess")
  func permissions() throws {
    try place.write("{\"steps\": 4, \(Self.sizes)}", to: "s.json")
    try place.sweep("s.json")
    let results = place.path("results").path
    func unprivileged(_ arguments: String) throws -> Workplace.Outcome {
      try place.run("/bin/sh", ["-c", Workplace.unprivileged("\(Workplace.programs.path)/sweep \(arguments)")])
    }
    #expect(chmod(results + "/results.sqlite", 0o000) == 0)
    for command in ["status", "plan s.json", "clean", "delete s --yes"] {
      let outcome = try unprivileged(command)
      #expect(outcome.status == 65)
      #expect(outcome.errors.hasPrefix("sweep: results/results.sqlite: permission denied."), "\(command): \(outcome)")
    }
    #expect(chmod(results + "/results.sqlite", 0o666) == 0 && chmod(results, 0o000) == 0)
    for command in ["status", "plan s.json", "sample 1", "clean"] {
      let outcome = try unprivileged(command)
      #expect(outcome.errors.hasPrefix("sweep: results/results.sqlite: permission denied."), "\(command): \(outcome)")
    }
    #expect(
      try unprivileged("plan results/s.json").errors
        == "results/s.json: can't be reached; check the permissions of its folder.\n")
    try place.write("{\"corpus\": \"results/text.txt\", \(Self.sizes)}", to: "t.json")
    #expect(
      try unprivileged("plan t.json").errors
        == "t.json: corpus: results/text.txt: can't be read (its folder may not be entered). Check its permissions with "
        + "`ls -l results/text.txt`.\n")
    #expect(chmod(results, 0o333) == 0)
    let outcome = try unprivileged("delete s --yes")
    #expect(
      outcome.errors.contains("can't be listed, so nobody knows which databases need the files in it"), "\(outcome)")
    #expect(chmod(results, 0o755) == 0)
    #expect(try weights().count == 1)
  }

  @Test("A run whose number belonged to another is never stored with the other's training")
  func numbers() throws {
    try place.write("{\"steps\": 4, \"lr\": [0.1, 0.2], \(Self.sizes)}", to: "b.json")
    try place.sweep("b.json")
    #expect(try place.sweep("delete", "b", "--yes").status == 0)
    try place.write("{\"steps\": 6, \"lr\": [0.3, 0.4], \(Self.sizes)}", to: "c.json")
    try place.sweep("c.json")
    #expect(try place.query("SELECT id, lr, steps_done FROM runs ORDER BY id") == ["3|0.3|6", "4|0.4|6"])
  }

  @Test("No sample is drawn from a weight file that holds another run's model, be it of the same sizes")
  func foreignWeights() throws {
    try place.write("{\"steps\": 40, \"lr\": [0.001, 0.1], \"prompts\": [\"The\"], \(Self.sizes)}", to: "s.json")
    try place.sweep("s.json")
    let (own, other) = try (place.path(place.weights(ofRun: 1)), place.path(place.weights(ofRun: 2)))
    try Data(contentsOf: other).write(to: own)
    try place.write(
      "{\"steps\": 40, \"lr\": [0.001, 0.1], \"prompts\": [\"The\"], \"temperature\": 0.5, \(Self.sizes)}", to: "s.json"
    )
    let outcome = try place.sweep("s.json")
    #expect(outcome.status == 0)
    #expect(outcome.errors.contains("s: samples of run 1 can't be drawn: results/weights/"), "\(outcome)")
    #expect(outcome.errors.contains("s: 1 sample of finished runs drawn from their weights.\n"))
    #expect(try place.query("SELECT run_id FROM samples WHERE temperature = 0.5") == ["2"])
  }

  @Test("Nothing is cleaned or deleted beside a database that is cut short: nobody knows what it needs")
  func damagedNeighbour() throws {
    try place.write("{\"steps\": 4, \(Self.sizes)}", to: "a.json")
    try place.write("{\"steps\": 4, \"lr\": 0.01, \(Self.sizes)}", to: "b.json")
    #expect(try place.run("sweep", ["a.json", "--database", "results/a.sqlite"]).status == 0)
    #expect(try place.run("sweep", ["b.json", "--database", "results/b.sqlite"]).status == 0)
    let neighbour = place.path("results/b.sqlite")
    try Data(contentsOf: neighbour).prefix(50).write(to: neighbour)
    for command in [["clean"], ["delete", "a", "--yes"]] {
      let outcome = try place.run("sweep", command + ["--database", "results/a.sqlite"])
      #expect(outcome.status == 65, "\(outcome)")
      #expect(outcome.errors.contains("results/b.sqlite: can't be read"), "\(outcome)")
    }
    #expect(try weights().count == 2)
  }

  @Test("A database that got another name keeps its runs' checkpoints when one that took its name is cleaned")
  func renamedDatabase() throws {
    try place.write(Self.endless, to: "long.json")
    try place.write("{\"steps\": 4, \(Self.sizes)}", to: "s.json")
    let sweep = try place.start("sweep", ["long.json"])
    #expect(sweep.writes("started"))
    sweep.signal(SIGINT)
    #expect(sweep.outcome().status == 130)
    let checkpoint = try place.path(place.checkpoint(ofRun: 1)).path
    try FileManager.default.moveItem(at: place.path("results/results.sqlite"), to: place.path("results/old.sqlite"))
    #expect(try place.sweep("s.json").status == 0)
    #expect(try place.sweep("clean").output == "Nothing to remove.\n")
    #expect(FileManager.default.fileExists(atPath: checkpoint))
  }

  @Test(
    "Checkpoints of a database that is gone are cleaned with their folder; a link to a database is no other database")
  func goneDatabase() throws {
    try place.write("{\"steps\": 4, \(Self.sizes)}", to: "s.json")
    try place.sweep("s.json")
    let folder = place.path("results/checkpoints/gone.sqlite")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let name = String(repeating: "0", count: 32) + ".checkpoint"
    for path in ["results/checkpoints/gone.sqlite/\(name)", "results/checkpoints/run-7.checkpoint"] {
      try Data("old".utf8).write(to: place.path(path))
    }
    try FileManager.default.createSymbolicLink(
      atPath: place.path("results/link.sqlite").path, withDestinationPath: "results.sqlite")
    #expect(
      try place.sweep("clean").output == """
        removed results/checkpoints/run-7.checkpoint
        removed results/checkpoints/gone.sqlite/\(name)
        2 files, 6 B removed.

        """)
    #expect(!FileManager.default.fileExists(atPath: folder.path))
  }

  @Test("What a diverged run was never asked for on its way is said to be missing too, up to where it came")
  func missingOfDiverged() throws {
    func spec(_ every: Int) -> String {
      "{\"steps\": 400, \"optimizer\": \"sgd\", \"lr\": 100000, \"grad_clip\": 0, \"eval_every\": \(every), \(Self.sizes)}"
    }
    try place.write(spec(400), to: "s.json")
    #expect(try place.sweep("s.json").summary == "1 run: 1 diverged\n")
    let steps = try Int(place.query("SELECT steps_done FROM runs")[0]) ?? 0
    try place.write(spec(1), to: "s.json")
    let missing = steps == 2 ? "1 evaluation" : "\(steps - 1) evaluations"
    #expect(try place.sweep("plan", "s.json").output.contains("s: \(missing) that the spec now asks for can't be made"))
  }
}
