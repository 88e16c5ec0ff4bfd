import Foundation
import GRDB
import Testing

/// Shares of a sweep in databases of their own, and how they become one.
@Suite(.timeLimit(.minutes(10)))
struct ShardTests {
  private let place: Workplace
  private static let sizes =
    #""d_model": 8, "heads": 2, "layers": 1, "context_length": 8, "batch_size": 1, "eval_tokens": 64, "sample_tokens": 8"#
  /// Runs of which one diverges, and a second spec that has some of them and looks at them in its own way.
  private static let specs = [
    "a.json": "{\"steps\": [4, 6], \"lr\": [0.001, 0.01, 0.03], \"seeds\": 2, \(sizes)}",
    "b.json": "{\"steps\": 6, \"lr\": [0.01, 0.1], \"sample_every\": 2, \"eval_every\": 3, \(sizes)}",
  ]
  private static let names = ["a.json", "b.json"]
  /// What tells an experiment's tables apart from another sweep's.
  private static let grid = """
    SELECT e.name, e.axes, e.measuring, e.metric, e.floor_bits_per_byte, x.position, x.in_grid, x.point, r.config, r.seed
    FROM experiments e JOIN experiment_runs x ON x.experiment_id = e.id JOIN runs r ON r.id = x.run_id ORDER BY 1, 6
    """
  private static let versions = """
    SELECT name, version, s.spec, s.spec_path FROM spec_versions s JOIN experiments e ON e.id = experiment_id ORDER BY 1, 2
    """

  init() throws {
    place = try Workplace()
    for (name, spec) in Self.specs { try place.write(spec, to: name) }
  }

  private static let reference = Result {
    let tests = try ShardTests()
    #expect(try tests.place.run("sweep", names).status == 0)
    return (
      results: try SweepResults(of: tests.place), grid: try tests.place.query(grid),
      versions: try tests.place.query(versions)
    )
  }

  private func train(shards count: Int) throws {
    for index in 1...count {
      let outcome = try place.run("sweep", Self.names + ["--shard", "\(index)/\(count)", "--jobs", "1"])
      #expect(outcome.status == 0, "\(outcome)")
      #expect(outcome.output.contains("When all shards are done: "))
    }
  }

  private func expectWhole(_ story: String) throws {
    let reference = try Self.reference.get()
    try SweepResults(of: place).expectSame(as: reference.results, story)
    #expect(try place.query(Self.grid) == reference.grid, "\(story)")
    #expect(try place.query(Self.versions) == reference.versions, "\(story)")
    for folder in ["results", "results/weights", "results/checkpoints/results.sqlite"] {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: place.path(folder).path)) ?? []
      #expect(!names.contains { $0.hasSuffix(".new") || $0.hasSuffix(".checkpoint") }, "\(story): \(names)")
    }
    #expect(try place.sweep("clean").output == "Nothing to remove.\n", "\(story)")
  }

  @Test("Shards that are trained apart and merged are one sweep, bit for bit, and merged twice they change nothing")
  func together() throws {
    try train(shards: 3)
    #expect(!FileManager.default.fileExists(atPath: place.path("results/results.sqlite").path))
    let status = try place.sweep("status").output.split(separator: "\n")
    #expect(status.count > 3 && status[0].hasPrefix(" shard"), "\(status)")
    #expect(["1-of-3", "2-of-3", "3-of-3"].allSatisfy { shard in status.contains { $0.hasPrefix(shard) } })
    let merged = try place.sweep("merge", "results/shards")
    #expect(merged.status == 0, "\(merged)")
    #expect(merged.errors == "")
    let lines = merged.output.split(separator: "\n")
    #expect(lines.count == 3 && lines.allSatisfy { $0.contains("runs merged, 0 known before") }, "\(lines)")
    try expectWhole("merged")
    let before = try place.query("SELECT * FROM runs")
    let again = try place.sweep("merge", "results/shards")
    #expect(again.output.split(separator: "\n").allSatisfy { $0.contains(": 0 runs merged, ") }, "\(again)")
    #expect(try place.query("SELECT * FROM runs") == before)
    try expectWhole("merged twice")
    // Nothing is left to train, here or in a shard.
    #expect(try place.run("sweep", Self.names).errors == "")
    let shard = try place.run("sweep", Self.names + ["--shard", "1/2"])
    #expect(shard.status == 0)
    #expect(!shard.errors.contains("started"), "\(shard)")
    #expect(try place.query("SELECT DISTINCT state FROM runs", database: "results/shards/1-of-2.sqlite") == ["queued"])
    try place.sweep("merge", "results/shards")
    try expectWhole("merged with a shard that had nothing to do")
  }

  @Test("A merge that is killed at any moment goes on when it is run again")
  func killed() throws {
    try train(shards: 2)
    for moment in [0.0, 0.005, 0.01, 0.015, 0.02, 0.03, 0.04, 0.06] {
      let merge = try place.start("sweep", ["merge", "results/shards"])
      if moment > 0 { merge.opens("results.sqlite") }
      _ = merge.ends(within: moment)
      merge.kill9()
      if moment == 0.02 {
        // Whatever it has left is sound.
        _ = try SweepResults(of: place)
      }
    }
    #expect(try place.sweep("merge", "results/shards").status == 0)
    try expectWhole("killed")
  }

  @Test("A run that is interrupted in a shard goes on from its checkpoint in the merged database")
  func unfinished() throws {
    try place.write("{\"steps\": 100000000, \(Self.sizes)}", to: "long.json")
    let sweep = try place.start("sweep", ["long.json", "--shard", "1/1"])
    #expect(sweep.writes(": seed 0"))
    let refused = try place.sweep("merge", "results/shards")
    #expect(refused.status == 65)
    #expect(refused.errors.contains("trains run 1. Nothing of it was merged"), "\(refused)")
    // One that waits comes to its end when the process does.
    let waiting = try place.start("sweep", ["merge", "results/shards", "--wait", "600"])
    waiting.opens("results.sqlite")
    sweep.signal(SIGINT)
    _ = sweep.outcome()
    let merged = waiting.outcome()
    #expect(merged.status == 0 && merged.errors == "", "\(merged)")
    #expect(merged.output.contains("1 run merged"))
    let done = try #require(try place.query("SELECT steps_done FROM runs").first)
    #expect(Int(done) ?? 0 > 0)
    // The same once more changes nothing.
    #expect(try place.sweep("merge", "results/shards").output.contains("0 runs merged, 1 known before"))
    let here = try place.start("sweep", ["long.json"])
    #expect(here.writes("after step \(done)\n"))
    here.signal(SIGINT)
    #expect(here.outcome().errors.contains("resumed"))
    // What came further here stays.
    let further = try place.query("SELECT steps_done FROM runs")
    #expect(try place.sweep("merge", "results/shards").output.contains("0 runs merged, 1 known before"))
    #expect(try place.query("SELECT steps_done FROM runs") == further)
  }

  @Test("Of a run with two results the first stays, and both are told; where each was trained stays too")
  func conflict() throws {
    try place.run("sweep", ["b.json", "--database", "one/r.sqlite"])
    try place.run("sweep", ["b.json", "--database", "two/r.sqlite"])
    try DatabaseQueue(path: place.path("two/r.sqlite").path).write {
      try $0.execute(sql: "UPDATE runs SET final_loss = 1.5, host = 'other', cpu = 'another' WHERE id = 1")
      try $0.execute(sql: "UPDATE runs SET host = 'other' WHERE id = 2")
    }
    let merged = try place.sweep("merge", "two/r.sqlite", "one/r.sqlite")
    #expect(merged.status == 0)
    #expect(
      merged.output
        == "two/r.sqlite: 2 runs merged, 0 known before\none/r.sqlite: 0 runs merged, 1 known before, 1 conflict\n")
    #expect(merged.errors.hasPrefix("run 1 has another result in one/r.sqlite: finished with a loss of "), "\(merged)")
    #expect(merged.errors.contains("kept is: finished with a loss of 1.5 on other (another"), "\(merged)")
    #expect(try place.query("SELECT final_loss FROM runs WHERE id = 1") == ["1.5"])
    #expect(try place.query("SELECT DISTINCT host FROM runs") == ["other"])
  }

  @Test("What a check measured of runs comes along, of those that the database lacks and of those that both have")
  func coordinates() throws {
    try place.write(
      "{\"steps\": 4, \(Self.sizes.replacing("8, \"heads\"", with: "[8, 16], \"heads\""))}", to: "grown.json")
    let check = try place.run("sweep", ["check", "grown.json", "--database", "one/r.sqlite"])
    #expect(check.output.contains("logits"), "\(check)")
    #expect(try place.run("sweep", ["grown.json", "--database", "two/r.sqlite"]).status == 0)
    try FileManager.default.copyItem(at: place.path("two"), to: place.path("three"))
    let rows =
      "SELECT r.config, c.step, c.tensor, c.mean_abs FROM coordinates c JOIN runs r ON r.id = c.run_id ORDER BY 1, 2, 3"
    let measured = try place.query(rows, database: "one/r.sqlite")
    #expect(try place.run("sweep", ["merge", "one/r.sqlite"]).status == 0)
    #expect(try place.query(rows) == measured)
    // Now with a result.
    #expect(try place.run("sweep", ["merge", "two/r.sqlite"]).status == 0)
    #expect(try place.query(rows) == measured)
    #expect(try place.run("sweep", ["merge", "one/r.sqlite", "--database", "three/r.sqlite"]).status == 0)
    #expect(try place.query(rows, database: "three/r.sqlite") == measured)
  }

  @Test("What can't be merged is told, the rest is merged, and nothing of the former changes")
  func mistakes() throws {
    #expect(try place.run("sweep", ["b.json", "--shard", "1/1"]).status == 0)
    try place.write("text", to: "results/shards/text.sqlite")
    try place.write("{\"name\": \"b\", \"steps\": 3, \(Self.sizes)}", to: "other.json")
    #expect(try place.run("sweep", ["other.json", "--database", "other/r.sqlite"]).status == 0)
    let merged = try place.sweep("merge", "results/shards/text.sqlite", "results/shards", "other/r.sqlite")
    #expect(merged.status == 65)
    #expect(merged.output == "results/shards/1-of-1.sqlite: 2 runs merged, 0 known before\n")
    #expect(merged.errors.contains("text.sqlite: isn't a SQLite database"), "\(merged)")
    #expect(merged.errors.contains("other/r.sqlite: \"b\" is the name of another spec there"), "\(merged)")
    #expect(try place.query("SELECT count(*) FROM runs") == ["2"])
    #expect(try place.sweep("merge", "gone").status == 66)
    #expect(try place.sweep("merge", "other/weights").errors.contains("holds no database"))
    #expect(try place.sweep("merge", "results/results.sqlite").status == 64)
    #expect(try place.run("sweep", ["b.json", "--shard", "2/1"]).errors.contains("write 1/1 to 1/1"))
    let none = try place.run("sweep", ["b.json", "--shard", "3/3"])
    #expect(none.output.hasPrefix("0 runs: there are more shards than runs.\n"), "\(none)")
  }

  @Test("An edited spec's runs are the grid, whichever of its versions is merged first", arguments: [false, true])
  func edited(isNewFirst: Bool) throws {
    try place.run("sweep", ["b.json", "--database", "old/r.sqlite"])
    try FileManager.default.copyItem(at: place.path("old"), to: place.path("new"))
    try place.write("{\"steps\": 6, \"lr\": [0.01, 0.2], \(Self.sizes)}", to: "b.json")
    try place.run("sweep", ["b.json", "--database", "new/r.sqlite"])
    let sources = ["old/r.sqlite", "new/r.sqlite"]
    #expect(try place.run("sweep", ["merge"] + (isNewFirst ? sources.reversed() : sources)).status == 0)
    let grid = "SELECT lr, in_grid FROM runs JOIN experiment_runs ON run_id = id ORDER BY lr"
    #expect(try place.query(grid) == ["0.01|1", "0.1|0", "0.2|1"])
    #expect(try place.query("SELECT version, spec FROM spec_versions ORDER BY version").count == 2)
    #expect(try place.query(Self.grid) == place.query(Self.grid, database: "new/r.sqlite"))
  }
}
