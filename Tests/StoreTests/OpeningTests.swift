import Foundation
import GRDB
import TestSupport
import Testing

@testable import Store

@Suite(.timeLimit(.minutes(10)))
struct OpeningTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test("A new database says whose it is, and any SQLite tool sees the tables")
  func new() throws {
    _ = try ResultsDatabase(path: folder.path("new/results.sqlite"))
    let file = "new/results.sqlite"
    #expect(try folder.query(file, "PRAGMA application_id") == ["\(0x5357_4550)"])
    #expect(try folder.query(file, "PRAGMA user_version") == ["\(Schema.version)"])
    #expect(try folder.query(file, "PRAGMA journal_mode") == ["wal"])
    #expect(
      try folder.query(file, "SELECT name FROM sqlite_schema WHERE type = 'view' ORDER BY name") == [
        "best_lr", "failures", "leaderboard", "learning_curves", "sample_grid", "seed_summary",
        "standings",
      ])
    let tables = try folder.query(
      file, "SELECT name, strict FROM pragma_table_list WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name")
    #expect(
      tables.filter { !$0.hasPrefix("grdb") } == [
        "coordinates|1", "evaluations|1", "experiment_runs|1", "experiments|1", "former_configs|1", "leases|1",
        "runs|1", "samples|1", "spec_versions|1", "steps|1",
      ])
  }

  @Test("The columns of the released schema stay as they are")
  func columns() throws {
    _ = try ResultsDatabase(path: folder.path("results.sqlite"))
    func columns(_ table: String) throws -> [String] {
      try folder.query(
        "results.sqlite", "SELECT name || ' ' || type || iif(\"notnull\", '!', '') FROM pragma_table_xinfo('\(table)')")
    }
    #expect(
      try columns("steps") == [
        "run_id INTEGER!", "step INTEGER!", "loss REAL", "lr REAL!", "grad_norm REAL", "tokens INTEGER!",
        "seconds REAL!", "cpu_seconds REAL",
      ])
    #expect(
      try columns("evaluations") == [
        "run_id INTEGER!", "step INTEGER!", "loss REAL", "bits_per_byte REAL", "tokens INTEGER!", "seconds REAL!",
        "standard_error REAL", "cpu_seconds REAL", "averaged_loss REAL",
      ])
    #expect(
      try columns("coordinates") == ["run_id INTEGER!", "step INTEGER!", "tensor TEXT!", "mean_abs REAL"])
    #expect(
      try columns("samples") == [
        "run_id INTEGER!", "step INTEGER!", "prompt_index INTEGER!", "prompt TEXT!", "temperature REAL!",
        "tokens INTEGER!", "text TEXT!",
      ])
    #expect(
      try columns("experiments") == [
        "id INTEGER", "name TEXT!", "description TEXT!", "spec TEXT!", "spec_path TEXT!", "axes TEXT!",
        "measuring TEXT", "floor_bits_per_byte REAL", "created_at TEXT!", "updated_at TEXT!",
        "metric TEXT",
      ])
    #expect(
      try columns("experiment_runs") == [
        "experiment_id INTEGER!", "run_id INTEGER!", "position INTEGER!", "in_grid INTEGER!", "point TEXT!",
      ])
    #expect(try columns("former_configs") == ["run_id INTEGER", "config TEXT!"])
    #expect(
      try columns("leases") == [
        "run_id INTEGER", "host TEXT!", "pid_namespace TEXT!", "process INTEGER!", "process_start TEXT!",
        "heartbeat_at TEXT!",
      ])
    #expect(
      try columns("runs").joined(separator: ", ") == """
        id INTEGER, config TEXT!, seed INTEGER!, state TEXT!, state_reason TEXT, corpus TEXT!, tokenizer TEXT!, \
        vocab_size INTEGER!, d_model INTEGER!, heads INTEGER!, layers INTEGER!, d_ff INTEGER!, context_length INTEGER!, \
        optimizer TEXT!, lr REAL!, schedule TEXT!, warmup_steps INTEGER!, batch_size INTEGER!, steps INTEGER!, \
        parameters INTEGER!, training_flops REAL!, floor_loss REAL, floor_bits_per_byte REAL, steps_done INTEGER!, \
        train_loss REAL, final_loss REAL, final_bits_per_byte REAL, best_loss REAL, best_step INTEGER, seconds REAL, \
        tokens_per_second REAL, weights TEXT, host TEXT, cpu TEXT, threads INTEGER, version TEXT, blas TEXT, \
        source_commit TEXT, started_at TEXT, ended_at TEXT, final_standard_error REAL, cpu_seconds REAL, \
        held_out_sha256 TEXT, evaluated_tokens INTEGER, evaluated_bytes INTEGER, unknown_tokens INTEGER, unknown_bytes INTEGER, \
        final_averaged_loss REAL
        """)
  }

  @Test("Opening an existing database keeps what it holds")
  func again() throws {
    let path = folder.path("results.sqlite")
    _ = try ResultsDatabase(path: path).store(experiment(), [run()])
    #expect(try ResultsDatabase(path: path).experiments().map(\.name) == ["widths"])
    #expect(try ResultsDatabase(existingAt: path).experiments().count == 1)
    #expect(try ResultsDatabase(readingFrom: path).experiments().count == 1)
  }

  @Test("A database that was opened to be read can't be written")
  func readOnly() throws {
    let path = folder.path("results.sqlite")
    _ = try ResultsDatabase(path: path)
    let database = try ResultsDatabase(readingFrom: path)
    #expect(throws: ResultsDatabaseError.self) { try database.store(experiment(), []) }
  }

  @Test("A file that was left before its tables were made is still ours")
  func interruptedAtTheStart() throws {
    let path = folder.path("results.sqlite")
    try DatabaseQueue(path: path).writeWithoutTransaction { db in
      try db.execute(sql: "PRAGMA application_id = 1398228304")
    }
    #expect(try ResultsDatabase(path: path).experiments().isEmpty)
  }

  @Test("An empty file becomes a database, but has nothing to read")
  func emptyFile() throws {
    let path = folder.path("empty.sqlite")
    try Data().write(to: URL(fileURLWithPath: path))
    #expect(throws: ResultsDatabaseError.notADatabase(path: path)) { try ResultsDatabase(readingFrom: path) }
    #expect(try ResultsDatabase(path: path).experiments().isEmpty)
  }

  enum File: String, CaseIterable { case text, foreign, newer, short, newerInLog }

  @Test("A file that isn't ours, or is newer, is refused and left as it was", arguments: File.allCases)
  func refused(file: File) throws {
    let path = folder.path("results.sqlite")
    let url = URL(fileURLWithPath: path)
    var keptOpen: DatabaseQueue?
    switch file {
    case .text: try Data(String(repeating: "no database ", count: 50).utf8).write(to: url)
    case .short: try Data("SQLite format 3\0".utf8).write(to: url)
    case .foreign, .newer:
      let queue = try DatabaseQueue(path: path)
      try queue.writeWithoutTransaction { db in
        if file == .newer {
          try db.execute(sql: "PRAGMA application_id = 1398228304; PRAGMA user_version = \(Schema.version + 1)")
        }
        try db.execute(sql: "CREATE TABLE t (x)")
      }
    case .newerInLog:
      // The header is of this version; what a newer program wrote stands in the write-ahead log alone.
      _ = try ResultsDatabase(path: path)
      let queue = try DatabaseQueue(path: path)
      try queue.writeWithoutTransaction {
        try $0.execute(sql: "PRAGMA wal_autocheckpoint = 0; PRAGMA user_version = \(Schema.version + 1)")
      }
      keptOpen = queue
    }
    let bytes = try Data(contentsOf: url)
    let expected: ResultsDatabaseError =
      switch file {
      case .text, .short: .notADatabase(path: path)
      case .foreign: .foreign(path: path)
      case .newer, .newerInLog: .newer(path: path, version: Schema.version + 1, known: Schema.version)
      }
    #expect(throws: expected) { try ResultsDatabase(path: path) }
    #expect(throws: expected) { try ResultsDatabase(readingFrom: path) }
    #expect(throws: expected) { try ResultsDatabase(existingAt: path) }
    #expect(try Data(contentsOf: url) == bytes)
    withExtendedLifetime(keptOpen) {}
  }

  @Test("A pipe or a device is no database, and opening it waits for nobody")
  func pipe() throws {
    let (path, beside) = (folder.path("pipe"), folder.path("results.sqlite"))
    #expect(mkfifo(path, 0o600) == 0)
    for path in [path, "/dev/null"] {
      #expect(throws: ResultsDatabaseError.notADatabase(path: path)) { try ResultsDatabase(path: path) }
      #expect(throws: ResultsDatabaseError.notADatabase(path: path)) { try ResultsDatabase(readingFrom: path) }
    }
    #expect(try Neighbour.all(of: URL(fileURLWithPath: beside)).isEmpty)
  }

  @Test("What can't be opened says why")
  func unusable() throws {
    let path = folder.path("gone.sqlite")
    #expect(throws: ResultsDatabaseError.missing(path: path)) { try ResultsDatabase(readingFrom: path) }
    #expect(throws: ResultsDatabaseError.missing(path: path)) { try ResultsDatabase(existingAt: path) }
    #expect(!FileManager.default.fileExists(atPath: path))
    #expect(throws: ResultsDatabaseError.folder(path: folder.url.path)) { try ResultsDatabase(path: folder.url.path) }
    try Data("x".utf8).write(to: URL(fileURLWithPath: folder.path("file")))
    let below = folder.path("file/results.sqlite")
    #expect(
      throws: ResultsDatabaseError.unusable(
        path: below, reason: "a file stands where a folder is needed", remedy: "Name another file with --database.")
    ) { try ResultsDatabase(path: below) }
  }

  @Test("A write-ahead log that a copy found in its place isn't laid over the copy, and is named")
  func staleLog() throws {
    let (path, copy) = (folder.path("results.sqlite"), folder.path("copy.sqlite"))
    try ResultsDatabase(path: path).export(to: copy)
    let database = try ResultsDatabase(path: path)
    _ = try database.store(experiment("later"), [run()])
    #expect(FileIdentity.size(of: path + "-wal") > 0)
    for file in ["-wal", "-shm"] {
      try FileManager.default.copyItem(atPath: path + file, toPath: copy + file)
    }
    let bytes = try Data(contentsOf: URL(fileURLWithPath: copy))
    #expect(throws: ResultsDatabaseError.staleLog(path: copy)) { try ResultsDatabase(path: copy) }
    #expect(throws: ResultsDatabaseError.staleLog(path: copy)) { try ResultsDatabase(readingFrom: copy) }
    let link = folder.path("link.sqlite")
    try FileManager.default.createSymbolicLink(
      atPath: link, withDestinationPath: "../\(folder.url.lastPathComponent)/copy.sqlite")
    #expect(throws: ResultsDatabaseError.staleLog(path: folder.real("copy.sqlite"))) { try ResultsDatabase(path: link) }
    #expect(throws: ResultsDatabaseError.staleLog(path: folder.real("copy.sqlite"))) {
      try ResultsDatabase(readingFrom: link)
    }
    #expect(try Data(contentsOf: URL(fileURLWithPath: copy)) == bytes)
    for file in ["-wal", "-shm"] { try FileManager.default.removeItem(atPath: copy + file) }
    #expect(try ResultsDatabase(path: copy).experiments().isEmpty)
    withExtendedLifetime(database) {}
  }

  @Test("A database's path is a path, be it written like an address or a folder")
  func paths() throws {
    let address = "file:" + folder.path("r.sqlite").dropFirst()
    #expect(throws: ResultsDatabaseError.missing(path: address)) { try ResultsDatabase(readingFrom: address) }
    let slash = folder.url.path + "/new/"
    #expect(throws: ResultsDatabaseError.folder(path: slash)) { try ResultsDatabase(path: slash) }
    #expect(UserPath.expanded("~/r.sqlite") == FileManager.default.homeDirectoryForCurrentUser.path + "/r.sqlite")
    #expect(UserPath.expanded("a~/r.sqlite") == "a~/r.sqlite")
    #expect(UserPath.expanded("~root/r.sqlite") == "./~root/r.sqlite")
    #expect(UserPath.expanded("-d/r.sqlite") == "./-d/r.sqlite")
    #expect(UserPath.expanded("-") == "-")
    let file = folder.path("r.sqlite")
    _ = try ResultsDatabase(path: file)
    #expect(
      throws: ResultsDatabaseError.unusable(
        path: file + "/", reason: "is a file, and a slash at the end means a folder", remedy: "Leave it away.")
    ) { try ResultsDatabase(path: file + "/") }
  }

  @Test("A path that leads nowhere says why, and isn't taken for one where nothing stands")
  func unreachable() throws {
    let loop = folder.path("loop.sqlite")
    try FileManager.default.createSymbolicLink(atPath: loop, withDestinationPath: "loop.sqlite")
    // The database's name is short enough, and those of the files beside it aren't.
    let names = [
      (loop, "too many levels of symbolic links"),
      (folder.path(String(repeating: "x", count: 300)), "file name too long"),
      (folder.path(String(repeating: "x", count: 252)), "file name too long"),
    ]
    for (path, reason) in names {
      #expect(
        throws: ResultsDatabaseError.unusable(
          path: path, reason: reason, remedy: "Name another file with --database.")
      ) { try ResultsDatabase(path: path) }
    }
    for (path, reason) in names.prefix(2) {
      #expect(
        throws: ResultsDatabaseError.unusable(
          path: path, reason: reason, remedy: "Name another file with --database.")
      ) { try ResultsDatabase(existingAt: path) }
    }
    let copy = folder.path("none/copy.sqlite")
    #expect(
      throws: ResultsDatabaseError.unusable(path: copy, reason: "there is no such folder", remedy: "Name another path.")
    ) { try ResultsDatabase(path: folder.path("r.sqlite")).export(to: copy) }
  }

  @Test("A link to a database that isn't there yet makes it where the link leads, with its folder")
  func danglingLink() throws {
    let link = folder.path("link.sqlite")
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "new/r.sqlite")
    _ = try ResultsDatabase(path: link)
    #expect(FileManager.default.fileExists(atPath: folder.path("new/r.sqlite")))
  }

  @Test("A file with two names isn't written, as each would have a log of its own; who reads it is told")
  func hardLink() throws {
    let (path, other) = (folder.path("r.sqlite"), folder.path("other.sqlite"))
    try ResultsDatabase(path: path).close()
    try FileManager.default.linkItem(atPath: path, toPath: other)
    for name in [path, other] {
      let error = #expect(throws: ResultsDatabaseError.self) { try ResultsDatabase(path: name) }
      #expect(error?.description.hasPrefix("\(name): the file has 2 names (hard links)") == true)
    }
    let told = Locked<[String]>([])
    _ = try ResultsDatabase(readingFrom: other) { text in told.withLock { $0.append(text) } }
    #expect(told.withLock { $0.first }?.hasPrefix("\(other): has other names too (hard links).") == true)
    unlink(other)
    _ = try ResultsDatabase(path: path)
  }

  @Test(
    "Whoever waits for a lock longer than the limit gets it when its holder lets it go, and gives up where none is known"
  )
  func patience() {
    let told = Locked<[String]>([])
    let patience = Patience("r.db") { text in told.withLock { $0.append(text) } }
    let holder = LockHolder(12, status: "12 (sweep) S 1")
    let waits = [holder, holder, nil, holder, nil, nil].enumerated().map { tries, holder in
      patience.waits(tries, limit: 0) { _ in holder }
    }
    #expect(waits == [true, true, true, true, true, false])
    #expect(
      told.withLock { $0 } == ["r.db: process 12 (sweep) has kept it locked for half a minute. Waiting for it."])
    #expect(patience.waits(0, limit: 60) { _ in nil })
  }

  @Test(
    "The processes that hold a lock are read from the system's list, those that write first, without those that wait")
  func holders() {
    let locks = """
      1: POSIX  ADVISORY  READ  11 fe:00:77 1073741826 1073742335
      2: POSIX  ADVISORY  WRITE 12 fe:00:77 120 120
      2: -> POSIX  ADVISORY  WRITE 13 fe:00:77 120 120
      3: FLOCK  ADVISORY  WRITE 14 fe:00:78 0 EOF
      4: OFDLCK ADVISORY  WRITE -1 fe:00:77 0 EOF
      nonsense
      """
    #expect(LockHolder.processes(holding: [77], in: locks) == [12, 11])
    #expect(LockHolder.processes(holding: [78, 79], in: locks) == [14])
    let stopped = LockHolder(12, status: "12 (a (b) c) T 1 12")
    #expect(stopped?.words == "process 12 (a (b) c)" && stopped?.isStopped == true)
    #expect(LockHolder(12, status: "12 (sweep) S 1")?.isStopped == false)
    #expect(LockHolder(12, status: "") == nil)
  }

  @Test("A database of an older version is brought up to date by a writer, and a reader says how")
  func older() throws {
    let path = folder.path("results.sqlite")
    try DatabaseQueue(path: path).writeWithoutTransaction { db in
      try db.execute(
        sql: "PRAGMA application_id = 1398228304; CREATE TABLE grdb_migrations (identifier TEXT PRIMARY KEY)")
    }
    #expect(throws: ResultsDatabaseError.older(path: path, version: 0, known: Schema.version)) {
      try ResultsDatabase(readingFrom: path)
    }
    #expect(try ResultsDatabase(existingAt: path).experiments().isEmpty)
    #expect(try folder.query("results.sqlite", "PRAGMA user_version") == ["\(Schema.version)"])
  }

  private static func sqlite(_ code: ResultCode, _ message: String? = nil) -> ResultsDatabaseError {
    ResultsDatabaseError(DatabaseError(resultCode: code, message: message), path: "r.db")
  }

  private static let wordings: [(ResultsDatabaseError, String)] = [
    (
      ResultsDatabaseError.missing(path: "r.sqlite"),
      "r.sqlite: no such file. Train something first with `sweep run SPEC...`, or name the database with --database."
    ),
    (.folder(path: "r"), "r: is a folder. Name a database file with --database, such as r/results.sqlite."),
    (
      .notADatabase(path: "r.txt"),
      "r.txt: isn't a SQLite database. Nothing was changed; name another file with --database."
    ),
    (
      .foreign(path: "r.db"),
      "r.db: is a SQLite database of another program. Nothing was changed; name another file with --database."
    ),
    (
      .newer(path: "r.db", version: 3, known: 1),
      "r.db: was written by a newer version of this program (schema 3, this one knows 1). Nothing was changed; update "
        + "this program, or name another file with --database."
    ),
    (
      .older(path: "r.db", version: 1, known: 2),
      "r.db: was written by an older version of this program (schema 1, this one reads 2). `sweep status --database "
        + "r.db` brings it up to date."
    ),
    (
      sqlite(.SQLITE_FULL),
      "r.db: the disk is full. Make room; the same command then goes on."
    ),
    (
      sqlite(.SQLITE_READONLY),
      "r.db: the file or its folder can't be written. Make the folder and the file writable, or name another file with "
        + "--database."
    ),
    (
      sqlite(.SQLITE_BUSY),
      "r.db: another process keeps it locked. `fuser r.db` names the processes that have it open."
    ),
    (
      sqlite(.SQLITE_CORRUPT, "malformed"),
      "r.db: the database is damaged (malformed). Put a copy back, such as `sweep export-db` makes; `sqlite3 r.db "
        + ".recover` saves what can be read."
    ),
    (
      sqlite(.SQLITE_ERROR, "no such column: x"),
      "r.db: its tables aren't as this program made them (SQLite: no such column: x). If a newer version of the program "
        + "has used it, use that one; else put back a copy."
    ),
    (
      .staleLog(path: "r.db"),
      "r.db-wal: belongs to another database, which stood there before r.db. Nothing was changed; remove r.db-wal and "
        + "r.db-shm if r.db is a copy that was put back."
    ),
    (
      .moved(path: "r.db"),
      "r.db: the database was removed, renamed or replaced while it was in use. Nothing more is stored. Put it back, with "
        + "the file that ends in -wal if there is one, and run the command again."
    ),
    (.noExperiment(name: "x", known: []), "\"x\": no such experiment; the database holds none."),
    (
      .noExperiment(name: "x", known: ["a", "b"]),
      "\"x\": no such experiment. The database holds: \"a\", \"b\"."
    ),
  ]

  @Test("Every error states the fact, quotes the user's text and says what to do", arguments: wordings)
  func wording(error: ResultsDatabaseError, words: String) { #expect(error.description == words) }
}

extension TemporaryFolder {
  /// The path of a file in the folder, without links on the way to it.
  fileprivate func real(_ name: String) -> String { url.resolvingSymlinksInPath().appending(path: name).path }
}
