import Foundation
import Model
import Store
import Words

/// Trains what is missing of a plan: the way from a plan to a full database.
package struct SweepSession {
  /// What somebody who starts a sweep chooses.
  package struct Options: Sendable {
    /// Runs that go side by side.
    package var jobs: Int
    /// Threads of each run; nil shares the cores.
    package var threadsPerRun: Int?
    package var memory: MemoryBudget
    package var retriesFailed = false
    package var stopsAtFirstFailure = false
    /// Runs that are over in another database, and how they ended there: they aren't trained here.
    package var overElsewhere: [PlannedRun.Key: RunState] = [:]

    package init(jobs: Int, threadsPerRun: Int? = nil, memory: MemoryBudget) {
      (self.jobs, self.threadsPerRun, self.memory) = (jobs, threadsPerRun, memory)
    }
  }

  private let plan: Plan
  private let database: ResultsDatabase
  private let files: ResultFiles
  private let options: Options
  private let policy: any Policy
  private let training: TrainingFactory
  private let stop: StopSignal
  private let observer: any SweepObserver

  /// A session; nothing happens before `run`.
  package init(
    _ plan: Plan, database: ResultsDatabase, files: ResultFiles, options: Options, policy: any Policy = LongestFirst(),
    training: @escaping TrainingFactory = { CPUTraining($0) }, stop: StopSignal, observer: any SweepObserver
  ) {
    (self.plan, self.database, self.files, self.options) = (plan, database, files, options)
    (self.policy, self.training, self.stop, self.observer) = (policy, training, stop, observer)
  }

  /// Stores the experiments, trains every run that isn't over, makes what they ask to see of runs that were over, and counts how
  /// all stand then. Returns when no run is left, those included that other processes train.
  ///
  /// - Throws: `ResultsDatabaseError`, SQLite's error or `FileError` where something can't be written; what was trained by
  ///   then is kept as far as it was stored.
  package func run() throws -> [RunState: Int] {
    let jobs: [Job]
    do {
      jobs = try storeExperiments()
    } catch is CancellationError {
      return try states()
    }
    for warning in jobs.isEmpty ? [] : plan.warnings { observer.note(warning) }
    observer.begin(jobs.map { SweepItem(id: $0.id, label: $0.label, steps: $0.run.steps, flops: $0.run.trainingFlops) })
    try train(jobs)
    try completeWhatIsOver()
    return try states()
  }

  /// Makes what the experiments ask to see of runs that were finished before, and tells what can't be made.
  private func completeWhatIsOver() throws {
    for experiment in plan.experiments where !stop.isSet {
      guard let late = try LateSamples(experiment, in: database) else { continue }
      let made = try late.make(in: database, files, stop: stop, observer)
      if made > 0 {
        observer.note(
          "\(experiment.spec.name): \(Wording.number(made, "sample")) of finished runs drawn from their weights.")
      }
      if let missing = late.missing { observer.note(missing) }
    }
  }

  private func train(_ jobs: [Job]) throws {
    let worker = Worker.here
    let cores = CoreBudget(cores: min(options.jobs, Machine.cores), threadsPerRun: options.threadsPerRun)
    let context = RunTrainer.Context(
      files: files, recorder: RunRecorder(database, for: worker), training: training, cores: cores,
      firstEvaluations: FirstEvaluations(), provenance: Machine.provenance,
      stop: stop, observer: observer)
    let width = min(options.jobs, jobs.count)
    let claims = Claims(database, for: worker)
    let queue = RunQueue(
      jobs, policy: policy, width: width, admission: Admission(budget: options.memory, cores: cores), host: worker.host,
      observer: observer, claim: claims.claim)
    let failure = FirstFailure(stop)
    let heartbeat = Heartbeat(worker, in: database, onLoss: failure.note)
    WorkerThreads(width: width, stop: stop).run {
      do { return try queue.next() } catch {
        failure.note(error)
        return .nothing
      }
    } work: { job in
      work(job, context, queue, worker, failure)
    } few: { count in
      observer.note(
        "The system gives \(Wording.number(count, "thread")) instead of \(width); so many runs go side by side.")
    }
    withExtendedLifetime(heartbeat) {}
    observer.end()
    if let error = failure.error { throw error }
    try context.recorder.flush()
    try database.checkPlace()
  }

  /// Trains a job and stores how it ended.
  private func work(
    _ job: Job, _ context: RunTrainer.Context, _ queue: RunQueue, _ worker: Worker, _ failure: FirstFailure
  ) {
    let recorder = context.recorder
    do {
      recorder.begin(job.reference)
      let outcome = try outcome(of: job, context, queue, worker)
      try recorder.end(job.reference, outcome)
      if outcome.state.isOver { files.checkpoints.removeAll(of: job.run.fileName) }
      observer.ended(job.id, outcome)
      if outcome.state == .failed, options.stopsAtFirstFailure { stop.set() }
      // The policy paused it, where nobody asked all runs to stop.
      let isPaused = outcome.state == .interrupted && !stop.isSet
      if isPaused { queue.requeue(job) } else { queue.ended(job) }
    } catch is RunRecorder.LeaseLost {
      observer.note("\(job.label): another process has taken it over.")
      queue.requeue(job)
    } catch {
      // Nothing more can be stored, so nothing more is trained. What the database can still take is that the run stopped.
      // Beside a database that was moved with its folder no file can be written either; the move is what helps to know.
      do { try database.checkPlace() } catch let loss { failure.note(loss) }
      failure.note(error)
      let steps = (try? database.run(job.id))?.stepsDone ?? 0
      try? recorder.end(
        job.reference,
        RunOutcome(state: .interrupted, reason: Wording.reason(of: error), stepsDone: steps, seconds: 0))
      queue.ended(job)
    }
  }

  private func outcome(
    of job: Job, _ context: RunTrainer.Context, _ queue: RunQueue, _ worker: Worker
  ) throws -> RunOutcome {
    func start(_ rows: RecordedRows?) throws -> Bool {
      try database.start(
        job.reference, from: rows, for: worker, provenance: context.provenance, facts: job.run.record.facts,
        threads: options.threadsPerRun ?? 1)
    }
    func failed(_ reason: String) -> RunOutcome { RunOutcome(state: .failed, reason: reason, stepsDone: 0, seconds: 0) }
    if let reason = options.memory.refusal(of: job.run.memory) {
      guard try start(nil) else { throw RunRecorder.LeaseLost() }
      observer.started(job.id, at: 0)
      return failed(reason)
    }
    do {
      return try RunTrainer(job: job, context: context, formerName: formerName(of: job), start: start) { evaluation in
        queue.verdict(on: job, after: evaluation)
      }.train()
    } catch let error as TokenizerError {
      return failed(error.description)
    }
  }

  /// What a checkpoint of before schema 3 calls the run; nil where there can be none.
  private func formerName(of job: Job) throws -> String? {
    try database.formerConfig(of: job.reference).map { PlannedRun.name(identity: $0, seed: job.run.seed) }
  }

  /// Stores every experiment and returns the runs that are to be trained, each once, in the order of the plan.
  private func storeExperiments() throws -> [Job] {
    let runs = Dictionary(uniqueKeysWithValues: plan.distinctRuns.map { ($0.key, $0) })
    var jobs: [Job] = []
    var seen: Set<Int64> = []
    var failed: Set<Int64> = []
    for experiment in plan.experiments {
      if let former = try former(of: experiment) {
        observer.note(
          "\(experiment.spec.path): takes the place of the experiment \"\(experiment.spec.name)\" that came from \(former). Give it "
            + "another \"name\" if both shall stay.")
      }
      let stored = try database.store(experiment.record, grid: experiment.gridRecords) { stop.isSet }
      let labels = experiment.spec.axes.map { (key: $0.key, label: $0.label) }
      for (planned, record) in zip(experiment.runs, stored) {
        guard let reference = record.reference, let run = runs[planned.key] else { continue }
        if record.state.isOver {
          // A process that was killed at the wrong moment may have left them.
          files.checkpoints.removeAll(of: run.fileName)
        } else if options.overElsewhere[planned.key] != nil {
          continue
        } else if record.state == .failed, !options.retriesFailed {
          failed.insert(reference.id)
        } else if seen.insert(reference.id).inserted {
          // A run of several experiments is named as the first of them tells it apart.
          jobs.append(
            Job(run: run, reference: reference, label: label(run, reference.id, experiment.spec, labels), seen: record))
        }
      }
    }
    if !failed.isEmpty {
      observer.note("\(Wording.number(failed.count, "run")) failed earlier; --retry-failed tries again.")
    }
    return jobs
  }

  /// The file that an experiment of that name, but of another text, came from; nil where there is none, or the same file.
  private func former(of experiment: Plan.PlannedExperiment) throws -> String? {
    do {
      let stored = try database.experiment(named: experiment.spec.name)
      let isSame = stored.spec == experiment.spec.source || stored.specPath == experiment.spec.path
      return isSame || UserPath.isStream(experiment.spec.path) ? nil : stored.specPath
    } catch ResultsDatabaseError.noExperiment {
      return nil
    }
  }

  /// How many of the plan's runs stand in each state.
  private func states() throws -> [RunState: Int] {
    let keys = Array(Set(plan.experiments.flatMap(\.runs).map(\.key)))
    let states = try database.states(of: keys.map { (config: $0.identity, seed: $0.seed) })
    return zip(keys, states).reduce(into: [:]) { counts, run in
      let (key, state) = run
      let isOver = state?.isOver ?? false
      counts[(isOver ? state : options.overElsewhere[key] ?? state) ?? .queued, default: 0] += 1
    }
  }

  /// What tells the run from the others on a line: its value on each axis, and the seed.
  private func label(
    _ run: PlannedRun, _ id: Int64, _ spec: Spec, _ labels: [(key: String, label: @Sendable (Scalar) -> String)]
  ) -> String {
    let point = spec.point(of: run.configuration)
    let keys = labels.compactMap { axis in point[axis.key].map { "\(axis.key) \(axis.label($0))" } }
    return ("run \(id): " + (keys + ["seed \(run.seed)"]).joined(separator: ", ")).visible()
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
