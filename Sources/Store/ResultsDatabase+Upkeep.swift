import Foundation
import GRDB

/// What deleting an experiment takes away.
public struct Deletion: Sendable, Equatable {
  /// Runs that go with it: those that no other experiment has.
  public var runs: [Run.Reference]
  /// Runs that stay, since another experiment has them too.
  public var shared: Int
  /// Recorded steps of the runs that go.
  public var steps: Int
}

extension ResultsDatabase {
  /// All runs and their states.
  public func runStates() throws -> [Run.Reference: RunState] {
    try reading { db in
      try Row.fetchAll(db, sql: "SELECT id, config, seed, state FROM runs").reduce(into: [:]) { states, row in
        states[Run.Reference(row)] = RunState(rawValue: row["state"])
      }
    }
  }

  /// Runs that the present spec of some experiment asks for.
  public func runsInGrids() throws -> Set<Int64> {
    try reading { db in try Int64.fetchSet(db, sql: "SELECT run_id FROM experiment_runs WHERE in_grid") }
  }

  /// The weight files that runs name, relative to the database's folder.
  public func weightFiles() throws -> Set<String> {
    try reading { db in try String.fetchSet(db, sql: "SELECT weights FROM runs WHERE weights IS NOT NULL") }
  }

  /// What deleting the experiment would take away.
  public func deletion(of experiment: Experiment) throws -> Deletion {
    try reading { db in try Self.deletion(of: experiment, in: db) }
  }

  /// Deletes the experiment with the versions of its spec, and its runs with all that was recorded of them, unless another
  /// experiment has them too.
  ///
  /// - Returns: What went; nil where that is no longer what was `expected`: then nothing has changed.
  public func delete(_ experiment: Experiment, expected: Deletion) throws -> Deletion? {
    try writing { db in
      let deletion = try Self.deletion(of: experiment, in: db)
      guard deletion.runs == expected.runs else { return nil }
      for run in deletion.runs { try db.execute(sql: "DELETE FROM runs WHERE id = ?", arguments: [run.id]) }
      try db.execute(sql: "DELETE FROM experiments WHERE id = ?", arguments: [experiment.id])
      return deletion
    }
  }

  /// Removes what exports to the path that were killed have left half written.
  private static func removeLeftovers(of target: String) {
    let url = URL(fileURLWithPath: target)
    let folder = url.deletingLastPathComponent()
    for name in (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [] {
      guard name.hasPrefix(url.lastPathComponent + "."),
        let match = name.dropFirst(url.lastPathComponent.count).wholeMatch(
          of: /\.([0-9]+)-[0-9A-F-]{36}\.new(-journal|-wal|-shm)?/),
        let process = Int32(match.1), kill(process, 0) != 0, errno == ESRCH
      else { continue }
      unlink(folder.appending(path: name).path)
    }
  }

  /// Gives the room of deleted rows back to the disk.
  ///
  /// - Throws: `ResultsDatabaseError`, also where another process is at work in the file.
  public func compact() throws {
    do {
      try connection.vacuum()
    } catch let error as DatabaseError {
      throw path.map { ResultsDatabaseError(error, path: $0) } ?? error
    }
  }

  private static func deletion(of experiment: Experiment, in db: Database) throws -> Deletion {
    let only = """
      FROM experiment_runs WHERE experiment_id = :id
        AND run_id NOT IN (SELECT run_id FROM experiment_runs WHERE experiment_id != :id)
      """
    let runs = try Row.fetchAll(
      db, sql: "SELECT id, config, seed FROM runs WHERE id IN (SELECT run_id \(only)) ORDER BY id",
      arguments: ["id": experiment.id]
    ).map(Run.Reference.init)
    let all = try Int.fetchOne(
      db, sql: "SELECT count(*) FROM experiment_runs WHERE experiment_id = ?", arguments: [experiment.id])
    let steps = try Int.fetchOne(
      db, sql: "SELECT count(*) FROM steps WHERE run_id IN (SELECT run_id \(only))", arguments: ["id": experiment.id])
    return Deletion(runs: runs, shared: (all ?? 0) - runs.count, steps: steps ?? 0)
  }

  /// Adds samples to a run that is over, made from its weights; those that are there already stay as they are.
  ///
  /// - Returns: Whether there is such a run; if not, nothing has changed.
  @discardableResult
  public func add(_ samples: [Sample], to run: Run.Reference) throws -> Bool {
    try writing { db in
      guard try run.fetch(db)?.state.isOver ?? false else { return false }
      let writer = try MeasurementWriter(db, keepsSamples: true)
      for sample in samples { try writer.insert(sample, of: run.id) }
      return true
    }
  }

  /// Writes a compact copy of the database at this moment, while others may write to it. In the copy no run is being
  /// trained, and it is in no log mode: one file, which tools with SQLite 3.37 or later open (STRICT tables).
  ///
  /// - Throws: `ResultsDatabaseError`: there is a file already, or it can't be written; then there is none.
  public func export(to target: String) throws {
    guard !FileManager.default.fileExists(atPath: target) else { throw ResultsDatabaseError.exists(path: target) }
    // A name of its own, so that two exports at once don't write into each other's.
    let beside = "\(target).\(getpid())-\(UUID().uuidString).new"
    Self.removeLeftovers(of: target)
    let sidecars = [beside] + ["-journal", "-wal", "-shm"].map { beside + $0 }
    do {
      // Not VACUUM INTO: a connection that only reads ignores constraints, takes the two tables for different ones and then copies
      // generated columns too, which fails.
      let copy = try DatabaseQueue(path: Self.plain(beside))
      try connection.backup(to: copy)
      try copy.writeWithoutTransaction { db in
        try db.execute(
          sql: """
            PRAGMA journal_mode = DELETE;
            BEGIN;
            UPDATE runs SET state = 'interrupted', state_reason = 'copied while it was trained' WHERE state = 'running';
            DELETE FROM leases;
            COMMIT;
            VACUUM;
            """)
      }
      try copy.close()
      // Unlike a rename, a link never takes the place of a file that has come in the meantime.
      guard link(beside, target) == 0 else {
        if errno == EEXIST { throw ResultsDatabaseError.exists(path: target) }
        throw ResultsDatabaseError.unusable(
          path: target, reason: String(cString: strerror(errno)), remedy: "Name another path for the copy.")
      }
      unlink(beside)
    } catch {
      for file in sidecars { unlink(file) }
      throw (error as? DatabaseError).map { ResultsDatabaseError($0, path: target, other: "another path") } ?? error
    }
  }
}

extension Run.Reference {
  fileprivate init(_ row: Row) { self.init(id: row["id"], config: row["config"], seed: row["seed"]) }
}
