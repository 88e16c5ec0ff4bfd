import Foundation
import Model

/// A number of threads that work side by side until nothing is left or they are told to stop.
///
/// It knows nothing of what a job does, nor whether it went well.
package struct WorkerThreads: Sendable {
  /// Number of threads.
  package let width: Int
  package let stop: StopSignal

  /// Time until a thread without a job asks again.
  private static let patience = 0.2

  /// Threads that are kept for what stores measurements and for signals, where the system gives few.
  private static let reserve = 4

  /// Calls `work` for every job that `next` gives and returns when the last call has returned. Where the system gives fewer threads, or
  /// none, those that there are do the work.
  ///
  /// - Parameters:
  ///   - start: Starts a thread; says whether the system gave one.
  ///   - few: Told the number of threads where it is less than `width`.
  package func run(
    next: @escaping @Sendable () -> RunQueue.Next, work: @escaping @Sendable (Job) -> Void,
    start: (@escaping @Sendable () -> Void) -> Bool = SystemThread.start, few: (Int) -> Void = { _ in }
  ) {
    let serve: @Sendable () -> Void = {
      loop: while !stop.isSet {
        switch next() {
        case .run(let job): work(job)
        case .later: Thread.sleep(forTimeInterval: Self.patience)
        case .nothing: break loop
        }
      }
    }
    let (group, spares) = (DispatchGroup(), DispatchSemaphore(value: 0))
    let spareCount = (0..<Self.reserve).count { _ in start { spares.wait() } }
    var count = 0
    while count < width {
      group.enter()
      guard
        start({
          serve()
          group.leave()
        })
      else {
        group.leave()
        break
      }
      count += 1
    }
    for _ in 0..<spareCount { spares.signal() }
    if count < width { few(max(count, 1)) }
    if count == 0 { serve() }
    group.wait()
  }
}
