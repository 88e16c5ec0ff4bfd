import Foundation
import Model
import Store
import Terminal

/// Trains what is missing of a plan: the way from a plan to a full database.
struct SweepRun {
  let plan: Plan
  let database: ResultsDatabase
  /// Where weight files go.
  let weightsFolder: URL
  /// Where checkpoints go.
  let checkpoints: CheckpointFolder
  let jobs: Int
  /// Threads of each run; nil shares the cores.
  let threadsPerRun: Int?
  let memory: MemoryBudget
  let retriesFailed: Bool
  let stopsAtFirstFailure: Bool
  let stop: StopSignal
  let progress: Progress
  private let firstEvaluations = FirstEvaluations()

  /// Stores the experiments, trains every run that has no result yet, the longest first, and counts how all stand then.
  /// Returns when no run is left, those included that other processes train.
  ///
  /// - Throws: `ResultsDatabaseError`, SQLite's error or `FileError` where something can't be written; what was trained by
  ///   then is kept as far as it was stored.
  func callAsFunction() throws -> [RunState: Int] {
    let missing = try storeExperiments()
    progress.begin(
      missing.map { Progress.Item(id: $0.id, label: $0.label, steps: $0.run.steps, flops: $0.run.trainingFlops) })
    let worker = Worker.here
    let recorder = RunRecorder(database, for: worker)
    let width = min(jobs, missing.count)
    let cores = CoreBudget(cores: min(jobs, Machine.cores), threadsPerRun: threadsPerRun)
    let queue = RunQueue(
      missing, width: width, database: database, worker: worker, budget: memory, cores: cores, progress: progress)
    let failure = FirstFailure(stop)
    let provenance = Machine.provenance
    let heartbeat = Heartbeat(worker, in: database)
    Runner(width: width, stop: stop).run {
      do { return try queue.next() } catch {
        failure.note(error)
        return .nothing
      }
    } work: { job in
      do {
        recorder.begin(job.reference)
        let outcome = try train(job, cores, recorder, worker, provenance)
        try recorder.end(job.reference, outcome)
        if outcome.state.isOver { checkpoints.removeAll(of: job.id) }
        progress.ended(job.id, outcome)
        if outcome.state == .failed, stopsAtFirstFailure { stop.set() }
      } catch is RunRecorder.LeaseLost {
        progress.note("\(job.label): another process has taken it over.")
      } catch {
        // Nothing more can be stored, so nothing more is trained. What the database can still take is that the run stopped.
        failure.note(error)
        let steps = (try? database.run(job.id))?.stepsDone ?? 0
        try? recorder.end(
          job.reference,
          RunOutcome(state: .interrupted, reason: Wording.reason(of: error), stepsDone: steps, seconds: 0))
      }
      queue.ended(job)
    }
    withExtendedLifetime(heartbeat) {}
    progress.end()
    if let error = failure.error { throw error }
    try recorder.flush()
    return try states()
  }

  private func train(
    _ job: RunQueue.Job, _ cores: CoreBudget, _ recorder: RunRecorder, _ worker: Worker, _ provenance: Provenance
  ) throws -> RunOutcome {
    func start(_ rows: RecordedRows?) throws -> Bool {
      try database.start(
        job.reference, from: rows, for: worker, provenance: provenance, threads: threadsPerRun ?? 1)
    }
    func failed(_ reason: String) -> RunOutcome { RunOutcome(state: .failed, reason: reason, stepsDone: 0, seconds: 0) }
    guard memory.fits(job.run.memory) else {
      guard try start(nil) else { throw RunRecorder.LeaseLost() }
      progress.started(job.id, at: 0)
      return failed("needs \(Wording.bytes(job.run.memory)) of memory, but there are \(Wording.bytes(memory.total))")
    }
    do {
      return try RunTrainer(
        run: job.run, reference: job.reference, recorder: recorder, checkpoints: checkpoints,
        weightsFolder: weightsFolder,
        cores: cores, firstEvaluations: firstEvaluations, stop: stop, start: start, progress: progress
      ).train()
    } catch let error as TokenizerError {
      return failed(error.description)
    }
  }

  /// Stores every experiment and returns the runs that are to be trained, each once, the longest first.
  private func storeExperiments() throws -> [RunQueue.Job] {
    var jobs: [Int64: RunQueue.Job] = [:]
    var failed: Set<Int64> = []
    for experiment in plan.experiments {
      let stored = try database.store(experiment.record, runs: experiment.gridRecords)
      let varying = experiment.spec.axes
      for (run, record) in zip(experiment.runs, stored) {
        guard let id = record.id else { continue }
        if record.state.isOver {
          // A process that was killed at the wrong moment may have left them.
          checkpoints.removeAll(of: id)
        } else if record.state == .failed, !retriesFailed {
          failed.insert(id)
        } else {
          // A run of several experiments is named as the first of them tells it apart.
          let label = jobs[id]?.label ?? label(run, id, varying)
          jobs[id] = RunQueue.Job(run: run, id: id, label: label, seen: record)
        }
      }
    }
    if !failed.isEmpty {
      progress.note("\(Wording.number(failed.count, "run")) failed earlier; --retry-failed tries again.")
    }
    return jobs.values.sorted { ($1.run.trainingFlops, $0.id) < ($0.run.trainingFlops, $1.id) }
  }

  /// How many of the plan's runs stand in each state.
  private func states() throws -> [RunState: Int] {
    try database.known(plan.distinctRuns.map(\.record)).reduce(into: [:]) { counts, run in
      counts[run?.state ?? .queued, default: 0] += 1
    }
  }

  /// What tells the run from the others on a line: the keys that vary, and the seed.
  private func label(_ run: PlannedRun, _ id: Int64, _ varying: [SpecKey]) -> String {
    let keys = varying.compactMap { key in run.configuration[key].map { "\(key.rawValue) \($0.shortLabel)" } }
    return "run \(id): " + (keys + ["seed \(run.seed)"]).joined(separator: ", ")
  }
}

/// The first error that ends a sweep; noting it tells everybody to stop.
private final class FirstFailure: Sendable {
  private let noted = Locked<(any Error)?>(nil)
  private let stop: StopSignal

  init(_ stop: StopSignal) { self.stop = stop }

  var error: (any Error)? { noted.withLock { $0 } }

  func note(_ error: any Error) {
    noted.withLock { $0 = $0 ?? error }
    stop.set()
  }
}
