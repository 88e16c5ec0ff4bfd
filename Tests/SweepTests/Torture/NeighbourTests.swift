import Foundation
import Model
import Testing

extension TortureTests {
  @Suite(.timeLimit(.minutes(60)))
  struct NeighbourTests {
    private static let rounds = TortureTests.amount(1, long: 4)
    private static let operations = TortureTests.amount(12, long: 60)

    @Test(
      "Databases side by side, linked, copied and put back end as if each had been alone and undisturbed",
      arguments: 1...rounds)
    func neighbours(seed: Int) throws {
      let reference = try TortureSpec.reference.get()
      let neighbours = try Neighbours(seed: UInt64(seed), seconds: reference.seconds)
      for _ in 0..<Self.operations { try neighbours.next() }
      let databases = try neighbours.finish(expecting: reference.results)
      TortureTests.report(
        "\(Self.operations) operations of seed \(seed) on \(databases) databases side by side: \(neighbours.summary); "
          + "then \(databases * TortureSpec.runs) runs compared, \(reference.results.count) rows of each database")
    }
  }
}

/// What people do to databases that share a folder, one thing after the other at random. After each, all the other
/// databases are as they were.
private final class Neighbours {
  private enum Operation: CaseIterable {
    case kill, signalTwice, timeOut, limit, killBoth, clean, delete, report, export, restore, copy, hardLink
  }

  /// What a database holds, and the files of its runs that can go on.
  private struct State: Equatable {
    let results: SweepResults
    let checkpoints: [String: Data]
  }

  private let place = try! Workplace()
  private let seed: UInt64
  private let seconds: Double
  private var random: RandomStream
  /// Operations that come before any is done a second time.
  private var pending: [Operation] = []
  private var counts: [String: Int] = [:]
  private var databases = ["results/a.sqlite", "results/b.sqlite"]

  /// Makes two databases whose sweeps were killed, and links to the first.
  ///
  /// - Parameter seconds: What an undisturbed sweep takes.
  init(seed: UInt64, seconds: Double) throws {
    self.seed = seed
    self.seconds = seconds
    random = RandomStream(seed: seed, name: "neighbours")
    try TortureSpec.write(to: place)
    for folder in ["results", "elsewhere"] {
      try FileManager.default.createDirectory(at: place.path(folder), withIntermediateDirectories: true)
    }
    for (link, target) in [
      ("linked", "results"), ("results/link.sqlite", "a.sqlite"), ("elsewhere/away.sqlite", "../results/a.sqlite"),
    ] {
      try FileManager.default.createSymbolicLink(atPath: place.path(link).path, withDestinationPath: target)
    }
    // The first is made through a link that leads nowhere yet.
    for database in ["elsewhere/away.sqlite", "results/b.sqlite"] {
      let sweep = try start(database)
      #expect(sweep.writes("finished"))
      sweep.kill9()
    }
  }

  /// What was done, and how often.
  var summary: String { counts.sorted { $0.key < $1.key }.map { "\($0.value) × \($0.key)" }.joined(separator: ", ") }

  /// Does something to one of the databases.
  func next() throws {
    if pending.isEmpty { pending = Operation.allCases }
    let operation = pending.remove(at: random.integer(below: pending.count))
    let database = databases[random.integer(below: databases.count)]
    let others = databases.filter { $0 != database && operation != .killBoth }
    let before = try others.map(state)
    let name = "\(operation) of \(database)"
    try perform(operation, on: database)
    for (other, before) in zip(others, before) {
      #expect(try state(of: other) == before, "seed \(seed): \(name) changed \(other)")
    }
  }

  /// Finishes every database by a plain sweep and compares it. Returns how many there are.
  func finish(expecting reference: SweepResults) throws -> Int {
    for database in databases {
      let outcome = try sweep(["torture.json", "--database", database, "--retry-failed"])
      #expect(outcome.status == 0, "seed \(seed): \(outcome)")
      #expect(outcome.summary == "\(TortureSpec.runs) runs: \(TortureSpec.runs - 2) finished, 2 diverged\n")
    }
    // What one database no longer needs, another may.
    #expect(try place.sweep("clean", "--database", databases[0]).status == 0)
    for database in databases {
      try SweepResults(of: place, database: database).expectSame(as: reference, "seed \(seed): \(database)")
    }
    #expect(try names(in: "elsewhere") == ["away.sqlite"])
    #expect(try names(in: "results").filter { $0.hasPrefix("link.sqlite") || $0.hasPrefix("hard") } == ["link.sqlite"])
    #expect(try names(in: "results/checkpoints").allSatisfy { ["a.sqlite", "b.sqlite"].contains($0) })
    return databases.count
  }

  private func perform(_ operation: Operation, on database: String) throws {
    switch operation {
    case .kill:
      count("kill")
      let sweep = try start(name(of: database))
      if !sweep.ends(within: moment()) { sweep.kill9() }
    case .killBoth:
      count("kill of two at once", 2)
      let sweeps = try databases.prefix(2).map { try start(name(of: $0)) }
      if !sweeps[0].ends(within: moment()) { sweeps[0].kill9() }
      // Who is the dead one's neighbour in the folder isn't its heir.
      #expect(sweeps[1].ends(within: 0) || !sweeps[1].errors.contains("elsewhere"))
      if !sweeps[1].ends(within: moment()) { sweeps[1].kill9() }
    case .signalTwice:
      count("double signal")
      let sweep = try start(name(of: database))
      guard sweep.writes("run ") else { break }
      let signal = [SIGINT, SIGTERM][random.integer(below: 2)]
      // As a terminal and `timeout` do: the process has it, and then its group with the process.
      sweep.signal(signal)
      _ = sweep.ends(within: 0.2 * random.uniformDouble())
      sweep.signalGroup(signal)
      try expectStopped(sweep.outcome(), by: 128 + signal, database)
    case .timeOut:
      count("timeout")
      let sweep = try start(name(of: database), under: ["timeout", "-v", "\(0.3 + moment())"])
      try expectStopped(sweep.outcome(), by: 124, database)
    case .limit: try limit(database)
    case .clean:
      count("clean")
      expectWorded(try place.sweep("clean", "--database", name(of: database)), "clean")
    case .delete:
      count("delete")
      expectWorded(try place.sweep("delete", "torture", "--yes", "--database", name(of: database)), "delete")
    case .report:
      count("report")
      let before = try state(of: database)
      expectWorded(try place.report("--database", name(of: database), "--format", "csv"), "report")
      #expect(try state(of: database) == before, "report changed \(database)")
    case .export: try export(database)
    case .restore:
      if !exists("copy.sqlite") { try export(database) }
      count("copy put back")
      for ending in ["-wal", "-shm"] { try? FileManager.default.removeItem(at: place.path(database + ending)) }
      try Data(contentsOf: place.path("copy.sqlite")).write(to: place.path(database))
    case .copy:
      count("copy of the folder")
      try? FileManager.default.removeItem(at: place.path("copied"))
      try FileManager.default.copyItem(at: place.path("results"), to: place.path("copied"))
      if databases.count == 2 { databases += ["copied/a.sqlite", "copied/b.sqlite"] }
    case .hardLink:
      count("second name")
      let hard = "results/hard.sqlite"
      try FileManager.default.linkItem(at: place.path(database), to: place.path(hard))
      let before = try state(of: database)
      for name in [hard, database] {
        let outcome = try sweep(["torture.json", "--database", name])
        #expect(outcome.status == 65, "\(outcome)")
        #expect(outcome.errors.contains("names"), "\(outcome)")
      }
      try FileManager.default.removeItem(at: place.path(hard))
      #expect(try state(of: database) == before)
    }
  }

  /// A sweep that may have little of something does its work, or less of it with the cause.
  private func limit(_ database: String) throws {
    var program: [String] = []
    let limit: String
    switch random.integer(below: 4) {
    // A sanitizer needs more addresses than any of these.
    case 0 where !TortureTests.isSanitized: limit = "--as=\((130 + random.integer(below: 500)) << 20)"
    case 1: limit = "--fsize=\((1 + random.integer(below: 300)) << 10)"
    case 2 where geteuid() == 0:
      // A user of whom nothing else runs, since the limit counts all of a user's threads, and binds everybody but root.
      limit = "--nproc=\(3 + random.integer(below: 10))"
      program = ["setpriv", "--reuid", "61235", "--regid", "61235", "--clear-groups"]
      _ = try place.run("/bin/chmod", ["-R", "a+rwX", place.folder.path])
    default: limit = "--nofile=\(8 + random.integer(below: 40))"
    }
    count("prlimit \(limit.prefix { $0 != "=" })")
    let under = ["timeout", "-s", "KILL", "300"] + program + ["prlimit", limit]
    let outcome = try start(name(of: database), under: under).outcome()
    expectWorded(outcome, limit)
    if [0, 1].contains(outcome.status) {
      #expect(try place.queryCopy("SELECT 1 FROM runs WHERE state = 'running'", database: database).isEmpty)
    }
  }

  private func export(_ database: String) throws {
    count("export")
    try? FileManager.default.removeItem(at: place.path("copy.sqlite"))
    let before = try state(of: database)
    let outcome = try place.sweep("export-db", "copy.sqlite", "--database", name(of: database))
    #expect(outcome.status == 0, "seed \(seed): \(outcome)")
    #expect(try state(of: database) == before)
  }

  /// Ended by itself, with words where it didn't do its work: no trap, no hang.
  private func expectWorded(_ outcome: Workplace.Outcome, _ what: String) {
    #expect((0...66).contains(outcome.status), "seed \(seed): \(what): \(outcome)")
    #expect(outcome.status == 0 || !outcome.errors.isEmpty, "seed \(seed): \(what): \(outcome)")
    #expect(!outcome.errors.contains("Fatal error"), "seed \(seed): \(what): \(outcome)")
  }

  /// Stopped with checkpoints by what came as one signal, or had nothing left to do.
  private func expectStopped(_ outcome: Workplace.Outcome, by status: Int32, _ database: String) throws {
    #expect([0, 1, status].contains(outcome.status), "seed \(seed): \(outcome)")
    let running = try place.queryCopy("SELECT 1 FROM runs WHERE state = 'running'", database: database)
    #expect(running.isEmpty, "seed \(seed): \(outcome)")
  }

  private func state(of database: String) throws -> State {
    let folder = "\(database.prefix { $0 != "/" })/checkpoints/\(database.split(separator: "/")[1])"
    var checkpoints: [String: Data] = [:]
    for name in try names(in: folder) { checkpoints[name] = try Data(contentsOf: place.path("\(folder)/\(name)")) }
    return State(results: try SweepResults(of: place, database: database), checkpoints: checkpoints)
  }

  /// One of the paths that lead to the database.
  private func name(of database: String) -> String {
    let names =
      switch database {
      case "results/a.sqlite":
        [
          database, "linked/a.sqlite", "results/link.sqlite", "elsewhere/away.sqlite",
          "elsewhere/../linked//link.sqlite",
        ]
      case "results/b.sqlite": [database, "linked/b.sqlite", "./results/b.sqlite", place.path(database).path]
      default: [database]
      }
    return names[random.integer(below: names.count)]
  }

  private func start(_ database: String, under: [String] = []) throws -> RunningProgram {
    let arguments = ["torture.json", "--jobs", "2", "--database", database]
    guard !under.isEmpty else { return try place.start("sweep", arguments) }
    return try place.start("/usr/bin/env", under + ["\(Workplace.programs.path)/sweep"] + arguments)
  }

  private func sweep(_ arguments: [String]) throws -> Workplace.Outcome { try place.run("sweep", arguments) }
  private func moment() -> Double { seconds / 3 * random.uniformDouble() }
  private func count(_ what: String, _ times: Int = 1) { counts[what, default: 0] += times }
  private func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: place.path(name).path) }

  private func names(in folder: String) throws -> [String] {
    exists(folder) ? try FileManager.default.contentsOfDirectory(atPath: place.path(folder).path).sorted() : []
  }
}
