import Foundation
import GRDB
import GRDBSQLite

/// Where a run was trained, and with what.
public struct Provenance: Sendable, Equatable {
  /// The machine's name.
  public var host: String
  /// The processor's model.
  public var cpu: String
  /// Threads that train the run to begin with.
  public var threads: Int
  /// The version of this program.
  public var version: String
  /// What computed the matrix products: our own kernels and their vectors, or the BLAS and its version.
  public var blas: String
  /// The commit of the program's source; nil where it isn't known.
  public var sourceCommit: String?

  /// Where and with what.
  public init(host: String, cpu: String, threads: Int, version: String, blas: String, sourceCommit: String? = nil) {
    self.host = host
    self.cpu = cpu
    self.threads = threads
    self.version = version
    self.blas = blas
    self.sourceCommit = sourceCommit
  }
}

/// What a run came to: the result columns of `runs`.
public struct RunOutcome: Sendable, Equatable {
  /// `finished`, `diverged`, `failed` or `interrupted`.
  public var state: RunState
  /// Why, where that needs words.
  public var reason: String?
  /// Steps made.
  public var stepsDone: Int
  /// Mean training loss over the last tenth of the steps, nats per token.
  public var trainLoss: Double?
  /// The last evaluation; its loss is nil where it is not finite.
  public var final: Evaluation?
  /// The evaluation with the lowest loss.
  public var best: Evaluation?
  /// Wall time in seconds.
  public var seconds: Double
  /// Training tokens per second of the time spent in training steps.
  public var tokensPerSecond: Double?
  /// The most threads that trained it side by side.
  public var threads: Int
  /// The weight file's path, relative to the database's folder.
  public var weights: String?

  /// An outcome.
  public init(
    state: RunState, reason: String? = nil, stepsDone: Int, trainLoss: Double? = nil, final: Evaluation? = nil,
    best: Evaluation? = nil, seconds: Double, tokensPerSecond: Double? = nil, threads: Int = 1,
    weights: String? = nil
  ) {
    precondition(state != .queued && state != .running, "a run doesn't end as \(state)")
    self.state = state
    self.reason = reason
    self.stepsDone = stepsDone
    self.trainLoss = trainLoss.flatMap { $0.isFinite ? $0 : nil }
    self.final = final
    self.best = best
    self.seconds = seconds
    self.tokensPerSecond = tokensPerSecond
    self.threads = threads
    self.weights = weights
  }
}

/// The one writer of a sweep: takes every run's measurements from the threads that train and stores them in the order in
/// which they came, many to a transaction, so that training never waits for the disk.
///
/// What is recorded reaches the database within a fraction of a second. An error while storing (a full disk, say) is
/// kept and thrown by the next call. Of a run that another process has taken over nothing more is stored.
public final class RunRecorder: Sendable {
  /// The run is another process's now.
  public struct LeaseLost: Error {
    /// The error.
    public init() {}
  }

  /// Longest time between a record and its transaction.
  private static let delay = DispatchTimeInterval.milliseconds(200)
  /// With more records waiting than this, whoever records next waits for the disk, so that memory stays bounded.
  private static let capacity = 50_000

  private enum Record {
    case step(Step)
    case evaluation(Evaluation)
    case sample(Sample)
    case ended(RunOutcome, at: Date)
  }

  private struct Pending {
    var records: [(run: Int64, record: Record)] = []
    var isScheduled = false
    var failure: (any Error)?
    var lost: Set<Int64> = []
  }

  private let database: ResultsDatabase
  private let worker: Worker
  private let queue = DispatchQueue(label: "run-recorder", qos: .utility)
  private let pending = Locked(Pending())

  /// A recorder of what the process measures in the runs that are its own.
  public init(_ database: ResultsDatabase, for worker: Worker) {
    self.database = database
    self.worker = worker
  }

  /// The run has just become the process's own.
  public func begin(_ runID: Int64) { pending.withLock { _ = $0.lost.remove(runID) } }

  /// Records a step.
  public func record(_ step: Step, of runID: Int64) throws { try record(.step(step), of: runID) }

  /// Records an evaluation.
  public func record(_ evaluation: Evaluation, of runID: Int64) throws {
    try record(.evaluation(evaluation), of: runID)
  }

  /// Records a sample.
  public func record(_ sample: Sample, of runID: Int64) throws { try record(.sample(sample), of: runID) }

  /// The run is over, and no longer the process's, when this returns.
  ///
  /// - Throws: `LeaseLost` where another process has it.
  public func end(_ runID: Int64, _ outcome: RunOutcome) throws {
    try record(.ended(outcome, at: Date()), of: runID)
    try flush(runID)
  }

  /// Stores all that was recorded before the call and returns when it is in the database.
  public func flush() throws {
    queue.sync { store() }
    if let failure = pending.withLock(\.failure) { throw failure }
  }

  /// As `flush()`.
  ///
  /// - Throws: `LeaseLost` where another process has the run.
  public func flush(_ runID: Int64) throws {
    try flush()
    if pending.withLock({ $0.lost.contains(runID) }) { throw LeaseLost() }
  }

  private func record(_ record: Record, of runID: Int64) throws {
    let (schedules, isFull) = try pending.withLock { pending in
      if let failure = pending.failure { throw failure }
      if pending.lost.contains(runID) { throw LeaseLost() }
      pending.records.append((runID, record))
      defer { pending.isScheduled = true }
      return (!pending.isScheduled, pending.records.count > Self.capacity)
    }
    if schedules { queue.asyncAfter(deadline: .now() + Self.delay) { self.store() } }
    if isFull { try flush() }
  }

  private func store() {
    let records = pending.withLock { pending in
      pending.isScheduled = false
      defer { pending.records.removeAll(keepingCapacity: true) }
      return pending.records
    }
    // After an error nothing more is stored: what follows the rows that are missing would stand there as if they weren't.
    guard !records.isEmpty, pending.withLock({ $0.failure == nil }) else { return }
    do {
      let lost = try database.writing { db in try store(records, in: db) }
      pending.withLock { $0.lost.formUnion(lost) }
    } catch {
      pending.withLock { $0.failure = error }
    }
  }

  /// Stores the records of the runs that are the process's and returns the other runs.
  private func store(_ records: [(run: Int64, record: Record)], in db: Database) throws -> Set<Int64> {
    let runs = Set(records.map(\.run))
    let held = try runs.filter { try worker.holds($0, in: db) }
    let writer = try MeasurementWriter(db)
    var lastSteps: [Int64: Int] = [:]
    for (run, record) in records where held.contains(run) {
      switch record {
      case .step(let step):
        try writer.insert(step, of: run)
        lastSteps[run] = step.step
      case .evaluation(let evaluation): try writer.insert(evaluation, of: run)
      case .sample(let sample): try writer.insert(sample, of: run)
      case .ended(let outcome, let date):
        try Self.end(run, outcome, at: date, in: db)
        lastSteps[run] = nil
      }
    }
    for (run, step) in lastSteps {
      try db.execute(sql: "UPDATE runs SET steps_done = ? WHERE id = ?", arguments: [step, run])
    }
    return runs.subtracting(held)
  }

  private static func end(_ id: Int64, _ outcome: RunOutcome, at date: Date, in db: Database) throws {
    try db.execute(
      sql: """
        UPDATE runs SET state = ?, state_reason = ?, steps_done = ?, train_loss = ?, final_loss = ?,
          final_bits_per_byte = ?, best_loss = ?, best_step = ?, seconds = ?, tokens_per_second = ?, weights = ?,
          threads = max(coalesce(threads, 1), ?), ended_at = ?
        WHERE id = ?
        """,
      arguments: [
        outcome.state.rawValue, outcome.reason, outcome.stepsDone, outcome.trainLoss, outcome.final?.loss,
        outcome.final?.bitsPerByte, outcome.best?.loss, outcome.best?.step, outcome.seconds, outcome.tokensPerSecond,
        outcome.weights, outcome.threads, timestamp(date), id,
      ])
    try db.execute(sql: "DELETE FROM leases WHERE run_id = ?", arguments: [id])
  }
}

/// The insert statements, prepared once for a connection.
private struct MeasurementWriter {
  let steps: Statement
  let evaluations: Statement
  let samples: Statement

  init(_ db: Database) throws {
    steps = try db.cachedStatement(sql: "INSERT INTO steps VALUES (?, ?, ?, ?, ?, ?, ?)")
    evaluations = try db.cachedStatement(sql: "INSERT INTO evaluations VALUES (?, ?, ?, ?, ?, ?)")
    samples = try db.cachedStatement(sql: "INSERT INTO samples VALUES (?, ?, ?, ?, ?, ?)")
  }

  /// There are far more steps than anything else, each a fraction of a millisecond's work on a core that trains the next
  /// run, so they are bound by SQLite's own functions: https://www.sqlite.org/c3ref/bind_blob.html. GRDB's way takes five
  /// times as long in a debug build, which is how the program is started.
  func insert(_ step: Step, of id: Int64) throws {
    let statement = steps.sqliteStatement
    func bind(_ place: Int32, _ number: Double?) {
      if let number { sqlite3_bind_double(statement, place, number) } else { sqlite3_bind_null(statement, place) }
    }
    sqlite3_bind_int64(statement, 1, id)
    sqlite3_bind_int64(statement, 2, Int64(step.step))
    bind(3, step.loss)
    bind(4, step.lr)
    bind(5, step.gradNorm)
    sqlite3_bind_int64(statement, 6, Int64(step.tokens))
    bind(7, step.seconds)
    let code = sqlite3_step(statement)
    // What `reset` returns is the same error once more.
    sqlite3_reset(statement)
    guard code == SQLITE_DONE else {
      throw DatabaseError(
        resultCode: ResultCode(rawValue: code),
        message: sqlite3_errmsg(sqlite3_db_handle(statement)).map { String(cString: $0) }, sql: steps.sql)
    }
  }

  func insert(_ evaluation: Evaluation, of id: Int64) throws {
    try evaluations.execute(arguments: [
      id, evaluation.step, evaluation.loss, evaluation.bitsPerByte, evaluation.tokens, evaluation.seconds,
    ])
  }

  func insert(_ sample: Sample, of id: Int64) throws {
    try samples.execute(arguments: [
      id, sample.step, sample.promptIndex, sample.prompt, sample.text, sample.temperature,
    ])
  }
}
