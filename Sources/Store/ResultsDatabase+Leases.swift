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
  public func standing(of run: Run.Reference) throws -> (run: Run, lease: Lease?)? {
    try reading { db in try run.fetch(db).map { ($0, try Lease.fetch(db, of: run)) } }
  }

  /// Claims a run that isn't over for a process, unless its lease or its state has changed since it was seen.
  ///
  /// - Parameters:
  ///   - seen: The run as the process last saw it.
  ///   - lease: The lease as the process last saw it, of a process that is gone.
  /// - Returns: Whether the run is the process's now.
  public func claim(_ seen: Run, replacing lease: Lease?, for worker: Worker, at date: Date = Date()) throws -> Bool {
    try writing { db in
      guard let reference = seen.reference, var run = try reference.fetch(db), !run.state.isOver,
        run.state == seen.state, run.provenance.endedAt == seen.provenance.endedAt,
        try Lease.fetch(db, of: reference) == lease
      else { return false }
      try run.updateChanges(db) { run in
        run.outcome.state = .running
        run.outcome.stateReason = nil
        run.provenance.endedAt = nil
      }
      try db.execute(
        sql: """
          INSERT OR REPLACE INTO leases (run_id, host, pid_namespace, process, process_start, heartbeat_at)
          VALUES (?, ?, ?, ?, ?, ?)
          """,
        arguments: [
          reference.id, worker.host, worker.pidNamespace, worker.process, worker.processStart, timestamp(date),
        ])
      return true
    }
  }

  /// Says that the process is there.
  public func heartbeat(of worker: Worker, at date: Date = Date()) throws {
    try writing { db in
      try db.execute(
        sql: "UPDATE leases SET heartbeat_at = ? WHERE pid_namespace = ? AND process = ? AND process_start = ?",
        arguments: [timestamp(date), worker.pidNamespace, worker.process, worker.processStart])
    }
  }

  /// Begins a claimed run from its first step, or goes on from the step that a checkpoint holds: what was recorded past it
  /// goes, in one transaction.
  ///
  /// - Parameters:
  ///   - rows: What the checkpoint relies on; nil begins anew.
  ///   - facts: What follows from the configuration and its text, as this version of the program knows it; nil leaves it as it is.
  ///   - threads: Threads that train the run to begin with.
  /// - Returns: Whether the run can start there: the rows that the checkpoint relies on are all there, and the run is
  ///   still the process's. If not, nothing has changed.
  public func start(
    _ reference: Run.Reference, from rows: RecordedRows?, for worker: Worker, provenance: Provenance,
    facts: Run.Facts? = nil, threads: Int = 1, at date: Date = Date()
  ) throws -> Bool {
    try writing { db in
      guard try worker.holds(reference, in: db), var run = try reference.fetch(db) else { return false }
      if let rows {
        let there = try ["steps", "evaluations", "samples"].map { table in
          try Int.fetchOne(
            db, sql: "SELECT count(*) FROM \(table) WHERE run_id = ? AND step <= ?",
            arguments: [reference.id, rows.step])
        }
        guard there == [rows.step, rows.evaluations, rows.samples] else { return false }
      }
      for table in ["steps", "evaluations", "samples"] {
        try db.execute(
          sql: "DELETE FROM \(table) WHERE run_id = ? AND step > ?", arguments: [reference.id, rows?.step ?? -1])
      }
      try run.updateChanges(db) { run in
        run.facts = facts ?? run.facts
        let begun = rows == nil ? nil : run.provenance.startedAt
        run.outcome = RunOutcome(state: .running, stepsDone: rows?.step ?? 0, threads: threads)
        run.provenance = provenance
        run.provenance.startedAt = begun ?? timestamp(date)
      }
      return true
    }
  }

  /// The configuration that an older version of this program knew a run by that isn't over; nil where there is none. The run's
  /// checkpoint of that version is named by it.
  public func formerConfig(of run: Run.Reference) throws -> String? {
    try reading { db in
      try String.fetchOne(db, sql: "SELECT config FROM former_configs WHERE run_id = ?", arguments: [run.id])
    }
  }
}

extension Lease {
  fileprivate static func fetch(_ db: Database, of run: Run.Reference) throws -> Lease? {
    try fetchOne(db, sql: "SELECT * FROM leases WHERE run_id = ?", arguments: [run.id])
  }
}

extension Worker {
  /// Whether the run is this process's.
  func holds(_ run: Run.Reference, in db: Database) throws -> Bool {
    let statement = try db.cachedStatement(
      sql: """
        SELECT 1 FROM leases JOIN runs ON id = run_id
        WHERE id = ? AND config = ? AND seed = ? AND pid_namespace = ? AND process = ? AND process_start = ?
        """)
    let arguments: StatementArguments = [run.id, run.config, run.seed, pidNamespace, process, processStart]
    return try Int.fetchOne(statement, arguments: arguments) != nil
  }
}
