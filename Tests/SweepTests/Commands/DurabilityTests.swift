import Foundation
import GRDB
import Testing

/// Nothing is lost: what a user sees of checkpoints, leases, interrupts and upkeep.
@Suite(.timeLimit(.minutes(10)))
struct DurabilityTests {
  private static let spec = """
    {"steps": 6000, "d_model": 32, "layers": 1, "context_length": 32, "batch_size": 8, "eval_every": 200,
     "eval_tokens": 64, "sample_every": 1000, "sample_tokens": 5}
    """
  /// The same without an end.
  private static let endless = spec.replacing("\"steps\": 6000", with: "\"steps\": 100000000")
  /// All that a run leaves, apart from the time that it took.
  private static let rows = """
    SELECT step, loss, lr, grad_norm, tokens FROM steps UNION ALL
    SELECT step, loss, bits_per_byte, tokens, NULL FROM evaluations UNION ALL
    SELECT step, prompt_index, prompt, text, temperature FROM samples UNION ALL
    SELECT steps_done, state, train_loss, final_loss, best_step FROM runs
    """

  /// Starts a sweep, sends it the signal when it has made a few steps, and waits for its end.
  @discardableResult
  private func interrupted(_ place: Workplace, by number: Int32 = SIGINT) throws -> (status: Int32, errors: String) {
    let process = place.process("sweep", ["s.json"])
    let errors = Pipe()
    process.standardError = errors
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    let before = steps(in: place)
    while process.isRunning, steps(in: place) < before + 100 { Thread.sleep(forTimeInterval: 0.001) }
    kill(process.processIdentifier, number)
    let words = try errors.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: words, as: UTF8.self))
  }

  /// Recorded steps; 0 as long as there is no database.
  private func steps(in place: Workplace) -> Int {
    guard FileManager.default.fileExists(atPath: place.path("results/results.sqlite").path) else { return 0 }
    return (try? place.query("SELECT count(*) FROM steps").first.flatMap { Int($0) }) ?? 0
  }

  @Test("An interrupted run goes on to the same bits, and rows past its checkpoint are replaced")
  func sameBits() throws {
    let (reference, place) = (try Workplace(), try Workplace())
    for place in [reference, place] { try place.write(Self.spec, to: "s.json") }
    #expect(try reference.sweep("s.json").status == 0)
    for _ in 0..<2 {
      try interrupted(place)
      // Rows that a process stored past the checkpoint before it was killed.
      try DatabaseQueue(path: place.path("results/results.sqlite").path).write { db in
        try db.execute(sql: "INSERT INTO steps SELECT 1, steps_done + 1, 99, 1, 1, 1, 1, 1 FROM runs")
      }
    }
    let done = try place.query("SELECT steps_done FROM runs")[0]
    #expect(try place.sweep("plan", "s.json").output.contains("\n1 run, 0 done, 1 begun. The rest: about "))
    #expect(try place.sweep("status").output.contains(/\n *s +1 +0 +0 +0 +0 +0 +1 +[0-9.]+ m?s\n/))
    let resumed = try place.sweep("s.json")
    #expect(resumed.status == 0)
    #expect(resumed.errors.hasPrefix("resumed   run 1: seed 0, after step \(done)\n"))
    #expect(try place.query(Self.rows) == reference.query(Self.rows))
    let files = [try place.weights(ofRun: 1)]
    for file in files { #expect(try Data(contentsOf: place.path(file)) == Data(contentsOf: reference.path(file))) }
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: place.path("results/checkpoints/results.sqlite").path) == [])
  }

  enum Damage: CaseIterable { case latest, both, rows }

  @Test(
    "A torn checkpoint is told, the one before it serves, and without one the run starts over",
    arguments: Damage.allCases)
  func torn(damage: Damage) throws {
    let (reference, place) = (try Workplace(), try Workplace())
    for place in [reference, place] { try place.write(Self.spec, to: "s.json") }
    try reference.sweep("s.json")
    try interrupted(place)
    let before = try place.query("SELECT steps_done FROM runs")[0]
    try interrupted(place)
    let latest = place.path(try place.checkpoint(ofRun: 1))
    let previous = latest.deletingPathExtension().appendingPathExtension("previous.checkpoint")
    switch damage {
    case .latest: try Data(contentsOf: latest).dropLast(100).write(to: latest)
    case .both: for url in [latest, previous] { try Data(contentsOf: url).dropLast(100).write(to: url) }
    case .rows:
      try DatabaseQueue(path: place.path("results/results.sqlite").path).write {
        try $0.execute(sql: "DELETE FROM evaluations")
      }
    }
    let outcome = try place.sweep("s.json")
    #expect(outcome.status == 0)
    let warnings = outcome.errors.split(separator: "\n").filter { $0.contains("can't serve (it is damaged)") }.count
    #expect(warnings == (damage == .both ? 2 : damage == .latest ? 1 : 0))
    #expect(
      outcome.errors.contains(damage == .latest ? ", after step \(before)\n" : "started   run 1"))
    #expect(try place.query(Self.rows) == reference.query(Self.rows))
  }

  @Test("A signal ends a sweep with its own exit code and the command that goes on", arguments: [SIGTERM, SIGHUP])
  func signals(number: Int32) throws {
    let place = try Workplace()
    try place.write(Self.endless, to: "s.json")
    let (status, errors) = try interrupted(place, by: number)
    #expect(status == 128 + number)
    #expect(errors.hasSuffix("sweep s.json\n"))
    #expect(try place.query("SELECT state FROM runs") == ["interrupted"])
    #expect(try place.query("SELECT count(*) FROM leases") == ["0"])
    #expect(try FileManager.default.fileExists(atPath: place.path(place.checkpoint(ofRun: 1)).path))
  }

  @Test("A signal that comes twice at once, as from `timeout` or `make`, is one", arguments: [SIGINT, SIGTERM])
  func doubleSignal(number: Int32) throws {
    let place = try Workplace()
    try place.write(Self.endless, to: "s.json")
    let sweep = try place.start("sweep", ["s.json"])
    #expect(sweep.writes("started"))
    for _ in 0..<5 { sweep.signal(number) }
    #expect(sweep.writes("Stopping"))
    for _ in 0..<5 { sweep.signal(number) }
    let outcome = sweep.outcome()
    #expect(outcome.status == 128 + number)
    #expect(outcome.errors.contains("Stopped. Go on with: "))
    #expect(try FileManager.default.fileExists(atPath: place.path(place.checkpoint(ofRun: 1)).path))
  }

  @Test("A sweep that waits for another process's lock ends by one signal", arguments: [SIGINT, SIGTERM, SIGHUP])
  func waiting(number: Int32) throws {
    let place = try Workplace()
    try place.write(#"{"steps": 2, "d_model": 8, "eval_tokens": 64}"#, to: "s.json")
    try place.sweep("s.json")
    try place.write(#"{"steps": 3, "d_model": 8, "eval_tokens": 64}"#, to: "s.json")
    // The lock is held by this process, which lives as long as the sweep waits.
    try DatabaseQueue(path: place.path("results/results.sqlite").path).inDatabase { db in
      try db.execute(sql: "BEGIN IMMEDIATE")
      let sweep = try place.start("sweep", ["s.json"])
      // Signals are heeded before the database is opened.
      sweep.opens("results.sqlite")
      sweep.signal(number)
      let outcome = sweep.outcome()
      try db.execute(sql: "ROLLBACK")
      #expect(outcome.status == 128 + number, "\(outcome)")
      #expect(outcome.errors.contains("another process keeps it locked") && outcome.errors.contains("Go on with: "))
    }
  }

  @Test("A signal that comes before the experiment is stored ends a sweep as any other does")
  func early() throws {
    let place = try Workplace()
    try place.write(Self.endless, to: "s.json")
    let folder = place.path("results")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let lock = open(folder.path, O_RDONLY | O_CLOEXEC)
    #expect(flock(lock, LOCK_EX) == 0)
    let sweep = try place.start("sweep", ["s.json"])
    sweep.opens("results")
    sweep.signal(SIGTERM)
    #expect(sweep.writes("Stopping"))
    close(lock)
    let outcome = sweep.outcome()
    #expect(outcome.status == 143 && outcome.errors.contains("Go on with: "), "\(outcome)")
  }

  @Test("A limit of processor time stops a sweep with a checkpoint, as a signal does")
  func processorTime() throws {
    let place = try Workplace()
    try place.write(Self.endless, to: "s.json")
    let outcome = try place.run(
      "/bin/sh", ["-c", "ulimit -S -t 1; exec \(Workplace.programs.path)/sweep s.json --jobs 1"])
    #expect(outcome.status == 128 + SIGXCPU, "\(outcome)")
    #expect(outcome.summary == "1 run: 1 interrupted\n")
    #expect(try FileManager.default.fileExists(atPath: place.path(place.checkpoint(ofRun: 1)).path))
  }

  @Test("Under nohup a sweep outlives its terminal")
  func nohup() throws {
    let place = try Workplace()
    try place.write(Self.endless, to: "s.json")
    let sweep = try place.start("/usr/bin/env", ["nohup", Workplace.programs.appending(path: "sweep").path, "s.json"])
    #expect(sweep.writes("started"))
    sweep.signal(SIGHUP)
    // This is the first signal that it heeds: it stops after the step, and not at once as at a second one.
    sweep.signal(SIGTERM)
    let outcome = sweep.outcome()
    #expect(outcome.status == 128 + SIGTERM)
    #expect(outcome.errors.contains("Stopped. Go on with: "))
  }

  @Test("When nobody reads its progress any more, a sweep stops as if its terminal had been closed")
  func closedPipe() throws {
    let place = try Workplace()
    try place.write(
      Self.spec.replacingOccurrences(of: "\"steps\": 6000", with: "\"steps\": 200, \"seeds\": 2000"), to: "s.json")
    let process = place.process("sweep", ["s.json"])
    let errors = Pipe()
    process.standardError = errors
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    _ = errors.fileHandleForReading.availableData
    try errors.fileHandleForReading.close()
    process.waitUntilExit()
    #expect(process.terminationStatus == 129)
    #expect(try place.query("SELECT count(*) > 0 FROM runs WHERE state = 'queued'") == ["1"])
  }

  @Test("Processes that begin at the same time on one database share the runs: each once, and all are done at the end")
  func sharing() throws {
    let place = try Workplace()
    try place.write(
      Self.spec.replacingOccurrences(of: "\"steps\": 6000", with: "\"steps\": 300, \"seeds\": 12"), to: "s.json")
    let processes = (0..<3).map { number in
      let process = place.process("sweep", ["s.json", "--jobs", "1"])
      let file = place.path("errors-\(number)")
      try? Data().write(to: file)
      process.standardError = try? FileHandle(forWritingTo: file)
      process.standardOutput = FileHandle.nullDevice
      return process
    }
    for process in processes { try process.run() }
    for process in processes {
      process.waitUntilExit()
      #expect(process.terminationStatus == 0)
    }
    let errors = try (0..<3).map { try place.read("errors-\($0)") }.joined()
    #expect(errors.components(separatedBy: "\nfinished ").count + (errors.hasPrefix("finished") ? 1 : 0) - 1 == 12)
    #expect(!errors.contains("locked"))
    #expect(try place.query("SELECT count(*), count(DISTINCT run_id) FROM steps") == ["3600|12"])
    #expect(try place.query("SELECT count(*) FROM runs WHERE state = 'finished'") == ["12"])
  }

  @Test("A stopped run is never trained again, and has a column of the status where there is one")
  func stopped() throws {
    let place = try Workplace()
    try place.write("{\"steps\": 2, \"d_model\": 8, \"eval_tokens\": 64}", to: "s.json")
    try place.sweep("s.json")
    #expect(try !place.sweep("status").output.contains("stopped"))
    try DatabaseQueue(path: place.path("results/results.sqlite").path).write { db in
      try db.execute(sql: "UPDATE runs SET state = 'stopped', steps_done = 1, final_loss = NULL")
    }
    #expect(try place.sweep("status").output.contains(/interrupted +stopped +time left\ns( +\d){8} +0 s\n/))
    let again = try place.sweep("s.json")
    #expect(again.summary == "1 run: 1 stopped\n")
    #expect(again.errors == "")
    #expect(try place.sweep("plan", "s.json").output.contains("1 run, 1 done. "))
  }

  @Test("What is only looked at can be edited, and nothing is trained again")
  func looking() throws {
    let place = try Workplace()
    try place.write("{\"steps\": 2, \"d_model\": 8, \"eval_tokens\": 64}", to: "s.json")
    try place.sweep("s.json")
    let looking =
      "\"eval_every\": 1, \"sample_every\": 1, \"prompts\": [\"a\"], \"sample_tokens\": 3, \"temperature\": 0.1"
    try place.write("{\"steps\": 2, \"d_model\": 8, \"eval_tokens\": 64, \(looking)}", to: "s.json")
    let again = try place.sweep("s.json")
    #expect(again.summary == "1 run: 1 finished\n")
    #expect(!again.errors.contains("started") && !again.errors.contains("resumed"))
    #expect(
      try place.query("SELECT measuring FROM experiments") == [
        #"{"eval_every":1,"prompts":["a"],"sample_every":1,"sample_tokens":3,"temperature":0.1}"#
      ])
  }

  @Test("An edited spec trains what is new; runs no longer in the grid stay and are shown as such")
  func changedSpec() throws {
    let place = try Workplace()
    let spec = "{\"steps\": 2, \"d_model\": 8, \"eval_tokens\": 64, \"lr\": [0.001, 0.01]}"
    try place.write(spec, to: "s.json")
    try place.sweep("s.json")
    try place.write(spec.replacingOccurrences(of: "0.001, 0.01", with: "0.01, 0.1"), to: "s.json")
    let outcome = try place.sweep("s.json")
    #expect(outcome.summary == "2 runs: 2 finished\n")
    #expect(SweepEvent.all(in: outcome.errors).count == 2)
    #expect(try place.sweep("status").output.hasSuffix("s has 1 run no longer in the grid, 1 finished\n"))
    #expect(
      try place.report().output.contains(
        "2 runs: 2 finished; 2 configurations, 1 seed; 1 no longer in the grid, left out\n"))
    #expect(
      try place.query("SELECT lr, rank IS NULL, in_grid FROM leaderboard ORDER BY lr")
        == ["0.001|1|0", "0.01|0|1", "0.1|0|1"])
    #expect(try place.query("SELECT count(*) FROM seed_summary") == ["2"])
    #expect(try place.query("SELECT version FROM spec_versions ORDER BY version") == ["1", "2"])
  }

  @Test("Deleting asks first, and takes the runs that no other experiment has, with their files")
  func delete() throws {
    let place = try Workplace()
    let spec = "{\"steps\": 2, \"d_model\": 8, \"eval_tokens\": 64, \"seeds\": SEEDS}"
    try place.write(spec.replacingOccurrences(of: "SEEDS", with: "3"), to: "three.json")
    try place.write(spec.replacingOccurrences(of: "SEEDS", with: "1"), to: "one.json")
    try place.sweep("three.json", "one.json")
    let refused = try place.sweep("delete", "three")
    #expect(refused.status == 64)
    #expect(refused.errors.hasPrefix("Error: Nobody is there to ask; add --yes to delete \"three\".\n"))
    #expect(try place.query("SELECT count(*) FROM runs") == ["3"])
    #expect(try place.sweep("delete", "three", "--yes").output == "Deleted \"three\": 2 runs, 4 steps.\n")
    #expect(try place.query("SELECT count(*) FROM runs") == ["1"])
    #expect(try place.query("SELECT count(*) FROM steps") == ["2"])
    #expect(try FileManager.default.contentsOfDirectory(atPath: place.path("results/weights").path).count == 1)
    #expect(try place.sweep("delete", "three", "--yes").status == 65)
  }

  @Test(
    "At a terminal, deleting takes a yes for an answer, and anything else for a no",
    arguments: ["y", "YES", "", "n", "yess"])
  func answer(word: String) throws {
    let place = try Workplace()
    try place.write("{\"steps\": 2, \"d_model\": 8, \"eval_tokens\": 64}", to: "one.json")
    try place.sweep("one.json")
    let weights = try place.path(place.weights(ofRun: 1)).path
    let process = place.process("sweep", ["delete", "one"])
    let terminal = try Terminal()
    process.standardInput = terminal.program
    let program = try RunningProgram(process)
    #expect(program.writes("[y/N] "))
    try terminal.person.write(contentsOf: Data("\(word)\n".utf8))
    let outcome = program.outcome()
    #expect(outcome.status == 0)
    #expect(outcome.errors.hasPrefix("Delete \"one\" with 1 run and 2 steps? [y/N] "))
    let isYes = ["y", "YES"].contains(word)
    #expect(outcome.errors.hasSuffix("Nothing was deleted.\n") != isYes)
    #expect(outcome.output == (isYes ? "Deleted \"one\": 1 run, 2 steps.\n" : ""))
    #expect(try place.query("SELECT count(*) FROM runs") == [isYes ? "0" : "1"])
    #expect(FileManager.default.fileExists(atPath: weights) != isYes)
  }

  @Test("Cleaning says what would go, then removes it, and nothing that is needed")
  func clean() throws {
    let place = try Workplace()
    try place.write("{\"steps\": 2, \"d_model\": 8, \"eval_tokens\": 64}", to: "s.json")
    try place.sweep("s.json")
    #expect(try place.sweep("clean").output == "Nothing to remove.\n")
    let weights = try place.fileName(ofRun: 1) + ".safetensors"
    try place.write("1234", to: place.checkpoint(ofRun: 1))
    try place.write("12", to: "results/weights/run-9.safetensors")
    try place.write("", to: "results/weights/mine.txt")
    let dry = try place.sweep("clean", "--dry-run").output
    #expect(dry.hasSuffix("2 files, 6 B would be removed.\n"))
    #expect(
      try place.sweep("clean").output
        == dry.replacingOccurrences(of: "would remove", with: "removed").replacingOccurrences(of: "would be ", with: "")
    )
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: place.path("results/weights").path).sorted()
        == [weights, "mine.txt"])
  }

  @Test("A copy is one file with all rows in which no run is trained, and never takes another file's place")
  func export() throws {
    let place = try Workplace()
    try place.write("{\"steps\": 2, \"d_model\": 8, \"eval_tokens\": 64}", to: "s.json")
    try place.sweep("s.json")
    try DatabaseQueue(path: place.path("results/results.sqlite").path).write { db in
      try db.execute(sql: "UPDATE runs SET state = 'running'; INSERT INTO leases VALUES (1, 'h', 'n', 1, 's', 't')")
    }
    #expect(try place.sweep("export-db", "copy.sqlite").output == "Wrote copy.sqlite.\n")
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: place.folder.path).sorted() == [
        "copy.sqlite", "results", "s.json",
      ])
    #expect(try place.query("SELECT state FROM runs", database: "copy.sqlite") == ["interrupted"])
    #expect(try place.query("SELECT count(*) FROM steps", database: "copy.sqlite") == ["2"])
    #expect(try place.query("PRAGMA journal_mode", database: "copy.sqlite") == ["delete"])
    #expect(try place.sweep("status", "--database", "copy.sqlite").status == 0)
    let refused = try place.sweep("export-db", "copy.sqlite")
    #expect(refused.status == 65)
    #expect(refused.errors == "sweep: copy.sqlite: there is a file of that name already. Name another one.\n")
  }
}

/// Both ends of a terminal.
private struct Terminal {
  let person: FileHandle
  let program: FileHandle

  init() throws {
    var (person, program): (Int32, Int32) = (-1, -1)
    guard openpty(&person, &program, nil, nil, nil) == 0 else { throw POSIXError(.ENOTTY) }
    self.person = FileHandle(fileDescriptor: person, closeOnDealloc: true)
    self.program = FileHandle(fileDescriptor: program, closeOnDealloc: true)
  }
}
