import Foundation
import GRDB

/// A process that trains runs, so that it can be told from every other one.
public struct Worker: Codable, Sendable, Hashable {
  /// The machine's name, for people.
  public var host: String
  /// The boot of a machine and the PID namespace on it: within one, numbers of processes can be compared.
  public var pidNamespace: String
  /// The process's number.
  public var process: Int
  /// When it started, as the system tells it: the number alone is given to another process after its end.
  public var processStart: String

  /// A process.
  public init(host: String, pidNamespace: String, process: Int, processStart: String) {
    self.host = host
    self.pidNamespace = pidNamespace
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
      host: row["host"], pidNamespace: row["pid_namespace"], process: row["process"], processStart: row["process_start"]
    )
    heartbeatAt = row["heartbeat_at"]
  }
}
