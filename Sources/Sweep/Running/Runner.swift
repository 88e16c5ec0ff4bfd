import Foundation
import Store

/// Works through jobs on a number of threads, side by side, beginning them in the order given.
///
/// It knows nothing of what a job does, nor whether it went well.
final class Runner<Job: Sendable>: Sendable {
  private let waiting: Locked<ArraySlice<Job>>
  private let width: Int
  private let stop: StopSignal

  /// A runner with `width` threads at most. No job is begun once `stop` is set.
  init(_ jobs: [Job], width: Int, stop: StopSignal) {
    waiting = Locked(jobs[...])
    self.width = min(width, jobs.count)
    self.stop = stop
  }

  /// Calls `work` for every job and returns when the last call has returned.
  func run(_ work: @escaping @Sendable (Job) -> Void) {
    let group = DispatchGroup()
    for _ in 0..<width {
      group.enter()
      Thread {
        while !self.stop.isSet, let job = self.waiting.withLock({ $0.popFirst() }) { work(job) }
        group.leave()
      }.start()
    }
    group.wait()
  }
}
