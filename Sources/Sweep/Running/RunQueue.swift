import Foundation
import Store
import Terminal

/// Says which run a thread trains next. Other processes may take runs from the same database at the same time: a run is
/// claimed in it before it is trained, and one whose process is gone is taken over.
final class RunQueue: Sendable {
  /// A run that is to be trained.
  struct Job: Sendable {
    let run: PlannedRun
    let id: Int64
    let label: String
    /// The run as this process first saw it.
    let seen: Run

    /// The stored run.
    var reference: Run.Reference { Run.Reference(id: id, config: seen.config, seed: seen.seed) }
  }

  /// What a thread does next.
  enum Next {
    /// Train the run, which is this process's now.
    case run(Job)
    /// Ask again: other processes train what is left, or there is no memory for it yet.
    case later
    /// Nothing is left.
    case nothing
  }

  private struct State {
    var waiting: [Job]
    var memory: [Int64: Double] = [:]
    var hasToldOfMemory = false
    var hasToldOfOthers = false
  }

  private let database: ResultsDatabase
  private let worker: Worker
  private let width: Int
  private let budget: MemoryBudget
  private let cores: CoreBudget
  private let progress: Progress
  private let state: Locked<State>

  /// The jobs are begun in the order given, `width` side by side where memory allows it.
  init(
    _ jobs: [Job], width: Int, database: ResultsDatabase, worker: Worker, budget: MemoryBudget, cores: CoreBudget,
    progress: Progress
  ) {
    state = Locked(State(waiting: jobs))
    self.database = database
    self.worker = worker
    self.width = width
    self.budget = budget
    self.cores = cores
    self.progress = progress
  }

  /// The next job, claimed.
  func next() throws -> Next {
    try state.withLock { state in
      var holders: [Lease] = []
      for job in state.waiting {
        let memory = job.run.memory
        guard !budget.fits(memory) || budget.admits(memory, beside: Array(state.memory.values)) else {
          tellOfMemory(job, &state)
          continue
        }
        switch try claim(job) {
        case .over:
          state.waiting.removeAll { $0.id == job.id }
          progress.endedElsewhere(job.id)
        case .held(let lease): holders.append(lease)
        case .free:
          state.waiting.removeAll { $0.id == job.id }
          state.memory[job.id] = budget.fits(memory) ? memory : 0
          cores.share(among: min(width, state.memory.count + state.waiting.count))
          return .run(job)
        }
      }
      // Whoever asks has nothing to do, and leaves its core to the runs that go on here, other processes' among them.
      let others = holders.filter { $0.worker.host == worker.host }
      cores.share(among: state.memory.count + others.count)
      if state.waiting.isEmpty { return .nothing }
      if !holders.isEmpty, state.memory.isEmpty { tellOfOthers(holders, &state) }
      return .later
    }
  }

  /// The job is over, and its memory is free.
  func ended(_ job: Job) { state.withLock { $0.memory[job.id] = nil } }

  /// Claims the run; `.free` says that it is this process's now.
  private func claim(_ job: Job) throws -> LeaseRule.Availability {
    while true {
      guard let (run, lease) = try database.standing(of: job.reference) else { return .over }
      let availability = LeaseRule.availability(of: run, first: job.seen, lease: lease) { lease in
        LeaseRule.isGone(lease, here: worker, now: Date(), start: Worker.start)
      }
      guard case .free(let gone) = availability else { return availability }
      if try database.claim(run, replacing: gone, for: worker) { return availability }
    }
  }

  private func tellOfMemory(_ job: Job, _ state: inout State) {
    guard !state.hasToldOfMemory else { return }
    state.hasToldOfMemory = true
    progress.note(
      "Fewer runs go side by side: \(job.label) needs \(Wording.bytes(job.run.memory)) of memory; of "
        + "\(Wording.bytes(budget.available)), \(Wording.bytes(state.memory.values.reduce(0, +))) are taken.")
  }

  private func tellOfOthers(_ leases: [Lease], _ state: inout State) {
    guard !state.hasToldOfOthers else { return }
    state.hasToldOfOthers = true
    let names = Set(leases.map { "process \($0.worker.process) on \($0.worker.host)" }).sorted()
    progress.note(
      "Waiting for \(Wording.number(leases.count, "run")) that \(names.joined(separator: ", ")) "
        + "\(names.count == 1 ? "trains" : "train"); what it leaves is taken over.")
  }
}
