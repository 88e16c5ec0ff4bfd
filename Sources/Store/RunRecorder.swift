import Foundation
import GRDB
import GRDBSQLite

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
    var records: [(run: Run.Reference, record: Record)] = []
    var isScheduled = false
    var failure: (any Error)?
    var lost: Set<Run.Reference> = []
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
  public func begin(_ run: Run.Reference) { pending.withLock { _ = $0.lost.remove(run) } }

  /// Records a step.
  public func record(_ step: Step, of run: Run.Reference) throws { try record(.step(step), of: run) }

  /// Records an evaluation.
  public func record(_ evaluation: Evaluation, of run: Run.Reference) throws {
    try record(.evaluation(evaluation), of: run)
  }

  /// Records a sample.
  public func record(_ sample: Sample, of run: Run.Reference) throws { try record(.sample(sample), of: run) }

  /// The run is over, and no longer the process's, when this returns.
  ///
  /// - Throws: `LeaseLost` where another process has it.
  public func end(_ run: Run.Reference, _ outcome: RunOutcome) throws {
    precondition(![.queued, .running].contains(outcome.state), "a run doesn't end as \(outcome.state)")
    try record(.ended(outcome, at: Date()), of: run)
    try flushIfHeld(run)
  }

  /// Stores all that was recorded before the call and returns when it is in the database.
  public func flush() throws {
    queue.sync { store() }
    if let failure = pending.withLock(\.failure) { throw failure }
  }

  /// As `flush()`, and makes sure that the run is the process's still: a process that was stopped for long may have lost it with nothing
  /// left to store.
  ///
  /// - Throws: `LeaseLost` where another process has the run.
  public func flush(_ run: Run.Reference) throws {
    try flushIfHeld(run)
    guard try database.reading({ try worker.holds(run, in: $0) }) else { throw LeaseLost() }
  }

  private func flushIfHeld(_ run: Run.Reference) throws {
    try flush()
    if pending.withLock({ $0.lost.contains(run) }) { throw LeaseLost() }
  }

  private func record(_ record: Record, of run: Run.Reference) throws {
    let (schedules, isFull) = try pending.withLock { pending in
      if let failure = pending.failure { throw failure }
      if pending.lost.contains(run) { throw LeaseLost() }
      pending.records.append((run, record))
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
  private func store(_ records: [(run: Run.Reference, record: Record)], in db: Database) throws -> Set<Run.Reference> {
    let runs = Set(records.map(\.run))
    let held = try runs.filter { try worker.holds($0, in: db) }
    let writer = try MeasurementWriter(db)
    var lastSteps: [Run.Reference: Int] = [:]
    for (run, record) in records where held.contains(run) {
      switch record {
      case .step(let step):
        try writer.insert(step, of: run.id)
        lastSteps[run] = step.step
      case .evaluation(let evaluation): try writer.insert(evaluation, of: run.id)
      case .sample(let sample): try writer.insert(sample, of: run.id)
      case .ended(let outcome, let date):
        try Self.end(run, outcome, at: date, in: db)
        lastSteps[run] = nil
      }
    }
    for (run, step) in lastSteps {
      try db.execute(sql: "UPDATE runs SET steps_done = ? WHERE id = ?", arguments: [step, run.id])
    }
    return runs.subtracting(held)
  }

  private static func end(_ reference: Run.Reference, _ outcome: RunOutcome, at date: Date, in db: Database) throws {
    guard var run = try reference.fetch(db) else { return }
    try run.updateChanges(db) { run in
      let threads = max(run.outcome.threads ?? 1, outcome.threads ?? 1)
      run.outcome = outcome
      run.outcome.threads = threads
      run.provenance.endedAt = timestamp(date)
    }
    try db.execute(sql: "DELETE FROM leases WHERE run_id = ?", arguments: [reference.id])
    if outcome.state.isOver {
      try db.execute(sql: "DELETE FROM former_configs WHERE run_id = ?", arguments: [reference.id])
    }
  }
}

/// The insert statements, prepared once for a connection.
struct MeasurementWriter {
  let steps: Statement
  let evaluations: Statement
  let samples: Statement

  /// - Parameter keepsSamples: Leaves a sample that is there already as it is, which is an error otherwise.
  init(_ db: Database, keepsSamples: Bool = false) throws {
    steps = try db.cachedStatement(
      sql: """
        INSERT INTO steps (run_id, step, loss, lr, grad_norm, tokens, seconds, cpu_seconds)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        """)
    evaluations = try db.cachedStatement(
      sql: """
        INSERT INTO evaluations (run_id, step, loss, bits_per_byte, tokens, seconds, standard_error, cpu_seconds, averaged_loss)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        """)
    samples = try db.cachedStatement(
      sql: """
        INSERT \(keepsSamples ? "OR IGNORE" : "") INTO samples (run_id, step, prompt_index, prompt, temperature, tokens, text)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        """)
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
    bind(8, step.cpuSeconds)
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
      evaluation.standardError, evaluation.cpuSeconds, evaluation.averagedLoss,
    ])
  }

  /// In the text, U+0000 becomes U+FFFD, as what isn't UTF-8 does: SQLite's tools end a text at the first U+0000,
  /// https://www.sqlite.org/nulinstr.html.
  func insert(_ sample: Sample, of id: Int64) throws {
    let text = sample.text.unicodeScalars.contains("\0") ? sample.text.replacing("\0", with: "\u{FFFD}") : sample.text
    try samples.execute(arguments: [
      id, sample.step, sample.promptIndex, sample.prompt, sample.temperature, sample.tokens, text,
    ])
  }
}
