import Foundation
import GRDB

extension ResultsDatabase {
  /// Who trains what, by run.
  public func leases() throws -> [Int64: Lease] {
    try reading { db in
      let leases = try Lease.fetchAll(db, sql: "SELECT * FROM leases")
      return Dictionary(uniqueKeysWithValues: leases.map { ($0.runID, $0) })
    }
  }

  /// The run as it stands, with its lease; nil where there is no such run.
  public func standing(of runID: Int64) throws -> (run: Run, lease: Lease?)? {
    try reading { db in
      guard let run = try Run.fetchOne(db, key: runID) else { return nil }
      return (run, try Lease.fetchOne(db, sql: "SELECT * FROM leases WHERE run_id = ?", arguments: [runID]))
    }
  }

  /// Claims a run that has no result yet for a process, unless its lease or its state has changed since it was seen.
  ///
  /// - Parameters:
  ///   - seen: The run as the process last saw it.
  ///   - lease: The lease as the process last saw it, of a process that is gone.
  /// - Returns: Whether the run is the process's now.
  public func claim(_ seen: Run, replacing lease: Lease?, for worker: Worker, at date: Date = Date()) throws -> Bool {
    try writing { db in
      try db.execute(
        sql: """
          UPDATE runs SET state = 'running', state_reason = NULL, ended_at = NULL
          WHERE id = :id AND state = :state AND ended_at IS :ended AND CASE WHEN :leased
            THEN EXISTS (SELECT 1 FROM leases WHERE run_id = id AND numbering = :numbering AND process = :process
              AND process_start = :start AND heartbeat_at = :heartbeat)
            ELSE NOT EXISTS (SELECT 1 FROM leases WHERE run_id = id) END
          """,
        arguments: [
          "id": seen.id, "state": seen.state.rawValue, "ended": seen.endedAt, "leased": lease != nil,
          "numbering": lease?.worker.numbering, "process": lease?.worker.process, "start": lease?.worker.processStart,
          "heartbeat": lease?.heartbeatAt,
        ])
      guard db.changesCount == 1 else { return false }
      try db.execute(
        sql: "INSERT OR REPLACE INTO leases VALUES (?, ?, ?, ?, ?, ?)",
        arguments: [seen.id, worker.host, worker.numbering, worker.process, worker.processStart, timestamp(date)])
      return true
    }
  }

  /// Says that the process is there.
  public func heartbeat(of worker: Worker, at date: Date = Date()) throws {
    try writing { db in
      try db.execute(
        sql: "UPDATE leases SET heartbeat_at = ? WHERE numbering = ? AND process = ? AND process_start = ?",
        arguments: [timestamp(date), worker.numbering, worker.process, worker.processStart])
    }
  }

  /// Begins a claimed run from its first step, or goes on from the step that a checkpoint holds: what was recorded past it
  /// goes, in one transaction.
  ///
  /// - Parameter rows: What the checkpoint relies on; nil begins anew.
  /// - Returns: Whether the run can start there: the rows that the checkpoint relies on are all there, and the run is
  ///   still the process's. If not, nothing has changed.
  public func start(
    _ runID: Int64, from rows: RecordedRows?, for worker: Worker, provenance: Provenance, at date: Date = Date()
  ) throws -> Bool {
    try writing { db in
      guard try worker.holds(runID, in: db) else { return false }
      if let rows {
        let there = try ["steps", "evaluations", "samples"].map { table in
          try Int.fetchOne(
            db, sql: "SELECT count(*) FROM \(table) WHERE run_id = ? AND step <= ?", arguments: [runID, rows.step])
        }
        guard there == [rows.step, rows.evaluations, rows.samples] else { return false }
      }
      for table in ["steps", "evaluations", "samples"] {
        try db.execute(
          sql: "DELETE FROM \(table) WHERE run_id = ? AND step > ?", arguments: [runID, rows?.step ?? -1])
      }
      try db.execute(
        sql: """
          UPDATE runs SET state = 'running', state_reason = NULL, steps_done = ?, train_loss = NULL, final_loss = NULL,
            final_bits_per_byte = NULL, best_loss = NULL, best_step = NULL, seconds = NULL, tokens_per_second = NULL,
            weights = NULL, host = ?, cpu = ?, threads = ?, version = ?, blas = ?, source_commit = ?,
            started_at = CASE WHEN ? THEN coalesce(started_at, ?) ELSE ? END, ended_at = NULL
          WHERE id = ?
          """,
        arguments: [
          rows?.step ?? 0, provenance.host, provenance.cpu, provenance.threads, provenance.version, provenance.blas,
          provenance.sourceCommit, rows != nil, timestamp(date), timestamp(date), runID,
        ])
      return true
    }
  }
}

extension Worker {
  /// Whether the run is this process's.
  func holds(_ runID: Int64, in db: Database) throws -> Bool {
    let statement = try db.cachedStatement(
      sql: "SELECT 1 FROM leases WHERE run_id = ? AND numbering = ? AND process = ? AND process_start = ?")
    return try Int.fetchOne(statement, arguments: [runID, numbering, process, processStart]) != nil
  }
}
