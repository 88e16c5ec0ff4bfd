import Store

/// A run that is to be trained, as the sweep sees it.
package struct Job: Sendable {
  package let run: PlannedRun
  /// The run in the database.
  package let reference: Run.Reference
  /// What tells it from the others on a line.
  package let label: String
  /// The run as this process first saw it.
  package let seen: Run

  /// The run's number in the database.
  package var id: Int64 { reference.id }
}

/// Says which waiting run is trained next, and, after every evaluation between the first and the last, whether a run goes on. Runs that
/// another process held are taken over without asking. A policy sees only what this process has measured.
///
/// A policy knows no database, no memory and no thread: `RunQueue` calls it under a lock, claims the runs in the database,
/// and asks `Admission` for memory and cores.
package protocol Policy: Sendable {
  /// Runs that wait to be trained.
  var count: Int { get }
  /// A run that is to be trained, or one that goes on after a pause.
  mutating func add(_ job: Job)
  /// Takes out the run that a free thread trains next, among those for which `fits` says that there is memory; nil where none
  /// is to begin now.
  mutating func next(where fits: (Job) -> Bool) -> Job?
  /// What a run does after an evaluation that isn't its last.
  mutating func verdict(on job: Job, after evaluation: Evaluation) -> Verdict
}

/// What a run does after an evaluation.
package enum Verdict: Equatable, Sendable {
  case goOn
  /// It stores a checkpoint and waits again until the policy gives it out anew.
  case pause(reason: String)
  /// It is over, with what it has reached.
  case stop(reason: String)
}

/// The longest run first, each to its end: so the last runs to end are short ones, and no core is idle for long.
package struct LongestFirst: Policy {
  /// The shortest first, so that the next one stands at the end.
  private var waiting: [Job] = []
  private var isSorted = true

  package init() {}

  package var count: Int { waiting.count }

  package mutating func add(_ job: Job) {
    waiting.append(job)
    isSorted = false
  }

  package mutating func next(where fits: (Job) -> Bool) -> Job? {
    if !isSorted { waiting.sort { ($0.run.trainingFlops, $1.id) < ($1.run.trainingFlops, $0.id) } }
    isSorted = true
    return waiting.lastIndex(where: fits).map { waiting.remove(at: $0) }
  }

  package func verdict(on job: Job, after evaluation: Evaluation) -> Verdict { .goOn }
}
