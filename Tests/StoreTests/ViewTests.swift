import GRDB
import Store
import TestSupport
import Testing

/// The views against numbers computed by hand.
@Suite(.timeLimit(.minutes(10)))
struct ViewTests {
  /// Final losses by width and learning rate, one for each seed; nil: diverged.
  private static let losses: [(dModel: Int, lr: Double, [Double?])] = [
    (32, 0.001, [3, 3.5]), (32, 0.01, [2, 2.5]), (32, 0.1, [1, nil]),
    (64, 0.001, [2.25, 2.75]), (64, 0.01, [4, 4]), (64, 0.1, [nil, nil]),
  ]

  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    let database = try ResultsDatabase(path: folder.path("r.sqlite"))
    let runs = Self.losses.flatMap { dModel, lr, losses in
      losses.indices.map { run(dModel: dModel, lr: lr, seed: Int64($0)) }
    }
    let ends = Self.losses.flatMap { $0.2 }
    let recorder = RunRecorder(database, for: worker())
    let failed = run(dModel: 128, lr: 1)
    let stored = try database.store(
      experiment("e"),
      runs: (runs + [failed]).map { run in (run, run.settings.filter { ["d_model", "lr"].contains($0.key) }) })
    for (run, loss) in zip(stored, ends) {
      let id = try #require(run.reference)
      try database.begin(id)
      for step in 1...2 {
        try recorder.record(
          Step(
            step: step, loss: 5 - Double(step), lr: run.lr?.number ?? 0, gradNorm: 1, tokens: 128 * step, seconds: 1),
          of: id)
        try recorder.record(sample(step, text: "text \(step)"), of: id)
      }
      let final = Evaluation(step: 2, loss: loss ?? .nan, bitsPerByte: (loss ?? .nan) / 2, tokens: 64, seconds: 2)
      try recorder.record(final, of: id)
      try recorder.end(
        id,
        RunOutcome(
          state: loss == nil ? .diverged : .finished, reason: loss == nil ? "exploded" : nil, stepsDone: 2,
          final: loss == nil ? nil : final, best: final, seconds: 2, tokensPerSecond: 100))
    }
    if let id = stored.last?.reference {
      try database.begin(id)
      try recorder.end(id, RunOutcome(state: .failed, reason: "no memory", stepsDone: 0, seconds: 0))
    }
    try recorder.flush()
    try database.close()
  }

  private func query(_ sql: String) throws -> [String] { try folder.query("r.sqlite", sql) }

  @Test(
    "leaderboard ranks the finished runs, equal losses alike, and after them those of whose configuration a seed diverged"
  )
  func leaderboard() throws {
    #expect(
      try query(
        "SELECT rank, d_model, lr, seed, final_loss, score, seeds_cut_short FROM leaderboard WHERE experiment = 'e'")
        == [
          "1|32|0.01|0|2.0|2.0|0", "2|64|0.001|0|2.25|2.25|0", "3|32|0.01|1|2.5|2.5|0", "4|64|0.001|1|2.75|2.75|0",
          "5|32|0.001|0|3.0|3.0|0", "6|32|0.001|1|3.5|3.5|0", "7|64|0.01|0|4.0|4.0|0", "7|64|0.01|1|4.0|4.0|0",
          "9|32|0.1|0|1.0|1.0|1",
        ])
    #expect(try query("SELECT DISTINCT metric FROM leaderboard") == ["final_loss"])
  }

  @Test("seed_summary has mean, sample deviation and extremes of the finished seeds, and counts the others")
  func seedSummary() throws {
    // The sample deviation of two numbers is their distance over sqrt(2): 0.5 / 1.41421 = 0.35355.
    #expect(
      try query(
        """
        SELECT rank, d_model, lr, runs, finished, diverged, failed, mean_final_loss, round(sd_final_loss, 5), min_final_loss,
          max_final_loss, mean_final_bits_per_byte FROM seed_summary
        """) == [
          "1|32|0.01|2|2|0|0|2.25|0.35355|2.0|2.5|1.125", "2|64|0.001|2|2|0|0|2.5|0.35355|2.25|2.75|1.25",
          "3|32|0.001|2|2|0|0|3.25|0.35355|3.0|3.5|1.625", "4|64|0.01|2|2|0|0|4.0|0.0|4.0|4.0|2.0",
          "5|32|0.1|2|1|1|0|1.0|NULL|1.0|1.0|0.5", "NULL|64|0.1|2|0|2|0|NULL|NULL|NULL|NULL|NULL",
          "NULL|128|1.0|1|0|0|1|NULL|NULL|NULL|NULL|NULL",
        ])
    #expect(
      try query(
        "SELECT count(*) FROM seed_summary WHERE mean_score IS mean_final_loss AND sd_score IS sd_final_loss") == ["7"])
  }

  @Test("best_lr passes over a learning rate at which a seed diverged, and says what lies at the edge")
  func bestLearningRate() throws {
    #expect(
      try query(
        "SELECT d_model, best_lr, mean_final_loss, seeds, learning_rates, lowest_lr, highest_lr, at_edge FROM best_lr")
        == [
          "32|0.01|2.25|2|3|0.001|0.1|0", "64|0.001|2.5|2|3|0.001|0.1|1",
        ])
  }

  @Test("learning_curves has every step and every evaluation")
  func learningCurves() throws {
    #expect(
      try query("SELECT split, count(*), count(loss), min(step), max(step) FROM learning_curves GROUP BY 1") == [
        "training|24|24|1|2", "validation|12|9|2|2",
      ])
    #expect(
      try query("SELECT split, step, tokens, loss FROM learning_curves WHERE d_model = 32 AND lr = 0.1 AND seed = 0")
        == [
          "training|1|128|4.0", "training|2|256|3.0", "validation|2|256|1.0",
        ])
  }

  @Test("sample_grid has each run's last samples, best run first")
  func sampleGrid() throws {
    let rows = try query("SELECT prompt, text, final_loss FROM sample_grid")
    #expect(rows.count == 12)
    #expect(rows.first == "p|text 2|2.0")
    #expect(rows[8] == "p|text 2|1.0")
    #expect(rows.last == "p|text 2|NULL")
  }

  @Test("failures has what diverged or failed, with the reason")
  func failures() throws {
    #expect(
      try query("SELECT state, reason, d_model, lr, seed FROM failures") == [
        "diverged|exploded|32|0.1|1", "diverged|exploded|64|0.1|0", "diverged|exploded|64|0.1|1",
        "failed|no memory|128|1.0|0",
      ])
  }

  @Test("A learning rate that was tried alone isn't at an edge")
  func onlyLearningRate() throws {
    let database = try ResultsDatabase(path: folder.path("r.sqlite"))
    _ = try database.store(
      experiment("one"), try database.runs(of: database.experiment(named: "e")).filter { $0.id == 3 })
    #expect(
      try query("SELECT best_lr, lowest_lr, highest_lr, learning_rates, at_edge FROM best_lr WHERE experiment = 'one'")
        == ["0.01|0.01|0.01|1|0"])
  }

  @Test("A stopped run stands among the failures, and has no rank")
  func stopped() throws {
    let database = try ResultsDatabase(path: folder.path("r.sqlite"))
    let stored = try #require(try database.store(experiment("s"), [run(dModel: 8)])[0].reference)
    try database.begin(stored)
    try RunRecorder(database, for: worker()).end(
      stored, RunOutcome(state: .stopped, reason: "among the slower half", stepsDone: 2))
    #expect(
      try query("SELECT state, reason, steps_done FROM failures WHERE experiment = 's'")
        == ["stopped|among the slower half|2"])
    #expect(try query("SELECT rank FROM leaderboard WHERE experiment = 's'") == [])
    #expect(
      try query("SELECT runs, finished, diverged, failed FROM seed_summary WHERE experiment = 's'") == ["1|0|0|0"])
  }
}

/// Samples of a run that several experiments have.
@Suite(.timeLimit(.minutes(10)))
struct SharedSampleTests {
  private let folder: TemporaryFolder
  private let database: ResultsDatabase
  private let stored: Run.Reference

  /// The run's own experiment asks for two prompts, and its samples stand at steps 2 and 4.
  init() throws {
    folder = try TemporaryFolder()
    database = try ResultsDatabase(path: folder.path("r.sqlite"))
    let measuring = Measuring(evalEvery: 1, sampleEvery: 2, prompts: ["p", "q"], sampleTokens: 8, temperature: 1)
    stored = try #require(try database.store(experiment("own", measuring: measuring), [run()])[0].reference)
    try database.begin(stored)
    let recorder = RunRecorder(database, for: worker())
    for step in [2, 4] {
      for (index, prompt) in ["p", "q"].enumerated() {
        try recorder.record(
          Sample(step: step, promptIndex: index, prompt: prompt, text: "\(step)", temperature: 1, tokens: 8), of: stored
        )
      }
    }
    try recorder.end(stored, RunOutcome(state: .finished, stepsDone: 4))
  }

  /// What `sample_grid` has of an experiment that asks for these, and whether Swift says the same of the run's last samples.
  private func grid(_ measuring: Measuring?) throws -> [String] {
    _ = try database.store(experiment("other", measuring: measuring), [run()])
    let asked = try database.samples(of: stored.id).filter { measuring?.asksFor($0) ?? true }
    let last = asked.filter { $0.step == asked.map(\.step).max() }
    let rows = try folder.query(
      "r.sqlite",
      "SELECT step, prompt, temperature, text FROM sample_grid WHERE experiment = 'other' ORDER BY 1, 2, 3, 4")
    #expect(rows == last.map { "\($0.step)|\($0.prompt)|\($0.temperature)|\($0.text)" }.sorted())
    return rows
  }

  private func measuring(
    _ prompts: [String]?, openings: [String]? = nil, temperature: Double = 1, tokens: Int = 8
  ) -> Measuring {
    var measuring = Measuring(
      evalEvery: 1, sampleEvery: 0, prompts: prompts, sampleTokens: tokens, temperature: temperature)
    measuring.openings = openings
    return measuring
  }

  @Test(
    "Each experiment sees what it asks for alone; one of an older version sees all that is left")
  func whatIsAskedFor() throws {
    #expect(try grid(nil) == ["4|p|1.0|4", "4|q|1.0|4"])
    #expect(try grid(measuring(nil)) == ["4|p|1.0|4", "4|q|1.0|4"])
    #expect(try grid(measuring(["p"])) == ["4|p|1.0|4"])
    // A prompt at another place is continued from other random numbers.
    #expect(try grid(measuring(["q", "p"])) == [])
    #expect(try grid(measuring(["p"], temperature: 0.5)) == [])
    #expect(try grid(measuring(["p"], tokens: 9)) == [])
    #expect(try grid(measuring([])) == [])
    // Without prompts of its own, an experiment continues its texts' openings.
    #expect(try grid(measuring(nil, openings: ["o", "p"])) == ["4|p|1.0|4"])
    #expect(try grid(measuring(nil, openings: ["q"])) == [])
  }

  @Test("A prompt's last sample may be of an earlier step than another prompt's")
  func lastOfEachPrompt() throws {
    try database.add([sample(6, text: "later")], to: stored)
    _ = try database.store(
      experiment("other", measuring: measuring(["p", "q"])), [run()])
    #expect(
      try folder.query(
        "r.sqlite", "SELECT step, prompt, text FROM sample_grid WHERE experiment = 'other' ORDER BY prompt")
        == ["6|p|later", "4|q|4"])
  }

  @Test("U+0000, at which SQLite's tools end a text, is stored as U+FFFD")
  func nul() throws {
    try database.add([sample(4, text: "a\0b", temperature: 0)], to: stored)
    #expect(
      try folder.query("r.sqlite", "SELECT text, length(text) FROM samples WHERE temperature = 0") == ["a\u{FFFD}b|3"])
  }

  @Test("Samples are added to a run that is over, each once; the other experiments don't see them")
  func added() throws {
    let new = sample(2, text: "new", temperature: 0.5)
    #expect(try database.add([new, sample(4, text: "again")], to: stored))
    #expect(try database.add([sample(2, text: "newer", temperature: 0.5)], to: stored))
    #expect(try grid(measuring(["p"], temperature: 0.5)) == ["2|p|0.5|new"])
    #expect(try grid(measuring(["p"])) == ["4|p|1.0|4"])
    #expect(try database.samples(of: stored.id).count == 5)
    let queued = try #require(try database.store(experiment("queued"), [run(seed: 1)])[0].reference)
    #expect(try !database.add([new], to: queued))
    #expect(try database.samples(of: queued.id).isEmpty)
  }
}
