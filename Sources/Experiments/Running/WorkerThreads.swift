import Foundation

/// A number of threads that work side by side until nothing is left or they are told to stop.
///
/// It knows nothing of what a job does, nor whether it went well.
package struct WorkerThreads: Sendable {
  /// Number of threads.
  package let width: Int
  package let stop: StopSignal

  /// Time until a thread without a job asks again.
  private static let patience = 0.2

  /// Calls `work` for every job that `next` gives and returns when the last call has returned.
  package func run(
    next: @escaping @Sendable () -> RunQueue.Next, work: @escaping @Sendable (Job) -> Void
  ) {
    let group = DispatchGroup()
    for _ in 0..<width {
      group.enter()
      Thread {
        loop: while !stop.isSet {
          switch next() {
          case .run(let job): work(job)
          case .later: Thread.sleep(forTimeInterval: Self.patience)
          case .nothing: break loop
          }
        }
        group.leave()
      }.start()
    }
    group.wait()
  }
}
