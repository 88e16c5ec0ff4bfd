import Foundation
import GRDB

/// The database of all results: `results.sqlite`.
///
/// Many processes may read it while one writes. Every method is one short transaction. Methods throw
/// `ResultsDatabaseError` for what a user can mend; any other error is the file system's or SQLite's own.
public struct ResultsDatabase: Sendable {
  /// Where the file stands; nil for one in memory.
  public let path: String?
  let connection: any DatabaseWriter
  /// The file that was opened; nil for a database in memory.
  private let identity: FileIdentity?

  /// Opens the database for reading and writing; makes it, with its folder, where there is none; brings an older one up
  /// to date.
  ///
  /// - Throws: `ResultsDatabaseError`; a file that isn't ours, or is newer, is left as it was.
  ///
  /// - Parameters:
  ///   - tell: Told when another process keeps the database locked for long.
  ///   - isAlone: Whether no other process shall use the database. Only so may it lie on a file system that several machines see: there it
  ///     has no write-ahead log, and stays locked until it is closed.
  ///   - isOver: Whether this process was asked to stop, so that it no longer waits for another one's locks.
  public init(
    path: String, isAlone: Bool = false, tell: @escaping @Sendable (String) -> Void = { _ in },
    isOver: @escaping @Sendable () -> Bool = { false }
  ) throws {
    try self.init(
      path: path, on: FileSystem.of(UserPath.followingLinks(path)), isAlone: isAlone, tell: tell, isOver: isOver)
  }

  /// As above for a database on a file system of that kind.
  init(
    path: String, on system: FileSystem, isAlone: Bool, tell: @escaping @Sendable (String) -> Void = { _ in },
    isOver: @escaping @Sendable () -> Bool = { false }
  ) throws {
    switch system {
    case .local: break
    case _ where isAlone: break
    case .shared(let type): throw ResultsDatabaseError.network(path: path, type: type)
    case .unknown(let type):
      tell(
        "\(path): lies on a file system of a type that isn't known here (\(type)). If other machines see it too, name a database on "
          + "a local disk with --database: SQLite's write-ahead log is damaged there.")
    }
    do {
      connection = try Self.open(path, locks: isAlone && system != .local, tell, isOver)
    } catch {
      throw Self.worded(error, path: path)
    }
    self.path = path
    identity = FileIdentity(of: path)
  }

  private static func open(
    _ path: String, locks: Bool, _ tell: @escaping @Sendable (String) -> Void, _ isOver: @escaping @Sendable () -> Bool
  ) throws -> any DatabaseWriter {
    let folder = URL(fileURLWithPath: UserPath.followingLinks(path)).deletingLastPathComponent()
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    // One process at a time makes the database or brings it up to date. The lock ends with its descriptor.
    let lock = Foundation.open(folder.path, O_RDONLY | O_CLOEXEC)
    defer { Foundation.close(lock) }
    let turn = Patience(files: [folder.path], path: path, tell: tell, isOver: isOver)
    var tries = 0
    while flock(lock, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK || errno == EINTR {
      if !turn.waits(tries), isOver() { throw ResultsDatabaseError.locked(path: path) }
      tries += 1
    }
    let patience = Patience(path, tell, isOver: isOver)
    // Not every lock that this takes is one that SQLite waits for.
    tries = 0
    while true {
      do {
        return try open(path, locks: locks, patience)
      } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY && patience.waits(tries) {
        tries += 1
      }
    }
  }

  private static func open(_ path: String, locks: Bool, _ patience: Patience) throws -> any DatabaseWriter {
    try check(path)
    let names = FileIdentity.names(of: path)
    guard names < 2 else {
      throw ResultsDatabaseError.unusable(
        path: path,
        reason: "the file has \(names) names (hard links), and each would have a write-ahead log of its own",
        remedy: "Make a copy with `cp`, which is a file of its own, and use that, or remove the other names.")
    }
    // The schema is brought up to date before the file is in WAL mode, so that its header always names its owner.
    var configuration = Configuration()
    configuration.busyMode = patience.busyMode
    if locks { configuration.prepareDatabase(lock) }
    let queue = try DatabaseQueue(path: plain(path), configuration: configuration)
    try refuseNewer(queue, path: path)
    try queue.writeWithoutTransaction { db in
      // The first thing that the file holds is whose it is, so that it is known again wherever this process is killed.
      if try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_schema") == 0 {
        try db.execute(sql: "PRAGMA application_id = \(Schema.applicationID)")
      }
    }
    try checkContents(queue)
    try Schema.migrator.migrate(queue)
    if locks { return queue }
    try queue.close()
    configuration.prepareDatabase { db in
      // In WAL mode a transaction survives the process's death at once, the machine's after the next checkpoint.
      try db.execute(sql: "PRAGMA synchronous = NORMAL")
    }
    return try DatabasePool(path: plain(path), configuration: configuration)
  }

  /// Locks the database for this connection until it is closed, and does without a write-ahead log, whose memory only one machine's
  /// processes share. The lock is asked for before anything is read, so that a log which the file has from another place is brought
  /// in without that memory. https://www.sqlite.org/wal.html#noshm
  private static func lock(_ db: Database) throws {
    try db.execute(
      sql: """
        PRAGMA locking_mode = EXCLUSIVE;
        BEGIN EXCLUSIVE;
        COMMIT;
        PRAGMA journal_mode = DELETE;
        PRAGMA synchronous = FULL;
        """)
  }

  /// Opens the database for reading and writing where there is one, and brings an older one up to date.
  ///
  /// - Parameter tell: Told when another process keeps the database locked for long.
  /// - Throws: `ResultsDatabaseError`, also where there is no file.
  public init(existingAt path: String, tell: @escaping @Sendable (String) -> Void = { _ in }) throws {
    if try DatabaseFile(at: path) == .absent { throw ResultsDatabaseError.missing(path: path) }
    try self.init(path: path, tell: tell)
  }

  /// Opens the database for reading alone.
  ///
  /// - Parameters:
  ///   - waits: Whether to wait for another process that has the database locked.
  ///   - tell: Told when another process keeps the database locked for long.
  /// - Throws: `ResultsDatabaseError`, also where there is no file.
  public init(
    readingFrom path: String, waits: Bool = true, tell: @escaping @Sendable (String) -> Void = { _ in }
  ) throws {
    try Self.check(path)
    if FileIdentity.names(of: path) > 1 {
      tell("\(path): has other names too (hard links). What a sweep stores under another one isn't seen here.")
    }
    switch try DatabaseFile(at: path) {
    case .absent: throw ResultsDatabaseError.missing(path: path)
    case .empty: throw ResultsDatabaseError.notADatabase(path: path)
    default: break
    }
    do {
      let queue = try Self.openForReading(path, waits: waits, tell)
      try Self.refuseNewer(queue, path: path)
      let version = try queue.read { try Int32.fetchOne($0, sql: "PRAGMA user_version") } ?? 0
      guard version == Schema.version else {
        throw ResultsDatabaseError.older(path: path, version: version, known: Schema.version)
      }
      try Self.checkContents(queue)
      connection = queue
    } catch {
      throw Self.worded(error, path: path)
    }
    self.path = path
    identity = FileIdentity(of: path)
  }

  /// To read a database in WAL mode SQLite makes files beside it. In a folder that can't be written, and where no such files are,
  /// nobody has the database open: it is read as a file that doesn't change.
  static func openForReading(
    _ path: String, waits: Bool = true, _ tell: @escaping @Sendable (String) -> Void = { _ in }
  ) throws -> DatabaseQueue {
    var configuration = Configuration()
    configuration.readonly = true
    configuration.busyMode = waits ? Patience(path, tell).busyMode : .timeout(1)
    try takeBack(path, configuration.busyMode)
    do {
      return try DatabaseQueue(path: plain(path), configuration: configuration)
    } catch let error as DatabaseError
      where [.SQLITE_CANTOPEN, .SQLITE_READONLY].contains(error.resultCode)
      && !FileManager.default.fileExists(atPath: DatabaseFile.log(of: path)) && !hasJournal(path)
    {
      // https://www.sqlite.org/uri.html#uriimmutable
      let uri = URL(fileURLWithPath: path).absoluteString + "?immutable=1"
      return try DatabaseQueue(path: uri, configuration: configuration)
    }
  }

  /// Whether there is a rollback journal beside the database: a transaction is at work, or was when its process or machine died.
  static func hasJournal(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: UserPath.followingLinks(path) + "-journal")
  }

  /// Takes back what a process that died had written of a transaction, which only somebody who may write can do: until then the file
  /// isn't one to read. One that is at work keeps its lock, and has nothing taken back.
  static func takeBack(_ path: String, _ busyMode: Database.BusyMode) throws {
    guard hasJournal(path) else { return }
    var configuration = Configuration()
    configuration.busyMode = busyMode
    let queue = try DatabaseQueue(path: plain(path), configuration: configuration)
    defer { try? queue.close() }
    _ = try queue.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM sqlite_schema") }
  }

  /// The path as SQLite takes it: one that begins with "file:" would be an address, https://www.sqlite.org/uri.html.
  static func plain(_ path: String) -> String { path.hasPrefix("/") ? path : "./" + path }

  /// Makes sure that the file still stands at its path: what is written to one that was removed is lost.
  ///
  /// - Throws: `ResultsDatabaseError.moved`.
  public func checkPlace() throws {
    guard let path, FileIdentity(of: path) != identity else { return }
    throw ResultsDatabaseError.moved(path: path)
  }

  /// Ends the use of the database, so that it is one file again unless another process uses it. The database may not be used any more.
  public func close() throws {
    // The last connection brings the write-ahead log in and removes it; those that only read can't, so they go first.
    (connection as? DatabasePool)?.releaseMemory()
    try connection.close()
  }

  /// One transaction that writes. SQLite's errors become `ResultsDatabaseError`s where the user can mend their cause.
  func writing<Value>(_ body: (Database) throws -> Value) throws -> Value {
    do {
      return try connection.write(body)
    } catch {
      throw path.map { Self.worded(error, path: $0) } ?? error
    }
  }

  /// One transaction that reads.
  func reading<Value>(_ body: (Database) throws -> Value) throws -> Value {
    do {
      return try connection.read(body)
    } catch {
      throw path.map { Self.worded(error, path: $0) } ?? error
    }
  }

  /// An error for the user: SQLite's, or that of a row which doesn't hold what it should.
  private static func worded(_ error: any Error, path: String) -> any Error {
    switch error {
    case let error as DatabaseError: ResultsDatabaseError(error, path: path)
    case let error as CocoaError: ResultsDatabaseError(error, path: path)
    case is DecodingError, is RowDecodingError:
      ResultsDatabaseError(
        DatabaseError(resultCode: .SQLITE_CORRUPT, message: "a row holds something else than it should"), path: path)
    default: error
    }
  }

  /// A fresh database in memory, for tests.
  public static func inMemory() throws -> ResultsDatabase {
    let queue = try DatabaseQueue()
    try Schema.migrator.migrate(queue)
    return ResultsDatabase(path: nil, connection: queue)
  }

  private init(path: String?, connection: any DatabaseWriter) {
    self.path = path
    self.connection = connection
    identity = nil
  }

  private static func check(_ path: String) throws {
    switch try DatabaseFile(at: path) {
    case .absent, .empty: break
    case .folder: throw ResultsDatabaseError.folder(path: path)
    case .notADatabase, .cutShort: throw ResultsDatabaseError.notADatabase(path: path)
    case .database(let header) where header.applicationID != Schema.applicationID:
      throw ResultsDatabaseError.foreign(path: path)
    case .database(let header) where header.version > Schema.version:
      throw ResultsDatabaseError.newer(path: path, version: header.version, known: Schema.version)
    case .database(let header) where !header.hasLog && FileIdentity.size(of: DatabaseFile.log(of: path)) > 0:
      throw ResultsDatabaseError.staleLog(path: UserPath.followingLinks(path))
    case .database: break
    }
  }

  /// Makes sure that the small tables hold what their schema says: a damaged page may have texts where numbers are due, or anything. The
  /// large ones are found out when they are read. https://www.sqlite.org/pragma.html#pragma_quick_check
  private static func checkContents(_ queue: DatabaseQueue) throws {
    try queue.read { db in
      let tables = try String.fetchSet(db, sql: "SELECT name FROM sqlite_schema WHERE type = 'table'")
      for table in [
        "experiments", "runs", "experiment_runs", "leases", "spec_versions", "former_configs", "evaluations",
        "samples",
        "grdb_migrations",
      ]
      where tables.contains(table) {
        let complaint = try String.fetchOne(db, sql: "PRAGMA quick_check(\(table))") ?? "ok"
        guard complaint == "ok" else { throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: complaint) }
      }
    }
  }

  /// The header alone may lag behind a write-ahead log, so SQLite is asked too.
  private static func refuseNewer(_ queue: DatabaseQueue, path: String) throws {
    let version = try queue.read { try Int32.fetchOne($0, sql: "PRAGMA user_version") } ?? 0
    guard version <= Schema.version else {
      throw ResultsDatabaseError.newer(path: path, version: version, known: Schema.version)
    }
  }
}

/// A time in UTC, ISO 8601 with milliseconds: "2025-01-31T09:05:00.123Z".
func timestamp(_ date: Date = Date()) -> String { date.formatted(timestampStyle) }

let timestampStyle = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
