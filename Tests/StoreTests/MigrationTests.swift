import Foundation
import GRDB
import TestSupport
import Testing

@testable import Store

/// A database that each released version of the schema left, brought up to date.
@Suite(.timeLimit(.minutes(10)))
struct MigrationTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Copies the fixture, so that it stays what it is.
  private func copy(_ name: String) throws -> String {
    let fixture = try #require(Bundle.module.url(forResource: name, withExtension: "sqlite", subdirectory: "Fixtures"))
    try FileManager.default.copyItem(at: fixture, to: URL(fileURLWithPath: folder.path("results.sqlite")))
    return folder.path("results.sqlite")
  }

  private func query(_ sql: String) throws -> [String] { try folder.query("results.sqlite", sql) }

  /// The columns of a table of the schema's first version that later ones keep as they are, in order.
  private static let kept = [
    "experiments": "id, name, description, spec, spec_path, floor_bits_per_byte, created_at, updated_at",
    "runs": """
    id, seed, state, state_reason, corpus, tokenizer, vocab_size, d_model, heads, layers, d_ff, context_length, optimizer,
    lr, schedule, warmup_steps, batch_size, steps, parameters, training_flops, floor_loss, floor_bits_per_byte, steps_done,
    train_loss, final_loss, final_bits_per_byte, best_loss, best_step, seconds, tokens_per_second, weights, host, cpu,
    threads, version, blas, started_at, ended_at
    """,
    "experiment_runs": "experiment_id, run_id, position",
    "steps": "run_id, step, loss, lr, grad_norm, tokens, seconds",
    "evaluations": "run_id, step, loss, bits_per_byte, tokens, seconds",
    "samples": "run_id, step, prompt_index, prompt, text, temperature",
  ]

  private func rows() throws -> [String: [String]] {
    try Dictionary(
      uniqueKeysWithValues: Self.kept.map { ($0, try query("SELECT \($1) FROM \($0) ORDER BY 1, 2, 3")) })
  }

  private static let views = ["leaderboard", "learning_curves", "seed_summary", "best_lr", "sample_grid", "failures"]

  private func columnsOfViews() throws -> [[String]] {
    try Self.views.map { try query("SELECT name FROM pragma_table_info('\($0)')") }
  }

  @Test("A database of version 1 keeps every row and gains what later versions know")
  func version1() throws {
    let path = try copy("version-1")
    #expect(throws: ResultsDatabaseError.older(path: path, version: 1, known: Schema.version)) {
      try ResultsDatabase(readingFrom: path)
    }
    let before = try rows()
    #expect(
      before.mapValues(\.count) == [
        "experiments": 1, "runs": 4, "experiment_runs": 4, "steps": 14, "evaluations": 11, "samples": 3,
      ])

    let database = try ResultsDatabase(existingAt: path)

    #expect(try rows() == before)
    #expect(try query("PRAGMA user_version") == ["\(Schema.version)"])
    #expect(try query("PRAGMA integrity_check") == ["ok"])
    let experiment = try database.experiment(named: "widths")
    let runs = try database.runs(of: experiment)
    #expect(runs.map(\.state) == [.finished, .finished, .finished, .interrupted])
    #expect(runs.allSatisfy { $0.provenance.sourceCommit == nil })
    #expect(try database.formerRuns(of: experiment).isEmpty)
    #expect(try database.specVersions(of: experiment).map(\.spec) == [experiment.spec])
    #expect(try query("SELECT DISTINCT in_grid FROM leaderboard") == ["1"])
    #expect(try query("SELECT count(*) FROM leases") == ["0"])
    #expect(experiment.axes == [Axis(key: "d_model", values: [8, 16]), Axis(key: "lr", values: [0.001, 0.01])])
    #expect(experiment.measuring == nil)
    #expect(try query("SELECT DISTINCT tokens FROM samples") == ["5"])
  }
}

extension MigrationTests {
  /// Runs 19 and 20 were trained as runs 1 and 2, and looked at otherwise.
  @Test("Of version 2 every row stays, but for runs that were trained twice because they were looked at otherwise")
  func version2() throws {
    let path = try copy("version-2")
    let before = try rows()
    let views = try columnsOfViews()
    let columns = try #require(views.first).joined(separator: ", ")
    let ranks = try query("SELECT \(columns) FROM leaderboard WHERE experiment = 'fixture' ORDER BY run_id")

    let database = try ResultsDatabase(existingAt: path)

    let after = try rows()
    #expect(try query("PRAGMA user_version") == ["\(Schema.version)"])
    #expect(try query("PRAGMA integrity_check") == ["ok"])
    #expect(try query("PRAGMA foreign_key_check") == [])
    #expect(after["experiments"] == before["experiments"])
    func isTwin(_ row: String) -> Bool { row.hasPrefix("19|") || row.hasPrefix("20|") }
    for table in ["runs", "steps"] { #expect(after[table] == before[table]?.filter { !isTwin($0) }) }
    #expect(before["runs"]?.count == 20)
    #expect(
      after["experiment_runs"]
        == before["experiment_runs"]?.map { ["3|19|0": "3|1|0", "3|20|1": "3|2|1"][$0] ?? $0 })

    // Evaluations after steps 0, 4, 8 and 12 have those after 3, 6 and 9 between them now.
    #expect(try database.evaluations(of: 1).map(\.step) == [0, 3, 4, 6, 8, 9, 12])
    #expect(
      Set(after["evaluations"] ?? []).isSuperset(of: Set(before["evaluations"] ?? []).filter { !isTwin($0) }))
    #expect(
      try database.samples(of: 2).map { "\($0.step) \($0.prompt) \($0.temperature) \($0.tokens)" } == [
        "6 Once 0.3 8", "6 Once 0.8 8", "6 A cat 0.8 8", "12 Once 0.3 8", "12 Once 0.8 8", "12 A cat 0.8 8",
      ])
    #expect(after["samples"]?.count == before["samples"]?.count)

    #expect(try zip(columnsOfViews(), views).allSatisfy { $0.starts(with: $1) })
    let formerConfig =
      #""eval_every":4,|"prompts":["Once","A cat"],"sample_every":6,"sample_tokens":8,|"temperature":0.8,"#
    #expect(
      try query("SELECT \(columns) FROM leaderboard WHERE experiment = 'fixture' ORDER BY run_id")
        == ranks.map { row in formerConfig.split(separator: "|").reduce(row) { $0.replacing($1, with: "") } })
    #expect(try query("SELECT run_id FROM leaderboard WHERE experiment = 'again' ORDER BY seed") == ["1", "2"])
  }

  @Test("Of a configuration only what was looked at goes; every other byte stays, and the common keys follow from it")
  func configurations() throws {
    let path = try copy("version-2")
    let former = try query("SELECT config FROM runs WHERE id = 17")[0]
    let database = try ResultsDatabase(existingAt: path)
    let run = try #require(try database.run(17))
    #expect(
      run.config
        == #"{"batch_size":8192,"beta1":0.9,"beta2":0.999,"context_length":8,"#
        + #""corpus_sha256":"7506f7bfee1609f8150b15cbba7d7b22d15e1011f7ab87066139c1b34ea74c78","d_ff":32,"d_model":8,"#
        + #""epsilon":1e-08,"eval_tokens":64,"final_lr_fraction":0.1,"grad_clip":1,"heads":2,"layers":1,"lr":0.001,"#
        + #""optimizer":"adamw","schedule":"cosine","steps":40,"tokenizer":"char","validation_fraction":0.1,"#
        + #""warmup_steps":0,"weight_decay":0.01}"#)
    #expect(run.settings["epsilon"] == 1e-8)
    #expect(run.settings["corpus_sha256"] == .text("7506f7bfee1609f8150b15cbba7d7b22d15e1011f7ab87066139c1b34ea74c78"))
    let reference = try #require(run.reference)
    #expect(try database.formerConfig(of: reference) == former)
    // Runs that are over need none.
    #expect(try query("SELECT run_id FROM former_configs ORDER BY run_id") == ["17", "18"])
    let (seen, lease) = try #require(try database.standing(of: reference))
    #expect(try database.claim(seen, replacing: lease, for: worker()))
    try RunRecorder(database, for: worker()).end(reference, RunOutcome(state: .stopped, stepsDone: 23))
    #expect(try database.formerConfig(of: reference) == nil)
  }

  @Test("The axes are the keys that the spec names and whose values differ, in its order, and each run has its point")
  func axes() throws {
    _ = try ResultsDatabase(existingAt: try copy("version-2"))
    #expect(
      try query("SELECT name, axes FROM experiments ORDER BY id") == [
        #"fixture|[{"key":"d_model","values":[8,12]},{"key":"optimizer","values":["adamw","sgd"]},"#
          + #"{"key":"lr","values":[0.001,0.01,0.1,100000]}]"#,
        #"long|[{"key":"lr","values":[0.001,0.01]}]"#, "again|[]",
      ])
    #expect(
      try query("SELECT point FROM experiment_runs WHERE run_id IN (3, 16, 18) ORDER BY run_id") == [
        #"{"d_model":8,"lr":0.01,"optimizer":"adamw"}"#, #"{"d_model":12,"lr":100000,"optimizer":"sgd"}"#,
        #"{"lr":0.01}"#,
      ])
  }

  /// What the fixtures don't have.
  @Test("An axis may be a text, a key of some variants alone, or a number of many digits; a name is no key")
  func oddAxes() throws {
    let path = try copy("version-2")
    try DatabaseQueue(path: path).write { db in
      try db.execute(
        sql: """
          UPDATE experiments SET spec = '{"name": "heads", "description": {"d_ff": 1}, "lr": 0, "corpus": [], "variants": [
            {"optimizer": "adamw", "lr": {"steps": 1}}, 7, {"d_ff": 1, "momentum": 0}]}' WHERE id = 1;
          UPDATE experiments SET spec = 'no JSON' WHERE id = 2;
          UPDATE runs SET config = json_set(config, '$.lr', json('0.00031622776601683794'), '$.d_ff', 32, '$.heads', id)
            WHERE id < 9;
          UPDATE runs SET corpus = 'other.txt', config = json_set(config, '$.corpus_sha256', 'ff') WHERE id IN (9, 10);
          UPDATE experiment_runs SET in_grid = 0 WHERE run_id BETWEEN 11 AND 16;
          """)
    }
    let database = try ResultsDatabase(existingAt: path)
    let experiment = try database.experiment(named: "fixture")
    #expect(
      experiment.axes == [
        Axis(key: "lr", values: [0.000_316_227_766_016_837_94, 0.1]),
        Axis(key: "corpus", values: ["stories", "other.txt"]),
        Axis(key: "optimizer", values: ["adamw", "sgd"]), Axis(key: "momentum", values: [0]),
      ])
    #expect(
      try query(
        "SELECT DISTINCT point FROM experiment_runs WHERE run_id IN (1, 9, 16) AND experiment_id = 1 ORDER BY run_id")
        == [
          #"{"corpus":"stories","lr":0.00031622776601683794,"optimizer":"adamw"}"#,
          #"{"corpus":"other.txt","lr":0.1,"momentum":0,"optimizer":"sgd"}"#,
          #"{"corpus":"stories","lr":100000,"momentum":0,"optimizer":"sgd"}"#,
        ])
    #expect(try database.experiment(named: "long").axes == [])
  }

  @Test("Two texts whose files have one name are two values of an axis")
  func textsOfOneName() throws {
    let path = try copy("version-2")
    try DatabaseQueue(path: path).write { db in
      try db.execute(
        sql: """
          UPDATE experiments SET spec = '{"corpus": []}' WHERE id = 1;
          UPDATE runs SET config = json_set(config, '$.corpus_sha256', 'fedcba9876543210') WHERE id = 9;
          """)
    }
    let experiment = try ResultsDatabase(existingAt: path).experiment(named: "fixture")
    #expect(experiment.axes == [Axis(key: "corpus", values: ["stories (7506f7bf)", "stories (fedcba98)"])])
  }

  enum Twins: CaseIterable { case finishedLater, mostSteps, diverged, equal }

  @Test(
    "Of runs that become one the one that came furthest stays, with its checkpoint's rows alone while it isn't over",
    arguments: Twins.allCases)
  func twins(kind: Twins) throws {
    let path = try copy("version-2")
    let (one, other) =
      switch kind {
      case .finishedLater: ("'running', steps_done = 11", "'finished'")
      case .mostSteps: ("'failed', steps_done = 3", "'interrupted', steps_done = 4")
      case .diverged: ("'interrupted', steps_done = 11", "'diverged', steps_done = 2")
      case .equal: ("'queued', steps_done = 0", "'queued', steps_done = 0")
      }
    try DatabaseQueue(path: path).write { db in
      try db.execute(
        sql: """
          UPDATE runs SET state = \(one) WHERE id = 1;
          UPDATE runs SET state = \(other) WHERE id = 19;
          INSERT INTO leases VALUES (1, 'h', 'n', 1, 's', 't'), (19, 'h', 'n', 1, 's', 't');
          -- The grid of an experiment that had both.
          INSERT INTO experiment_runs (experiment_id, run_id, position, in_grid) VALUES (3, 1, 7, 0);
          """)
    }
    let database = try ResultsDatabase(existingAt: path)
    let winner: Int64 = kind == .equal ? 1 : 19
    #expect(try query("SELECT id FROM runs WHERE id IN (1, 19)") == ["\(winner)"])
    #expect(try query("SELECT run_id, pid_namespace FROM leases") == ["\(winner)|n"])
    #expect(
      try query("SELECT experiment_id, position, in_grid FROM experiment_runs WHERE run_id = \(winner) ORDER BY 1") == [
        "1|0|1", "3|0|1",
      ])
    let isOver = kind == .finishedLater || kind == .diverged
    let own = kind == .equal ? [0, 4, 8, 12] : [0, 3, 6, 9, 12]
    #expect(try database.evaluations(of: winner).map(\.step) == (isOver ? [0, 3, 4, 6, 8, 9, 12] : own))
    #expect(try database.samples(of: winner).count == (isOver ? 6 : kind == .equal ? 4 : 2))
    #expect(try database.steps(of: winner).map(\.step) == Array(1...12))
    let reference = try #require(try database.run(winner)?.reference)
    #expect(try (database.formerConfig(of: reference) == nil) == isOver)
  }

  @Test("Numbers that an older version gave are not given again")
  func numbers() throws {
    let database = try ResultsDatabase(existingAt: try copy("version-2"))
    #expect(try database.store(experiment(), [run()])[0].id == 21)
    #expect(try database.experiment(named: "widths").id == 4)
  }
}

extension MigrationTests {
  /// The fixture's experiments: "contexts" and "tokenizers" predict other tokens in some runs, "unknown-words" has a vocabulary of 30
  /// words beside one of all, "texts" has two texts, and run 16 of "long" hasn't begun.
  @Test(
    "Of version 3 every row and every column of the views stays, and each experiment gets the metric in which its runs compare"
  )
  func version3() throws {
    let path = try copy("version-3")
    let (before, views) = (try rows(), try columnsOfViews())
    let ranks = try query("SELECT experiment, run_id, rank FROM leaderboard WHERE experiment LIKE 'rate%'")

    let database = try ResultsDatabase(existingAt: path)

    #expect(try rows() == before)
    #expect(try query("PRAGMA user_version") == ["\(Schema.version)"])
    #expect(try query("PRAGMA integrity_check") == ["ok"])
    #expect(try zip(columnsOfViews(), views).allSatisfy { $0.starts(with: $1) })
    #expect(
      try query("SELECT name, metric FROM experiments ORDER BY name") == [
        "contexts|final_bits_per_byte", "long|final_loss", "rate|final_loss", "rates|final_loss", "texts|NULL",
        "tokenizers|final_bits_per_byte", "unknown-words|NULL",
      ])
    #expect(try database.experiment(named: "tokenizers").metric == .finalBitsPerByte)
    #expect(try query("SELECT experiment, run_id, rank FROM leaderboard WHERE experiment LIKE 'rate%'") == ranks)
    // By nats per token the words, of which each is several bytes, would be last.
    #expect(
      try query("SELECT tokenizer, rank FROM leaderboard WHERE experiment = 'tokenizers'") == [
        "word|1", "char|2", "byte|3",
      ])
    #expect(
      try query(
        "SELECT DISTINCT experiment, rank, score FROM leaderboard WHERE experiment IN ('texts', 'unknown-words')")
        == ["texts|NULL|NULL", "unknown-words|NULL|NULL"])
    #expect(
      try query("SELECT id, evaluated_tokens FROM runs WHERE id > 11") == [
        "12|64", "13|48", "14|64", "15|64", "16|NULL",
      ])
    #expect(
      try query(
        """
        SELECT count(held_out_sha256), count(evaluated_bytes), count(unknown_tokens), count(final_standard_error),
          count(cpu_seconds) FROM runs
        """) == ["0|0|0|0|0"])
  }
}
