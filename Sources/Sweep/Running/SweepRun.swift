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
  let jobs: Int
  let stopsAtFirstFailure: Bool
  let stop: StopSignal
  let progress: Progress

  /// A run that is to be trained.
  private struct Job: Sendable {
    let run: PlannedRun
    let id: Int64
  }

  /// Stores the experiments, trains every run that has no result yet, the longest first, and counts how all stand then.
  ///
  /// - Throws: `ResultsDatabaseError` or SQLite's error where the database can't be written; what was trained by then is
  ///   kept as far as it was recorded.
  func callAsFunction() throws -> [RunState: Int] {
    let missing = try storeExperiments()
    let recorder = RunRecorder(database)
    let provenance = Machine.provenance
    progress.begin(
      missing.map { Progress.Item(id: $0.id, label: label($0), steps: $0.run.steps, flops: $0.run.trainingFlops) })
    Runner(missing, width: jobs, stop: stop).run { job in
      do {
        try recorder.start(job.id, provenance: provenance)
        progress.started(job.id)
        let outcome = train(job, recorder)
        try recorder.end(job.id, outcome)
        progress.ended(job.id, outcome)
        if outcome.state == .failed, stopsAtFirstFailure { stop.set() }
      } catch {
        // The database itself can't be written: nothing more can be recorded, so nothing more is trained.
        stop.set()
      }
    }
    progress.end()
    try recorder.flush()
    return try states()
  }

  private func train(_ job: Job, _ recorder: RunRecorder) -> RunOutcome {
    guard job.run.memory <= Machine.memory else {
      let (needed, there) = (Wording.bytes(job.run.memory), Wording.bytes(Machine.memory))
      return RunOutcome(
        state: .failed, reason: "needs \(needed) of memory, but the machine has \(there)", stepsDone: 0, seconds: 0)
    }
    do {
      return try RunTrainer(
        run: job.run, id: job.id, recorder: recorder, weightsFolder: weightsFolder, stop: stop,
        progress: { progress.step(job.id, $0, loss: $1) }
      ).train()
    } catch {
      return RunOutcome(state: .failed, reason: Wording.reason(of: error), stepsDone: 0, seconds: 0)
    }
  }

  /// Stores every experiment and returns the runs without a result, each once, the longest first.
  private func storeExperiments() throws -> [Job] {
    var jobs: [Int64: Job] = [:]
    for experiment in plan.experiments {
      let stored = try database.store(experiment.record, runs: experiment.runs.map(\.record))
      for (run, record) in zip(experiment.runs, stored) where !record.state.hasResult {
        if let id = record.id { jobs[id] = Job(run: run, id: id) }
      }
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
  private func label(_ job: Job) -> String {
    let varying = plan.experiments.first { $0.runs.contains { $0.identity == job.run.identity } }?.spec.axes ?? []
    let keys = varying.compactMap { key in job.run.configuration[key].map { "\(key.rawValue) \($0.shortLabel)" } }
    return "run \(job.id): " + (keys + ["seed \(job.run.seed)"]).joined(separator: ", ")
  }
}
