import Foundation
import Testing

/// The main job as its user does it: specs in, a database and a report out.
@Suite(.timeLimit(.minutes(10)))
struct MainJobTests {
  private static let small = """
    {
      "description": "A question?", "d_model": [8, 16], "heads": 2, "layers": 1, "context_length": 8, "batch_size": 2,
      "lr": [0.001, 0.01], "steps": 6, "eval_every": 3, "eval_tokens": 64, "sample_every": 3, "sample_tokens": 5,
      "prompts": ["Once ", "The "], "seeds": 2
    }
    """
  /// All that a run leaves of its training, apart from the time that it took.
  static let results = """
    SELECT 'step', config, seed, step, loss, s.lr, grad_norm, tokens FROM steps s JOIN runs ON runs.id = run_id
    UNION ALL
    SELECT 'evaluation', config, seed, step, loss, bits_per_byte, tokens, 0 FROM evaluations JOIN runs ON runs.id = run_id
    UNION ALL
    SELECT 'sample', config, seed, step, prompt_index, prompt, text, temperature FROM samples JOIN runs ON runs.id = run_id
    ORDER BY 1, 2, 3, 4, 5
    """

  /// The charts that its data supports.
  private static let charts = [
    "equal-time", "heat-map-d-model-by-lr", "importance", "loss-by-flops", "loss-by-lr", "loss-by-time", "loss-curves",
    "seeds", "throughput",
  ]

  @Test("Every step, evaluation and sample of every run is in the database")
  func everythingIsRecorded() throws {
    let place = try Workplace()
    try place.write(Self.small, to: "small.json")
    let outcome = try place.sweep("small.json")
    #expect(outcome.status == 0)
    #expect(outcome.summary == "8 runs: 8 finished\n")
    #expect(SweepEvent.all(in: outcome.errors).count == 16)
    #expect(try place.query("SELECT name, description, spec FROM experiments") == ["small|A question?|\(Self.small)"])
    #expect(try place.query("SELECT count(*), min(step), max(step) FROM steps") == ["48|1|6"])
    #expect(try place.query("SELECT DISTINCT step FROM evaluations ORDER BY step") == ["0", "3", "6"])
    #expect(
      try place.query("SELECT DISTINCT step, prompt FROM samples ORDER BY step, prompt_index")
        == ["3|Once ", "3|The ", "6|Once ", "6|The "])
    #expect(try place.query("SELECT DISTINCT tokens / step FROM steps") == ["16"])
    #expect(
      try place.query("SELECT count(*) FROM runs WHERE state = 'finished' AND threads >= 1 AND host != ''") == ["8"])
    #expect(try place.query("SELECT count(*) FROM evaluations WHERE loss <= 0 OR loss > 6") == ["0"])
    // The kernels of a processor without AVX, on which this program doesn't run.
    #expect(try place.query("SELECT count(*) FROM runs WHERE blas LIKE '%Prescott'") == ["0"])
  }

  @Test("A run gives the same bits alone, beside others, and among other experiments")
  func sameBits() throws {
    let alone = try Workplace()
    let beside = try Workplace()
    for place in [alone, beside] { try place.write(Self.small, to: "small.json") }
    try beside.write("{\"steps\": 30, \"d_model\": 48, \"seeds\": 3}", to: "other.json")
    #expect(try alone.sweep("small.json", "--jobs", "1").status == 0)
    #expect(try beside.sweep("other.json", "small.json", "--jobs", "4").status == 0)
    let rows = try alone.query(Self.results)
    #expect(rows.count == 8 * 6 + 8 * 3 + 8 * 4)
    #expect(Set(rows).count == rows.count)
    #expect(Set(rows).subtracting(try beside.query(Self.results)).isEmpty)
  }

  @Test("What is finished isn't trained again, and a longer spec trains what it adds")
  func onlyWhatIsMissing() throws {
    let place = try Workplace()
    try place.write(Self.small, to: "small.json")
    try place.sweep("small.json")
    let before = try place.query("SELECT id, started_at, ended_at, seconds FROM runs ORDER BY id")
    let again = try place.sweep("small.json")
    #expect((again.status, again.summary, again.errors) == (0, "8 runs: 8 finished\n", ""))
    try place.write(Self.small.replacingOccurrences(of: "\"seeds\": 2", with: "\"seeds\": 3"), to: "small.json")
    let more = try place.sweep("small.json")
    #expect(more.summary == "12 runs: 12 finished\n")
    #expect(SweepEvent.all(in: more.errors).count == 8)
    #expect(try place.query("SELECT id, started_at, ended_at, seconds FROM runs ORDER BY id LIMIT 8") == before)
  }

  @Test("A run that two experiments share is trained once")
  func sharedRuns() throws {
    let place = try Workplace()
    try place.write(Self.small, to: "one.json")
    try place.write(Self.small.replacingOccurrences(of: "[8, 16]", with: "8"), to: "two.json")
    #expect(try place.sweep("one.json", "two.json").summary == "8 runs: 8 finished\n")
    #expect(
      try place.query("SELECT experiment, count(*) FROM leaderboard GROUP BY 1 ORDER BY 1") == ["one|8", "two|4"])
  }

  @Test("A run that diverges is a result and stops no other")
  func diverging() throws {
    let place = try Workplace()
    try place.write(
      """
      {"optimizer": "sgd", "lr": [0.1, 1000000], "grad_clip": 0, "d_model": 8, "layers": 1, "context_length": 8,
       "batch_size": 2, "steps": 40, "eval_tokens": 64, "schedule": "constant"}
      """, to: "steep.json")
    let outcome = try place.sweep("steep.json")
    #expect(outcome.status == 0)
    #expect(outcome.summary == "2 runs: 1 finished, 1 diverged\n")
    #expect(try place.query("SELECT state FROM runs ORDER BY lr") == ["finished", "diverged"])
    #expect(try place.query("SELECT experiment, state, lr FROM failures") == ["steep|diverged|1000000.0"])
    #expect(try place.sweep("steep.json").errors == "")
    let report = try place.report()
    #expect(report.status == 0)
    #expect(report.output.contains("2 runs: 1 finished, 1 diverged; 2 configurations, 1 seed"))
  }

  @Test("A run that can't fit into memory fails by itself, and the exit code says so")
  func failing() throws {
    let place = try Workplace()
    try place.write(
      """
      {"variants": [{"d_model": 8}, {"d_model": 65536, "layers": 1000}], "heads": 1, "layers": 1, "context_length": 8,
       "batch_size": 1, "steps": 2, "eval_tokens": 64}
      """, to: "big.json")
    let outcome = try place.sweep("big.json")
    #expect(outcome.status == 1)
    #expect(outcome.summary == "2 runs: 1 finished, 1 failed\n")
    #expect(try place.query("SELECT reason FROM failures").first?.hasPrefix("needs ") == true)
    #expect(try place.sweep("status").output.contains("run 2 of big failed: needs "))
  }

  @Test("Ctrl-C stops after the step, says how to go on, and the next sweep finishes")
  func interrupt() throws {
    let place = try Workplace()
    let spec = """
      {"steps": STEPS, "d_model": 8, "layers": 1, "context_length": 8, "batch_size": 1, "eval_every": 100000000,
       "eval_tokens": 64}
      """
    try place.write(spec.replacingOccurrences(of: "STEPS", with: "100000000"), to: "my spec.json")
    let process = place.process("sweep", ["my spec.json"])
    let (output, errors) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    #expect(String(decoding: errors.fileHandleForReading.availableData, as: UTF8.self).hasPrefix("started"))
    process.interrupt()
    process.waitUntilExit()
    #expect(process.terminationStatus == 130)
    #expect(String(decoding: output.fileHandleForReading.availableData, as: UTF8.self) == "1 run: 1 interrupted\n")
    let words = String(decoding: try errors.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    #expect(
      words.hasPrefix(
        "Stopping after the present step; once more, after a second, stops at once.\ninterrupted run 1: seed 0: "))
    #expect(words.hasSuffix("sweep 'my spec.json'\n"))
    #expect(try place.query("SELECT state, steps_done = (SELECT count(*) FROM steps) FROM runs") == ["interrupted|1"])
  }

  @Test("A plan trains nothing and counts what is done")
  func plan() throws {
    let place = try Workplace()
    try place.write(Self.small, to: "small.json")
    let before = try place.sweep("plan", "small.json")
    #expect(before.status == 0)
    #expect(before.errors == "")
    #expect(before.output.hasPrefix("small: 4 configurations, 2 seeds\nA question?\nd_model     lr  parameters  "))
    #expect(before.output.contains("\n8 runs, 0 done. The rest: about "))
    #expect(!FileManager.default.fileExists(atPath: place.path("results").path))
    try place.sweep("small.json")
    #expect(try place.sweep("plan", "small.json").output.contains("\n8 runs, 8 done. "))
  }

  @Test("A finished run's weights continue a prompt, and eval repeats its last evaluation")
  func weights() throws {
    let place = try Workplace()
    let text = (0..<200).map { "line \($0 % 7) of \($0 % 5)\n" }.joined()
    try place.write(text, to: "text.txt")
    try place.write(
      """
      {"corpus": "text.txt", "tokenizer": "byte", "d_model": 8, "layers": 1, "context_length": 8, "steps": 5,
       "eval_tokens": 100000, "prompts": ["line "]}
      """, to: "bytes.json")
    try place.sweep("bytes.json")
    let greedy = try place.sweep("sample", "1", "--temperature", "0", "--tokens", "12")
    #expect(greedy.status == 0)
    #expect(greedy.output.hasPrefix("line "))
    #expect(try place.sweep("sample", "1", "--temperature", "0", "--tokens", "12") == greedy)
    #expect(
      try place.sweep("sample", "1", "--prompt", "of", "--tokens", "0").output == "of\n")
    let weights = try place.weights(ofRun: 1)
    let evaluation = try place.sweep("eval", weights, "--text", "text.txt")
    #expect(evaluation.status == 0)
    #expect(evaluation.output.hasSuffix("(\(text.utf8.count - 1) tokens, \(text.utf8.count - 1) bytes)\n"))

    // The held-out part starts after the first line end in the last tenth; whole windows of it are evaluated.
    let tail = text.suffix(text.utf8.count / 10).drop { $0 != "\n" }.dropFirst()
    let tokens = (tail.utf8.count - 1) / 8 * 8
    try place.write(String(tail.prefix(tokens + 1)), to: "tail.txt")
    #expect(
      try place.sweep("eval", weights, "--text", "tail.txt").output
        == place.query(
          """
          SELECT format('%.6f ± %.6f nats per token, %.6f bits per byte (%d tokens, %d bytes)', loss, standard_error, bits_per_byte,
            tokens, tokens)
          FROM evaluations WHERE step = 5
          """)[0] + "\n")
    #expect(try place.sweep("sample", "7").status == 65)
  }

  @Test("A report names its folder; one that can't be written is told with the reason")
  func reportFolder() throws {
    let place = try Workplace()
    try place.write(Self.small, to: "small.json")
    try place.sweep("small.json")
    let report = try place.report("small", "--output", "elsewhere")
    #expect(report.status == 0)
    #expect(report.output.contains("\nPage, tables and charts: elsewhere/small/report.html\n"))
    let files = try FileManager.default.contentsOfDirectory(atPath: place.path("elsewhere/small").path).sorted()
    let charts = Self.charts.flatMap { chart in ["gp", "png", "svg"].map { "\(chart).\($0)" } }
    #expect(files == (["comparison.csv", "report.html", "report.md"] + charts).sorted())
    try place.write("", to: "file")
    let refused = try place.report("--output", "file")
    #expect(refused.status == 65)
    #expect(
      refused.errors
        == "report: file/small: can't be written (Not a directory). Make the folder writable, or name another with "
        + "--output.\n")
    #expect(
      try place.report("smal").errors
        == "report: \"smal\": no such experiment. The database holds: \"small\".\n")
  }

  @Test("A question is answered on standard output alone: no file is written, and the database stays as it was")
  func questions() throws {
    let place = try Workplace()
    try place.write(Self.small, to: "small.json")
    try place.sweep("small.json")
    let database = try Data(contentsOf: place.path("results/results.sqlite"))
    func files() throws -> [String] {
      try FileManager.default.contentsOfDirectory(atPath: place.path("results").path).sorted()
        // SQLite's own, beside every database that is read.
        .filter { !["results.sqlite-wal", "results.sqlite-shm"].contains($0) }
    }
    let before = try files()
    let questions = [
      "--format json", "--pivot d_model,lr", "--where lr=0.01", "--sort loss --top 1", "--compare 1 2",
      "--compare lr=0.001,d_model=8 run:8", "small --compare d_model=8 d_model=16 --format csv",
      "--rows runs --sort seed",
      "--format latex --siunitx --columns lr,loss --caption Small --label tab:small", "--sort tokens/s --ascending",
      "--metric bits-per-byte --pivot d_model,lr", "--figure heat-map --size 3in",
      "--figure seeds --title none --font Times",
    ]
    for question in questions {
      let outcome = try place.run("report", question.split(separator: " ").map(String.init))
      #expect(outcome.status == 0)
      #expect(outcome.errors == "")
      #expect(!outcome.output.isEmpty)
    }
    let csv = try place.report("--format", "csv", "--where", "lr = 0.01 and d_model = 16").output
    #expect(csv.split(separator: "\n").count == 2)
    let curves = try place.report("curves", "1", "8")
    #expect(curves.output.hasPrefix("run 1: d_model 8, lr 0.001, seed 0; finished, validation loss "))
    #expect(curves.output.contains("run 8 ####"))
    #expect(try Data(contentsOf: place.path("results/results.sqlite")) == database)
    #expect(try files() == before)
    #expect(try place.report("--where", "lrr = 1").errors == "report: \"lrr\": no such column; did you mean \"lr\"?\n")
    #expect(try place.report("--pivot", "d_model").status == 64)
    #expect(try place.report("--compare", "1", "99").status == 65)
    let runs = try place.report("--rows", "runs", "--format", "csv").output.split(separator: "\n")
    #expect(runs.count == 9 && runs[0].hasPrefix("rank,experiment,run_id,d_model,lr,"))
    // A figure goes where the user says, in the format of its name.
    #expect(try place.report("--figure", "loss-by-lr", "--output", "figure.pdf", "--size", "84mm").status == 0)
    #expect(try Data(contentsOf: place.path("figure.pdf")).prefix(4) == Data("%PDF".utf8))
    #expect(
      try place.report("--figure", "loss-by-rl").errors
        == "report: --figure \"loss-by-rl\": no such figure; did you mean \"loss-by-lr\"?\n")
    let undrawn = try place.report("--figure", "lr-sensitivity")
    #expect(undrawn.status == 65 && undrawn.errors.hasPrefix("report: lr-sensitivity isn't drawn: the models share 2 "))
    #expect(try place.report("--figure", "lr-sensitivity", "--where", "lr=1").status == 64)
    #expect(try place.report("--figure", "loss-by-flops", "--output", "no/such/folder.svg").status == 65)
  }

  @Test("Without gnuplot the tables and scripts are there all the same, and one line says what to install")
  func withoutGnuplot() throws {
    let place = try Workplace()
    try place.write(Self.small, to: "small.json")
    try place.sweep("small.json")
    let report = try place.report(path: "/nowhere")
    #expect(report.status == 0)
    #expect(report.errors == "gnuplot isn't installed, so no charts are drawn: sudo apt-get install gnuplot-nox\n")
    let files = try FileManager.default.contentsOfDirectory(atPath: place.path("results/small").path).sorted()
    #expect(files == (["comparison.csv", "report.html", "report.md"] + Self.charts.map { $0 + ".gp" }).sorted())
  }
}
