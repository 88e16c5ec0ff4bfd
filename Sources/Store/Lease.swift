import Foundation
import GRDB

/// A process that trains runs, so that it can be told from every other one.
public struct Worker: Codable, Sendable, Hashable {
  /// The machine's name, for people.
  public var host: String
  /// The numbering that the process's number belongs to: that of a machine since its start, or of a container on it.
  public var numbering: String
  /// The process's number.
  public var process: Int
  /// When it started, as the system tells it: the number alone is given to another process after its end.
  public var processStart: String

  /// A process.
  public init(host: String, numbering: String, process: Int, processStart: String) {
    self.host = host
    self.numbering = numbering
    self.process = process
    self.processStart = processStart
  }
}

/// A run that a process trains: a row of `leases`.
public struct Lease: Sendable, Equatable {
  /// The run.
  public var runID: Int64
  /// Who trains it.
  public var worker: Worker
  /// When the process last said that it is there, UTC, ISO 8601.
  public var heartbeatAt: String

  /// The same as a date; one that can't be read is long past.
  public var heartbeat: Date { (try? Date(heartbeatAt, strategy: timestampStyle)) ?? .distantPast }

  /// A lease.
  public init(runID: Int64, worker: Worker, heartbeat: Date) {
    self.runID = runID
    self.worker = worker
    heartbeatAt = timestamp(heartbeat)
  }
}

extension Lease: FetchableRecord {
  /// Reads a row.
  public init(row: Row) throws {
    runID = row["run_id"]
    worker = Worker(
      host: row["host"], numbering: row["numbering"], process: row["process"], processStart: row["process_start"])
    heartbeatAt = row["heartbeat_at"]
  }
}

/// How far a run's measurements reach in the database: what a checkpoint relies on.
public struct RecordedRows: Codable, Sendable, Equatable {
  /// The last step.
  public var step: Int
  /// Evaluations up to it.
  public var evaluations: Int
  /// Samples up to it.
  public var samples: Int

  /// How far they reach.
  public init(step: Int, evaluations: Int, samples: Int) {
    self.step = step
    self.evaluations = evaluations
    self.samples = samples
  }
}
