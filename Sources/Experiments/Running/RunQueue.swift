import Foundation
import Store
import Words

/// Gives threads the runs that they train: the policy says which, the admission whether there is memory for it, and the database
/// whether another process has it. No lock is held while the database is asked.
package final class RunQueue: Sendable {
  /// What a thread does next.
  package enum Next {
    /// Train the run, which is this process's now.
    case run(Job)
    /// Ask again: other processes train what is left, or there is no memory for it yet.
    case later
    /// Nothing is left.
    case nothing
  }

  private struct Held {
    let job: Job
    let lease: Lease
    /// When the database is asked again.
    let again: ContinuousClock.Instant
  }

  private struct State {
    var policy: any Policy
    /// Runs that other processes train: what they leave is taken over.
    var held: [Held] = []
    /// Runs that some thread is just asking the database about.
    var asked = 0
    var hasToldOfMemory = false
    var hasToldOfOthers = false
  }

  /// Time until the database is asked again for a run that another process has.
  private static let patience = Duration.milliseconds(200)

  private let claim: @Sendable (Job) throws -> LeaseRule.Availability
  private let host: String
  private let width: Int
  private let admission: Admission
  private let observer: any SweepObserver
  private let state: Locked<State>

  /// A queue of runs, `width` of them side by side where memory allows it.
  ///
  /// - Parameters:
  ///   - claim: Claims a run for this process, as `Claims` does.
  ///   - host: This machine's name: runs of other processes on it share its cores.
  package init(
    _ jobs: [Job], policy: any Policy, width: Int, admission: Admission, host: String,
    observer: any SweepObserver, claim: @escaping @Sendable (Job) throws -> LeaseRule.Availability
  ) {
    var policy = policy
    for job in jobs { policy.add(job) }
    state = Locked(State(policy: policy))
    (self.width, self.admission, self.host) = (width, admission, host)
    (self.observer, self.claim) = (observer, claim)
  }

  /// The next job, claimed.
  package func next() throws -> Next {
    while let job = take() {
      if try isClaimed(job) { return .run(job) }
    }
    return state.withLock { state in
      // Whoever asks has nothing to do, and leaves its core to the runs that go on here, other processes' among them.
      admission.share(among: admission.count + state.held.count { $0.lease.worker.host == host })
      if state.policy.count == 0, state.held.isEmpty, state.asked == 0 { return .nothing }
      if !state.held.isEmpty, admission.count == 0 { tellOfOthers(&state) }
      return .later
    }
  }

  /// The job is over here, and its memory is free.
  package func ended(_ job: Job) { admission.end(job) }

  /// The job waits again: it paused, or another process has taken it over. The policy says when it goes on or is taken back.
  package func requeue(_ job: Job) {
    admission.end(job)
    state.withLock { $0.policy.add(job) }
  }

  /// What the policy says of a run after an evaluation.
  package func verdict(on job: Job, after evaluation: Evaluation) -> Verdict {
    state.withLock { $0.policy.verdict(on: job, after: evaluation) }
  }

  /// A run for which there is memory, which is reserved for it: the policy's choice, or one that another process had.
  private func take() -> Job? {
    state.withLock { state in
      var refused: Job?
      func isAdmitted(_ job: Job) -> Bool {
        if admission.admits(job) { return true }
        refused = refused ?? job
        return false
      }
      var job = state.policy.next(where: isAdmitted)
      if job == nil, let place = state.held.firstIndex(where: { $0.again <= .now && isAdmitted($0.job) }) {
        job = state.held.remove(at: place).job
      }
      if let refused { tellOfMemory(refused, &state) }
      guard let job else { return nil }
      admission.begin(job)
      state.asked += 1
      return job
    }
  }

  /// Asks the database for a run; says whether it is this process's now.
  private func isClaimed(_ job: Job) throws -> Bool {
    let answer = Result { try claim(job) }
    return try state.withLock { state in
      state.asked -= 1
      if case .success(.free) = answer {
        admission.share(among: min(width, admission.count + state.policy.count))
        return true
      }
      admission.end(job)
      switch try answer.get() {
      case .held(let lease): state.held.append(Held(job: job, lease: lease, again: .now + Self.patience))
      case .over, .free: observer.endedElsewhere(job.id)
      }
      return false
    }
  }

  private func tellOfMemory(_ job: Job, _ state: inout State) {
    guard !state.hasToldOfMemory else { return }
    state.hasToldOfMemory = true
    observer.note(
      "Fewer runs go side by side: \(job.label) needs \(Wording.bytes(job.run.memory)) of memory; of "
        + "\(Wording.bytes(admission.budget.available)), \(Wording.bytes(admission.memoryTaken)) are taken.")
  }

  private func tellOfOthers(_ state: inout State) {
    guard !state.hasToldOfOthers else { return }
    state.hasToldOfOthers = true
    let names = Set(state.held.map { "process \($0.lease.worker.process) on \($0.lease.worker.host)" }).sorted()
    observer.note(
      "Waiting for \(Wording.number(state.held.count, "run")) that \(names.joined(separator: ", ")) "
        + "\(names.count == 1 ? "trains" : "train"); what it leaves is taken over.")
  }
}
