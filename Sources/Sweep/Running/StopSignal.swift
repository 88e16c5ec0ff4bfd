import Dispatch
import Foundation
import Synchronization

/// Tells training threads to stop after their step.
final class StopSignal: Sendable {
  private let stopped = Atomic(false)

  /// Whether to stop.
  var isSet: Bool { stopped.load(ordering: .relaxed) }

  /// Asks everybody to stop.
  func set() { stopped.store(true, ordering: .relaxed) }
}

/// Turns Ctrl-C, a request to terminate and a closed terminal into a stop after the step: the first asks, the second ends
/// the process at once.
final class InterruptWatch {
  /// The signal that asked, if any.
  var received: Int32? {
    let value = last.load(ordering: .relaxed)
    return value == 0 ? nil : value
  }

  private let last = Atomic<Int32>(0)
  private let sources: [any DispatchSourceSignal]

  /// Watches until the process ends. `announce` is called once, from another thread, when the first signal comes.
  init(_ stop: StopSignal, announce: @escaping @Sendable () -> Void) {
    signal(SIGPIPE, SIG_IGN)
    let queue = DispatchQueue(label: "interrupts")
    let numbers = [SIGINT, SIGTERM, SIGHUP]
    sources = numbers.map { number in
      signal(number, SIG_IGN)
      return DispatchSource.makeSignalSource(signal: number, queue: queue)
    }
    for (number, source) in zip(numbers, sources) {
      source.setEventHandler { [weak self] in
        if stop.isSet { _exit(128 + number) }
        self?.last.store(number, ordering: .relaxed)
        // What is announced stands before what the stop brings about.
        announce()
        stop.set()
      }
      source.resume()
    }
  }
}
