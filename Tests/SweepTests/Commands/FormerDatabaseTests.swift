import Foundation
import Testing

/// A database that the program left before schema 3, with its files, specs and runs: finished, diverged, interrupted, queued, and two
/// that were trained twice because only their samples differed.
@Suite(.timeLimit(.minutes(10)))
struct FormerDatabaseTests {
  private let place: Workplace

  init() throws {
    place = try Workplace()
    let fixture = try #require(
      Bundle.module.url(forResource: "version-2", withExtension: nil, subdirectory: "Fixtures"))
    for name in try FileManager.default.contentsOfDirectory(atPath: fixture.path) {
      try FileManager.default.copyItem(at: fixture.appending(path: name), to: place.path(name))
    }
  }

  private static let over = "SELECT count(*) FROM runs WHERE state IN ('finished', 'diverged')"

  @Test("Not one run that is over is trained again, whatever each spec looks at")
  func nothingAgain() throws {
    let steps = "SELECT run_id, step, loss, seconds FROM steps WHERE run_id <= 16 ORDER BY 1, 2"
    let before = try place.query(steps)
    let outcome = try place.sweep("fixture.json", "again.json")
    #expect(outcome.status == 0)
    #expect(outcome.summary == "16 runs: 12 finished, 4 diverged\n")
    #expect(outcome.errors == "")
    #expect(try place.query(steps) == before)
    #expect(try place.query(Self.over) == ["16"])
    #expect(try place.query("SELECT count(*) FROM runs WHERE id > 18") == ["0"])
  }

  @Test(
    "An interrupted run goes on from the checkpoint that bears its number, and weights are found by their former names")
  func goesOn() throws {
    let outcome = try place.sweep("long.json")
    #expect(outcome.status == 0)
    #expect(outcome.errors.contains("resumed   run 17: lr 0.001, seed 0, after step 23\n"), "\(outcome)")
    #expect(!outcome.errors.contains("can't serve"))
    #expect(outcome.summary == "2 runs: 2 finished\n")
    #expect(try place.query("SELECT count(*), max(step) FROM steps WHERE run_id = 17") == ["40|40"])
    #expect(try place.sweep("sample", "1", "--prompt", "Once", "--tokens", "0").output == "Once\n")
    // The files of the two runs that were merged, and the checkpoint that served.
    #expect(
      try place.sweep("clean").output.hasPrefix(
        """
        removed results/checkpoints/run-17.checkpoint
        removed results/weights/run-19.safetensors
        removed results/weights/run-20.safetensors
        3 files
        """))
  }

  @Test("The axes of what was stored before follow from its spec, and the report reads them")
  func axes() throws {
    #expect(try place.sweep("status").status == 0)
    #expect(
      try place.query("SELECT axes FROM experiments WHERE name = 'fixture'") == [
        #"[{"key":"d_model","values":[8,12]},{"key":"optimizer","values":["adamw","sgd"]},"#
          + #"{"key":"lr","values":[0.001,0.01,0.1,100000]}]"#
      ])
    let report = try place.report("--pivot", "d_model,lr", "fixture")
    #expect(report.status == 0, "\(report)")
  }
}

/// A database that the program left before schema 4, with words that are unknown: three finished runs and an interrupted one.
@Suite(.timeLimit(.minutes(10)))
struct UncountedWordsTests {
  private let place: Workplace

  init() throws {
    place = try Workplace()
    let fixture = try #require(
      Bundle.module.url(forResource: "version-3", withExtension: nil, subdirectory: "Fixtures"))
    for name in try FileManager.default.contentsOfDirectory(atPath: fixture.path) {
      try FileManager.default.copyItem(at: fixture.appending(path: name), to: place.path(name))
    }
  }

  @Test(
    "Finished runs keep their bits and aren't ranked by bits per byte that hide unknown words; eval_bytes ranks them anew"
  )
  func finished() throws {
    let columns =
      "SELECT id, final_loss, final_bits_per_byte, floor_loss, unknown_tokens, held_out_sha256, cpu_seconds FROM runs"
    let before = try place.query("SELECT id, final_loss, final_bits_per_byte, floor_loss, NULL, NULL, NULL FROM runs")
    let outcome = try place.sweep("unknown-words.json")
    #expect(outcome.summary == "3 runs: 3 finished\n", "\(outcome)")
    #expect(try place.query(columns) == before)
    #expect(try place.query("SELECT name, metric FROM experiments") == ["unknown-words|NULL", "long|final_loss"])
    let spec = try place.read("unknown-words.json").replacing("\"eval_tokens\": 64", with: "\"eval_bytes\": 200")
    try place.write(spec.replacing("{\"d_model", with: "{\"name\": \"again\", \"d_model"), to: "again.json")
    #expect(try place.sweep("again.json").summary == "3 runs: 3 finished\n")
    #expect(
      try place.query(
        "SELECT DISTINCT metric, rank IS NULL, evaluated_bytes FROM leaderboard WHERE experiment = 'again'"
      ).count
        == 1)
    #expect(try place.query("SELECT metric FROM experiments WHERE name = 'again'") == ["final_bits_per_byte"])
    #expect(
      try place.query(
        "SELECT vocab_size, unknown_tokens > 0 FROM leaderboard WHERE experiment = 'again' AND tokenizer = 'word' ORDER BY 1"
      )
      .map { $0.hasSuffix("|1") } == [true, false])
  }

  @Test("An interrupted run goes on with what is measured now, but its processor time isn't known")
  func interrupted() throws {
    let outcome = try place.sweep("long.json")
    #expect(outcome.errors.contains("resumed   run 4: seed 0, after step 141\n"), "\(outcome)")
    #expect(outcome.summary == "1 run: 1 finished\n")
    #expect(
      try place.query(
        """
        SELECT unknown_tokens > 0, evaluated_tokens, length(held_out_sha256), final_standard_error > 0, cpu_seconds
        FROM runs WHERE id = 4
        """) == ["1|64|64|1|NULL"])
    #expect(
      try place.query("SELECT step, standard_error IS NULL FROM evaluations WHERE run_id = 4 ORDER BY step") == [
        "0|1", "100|1", "200|0", "300|0", "400|0",
      ])
  }
}
