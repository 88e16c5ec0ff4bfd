import Store
import Synchronization

/// Tells training threads to stop after their step.
package final class StopSignal: Sendable {
  private let stopped = Atomic(false)
  private let number = Atomic<Int32>(0)
  private let time = Locked<ContinuousClock.Instant?>(nil)

  /// A signal that is not set.
  package init() {}

  /// Whether to stop.
  package var isSet: Bool { stopped.load(ordering: .relaxed) }

  /// Whether it has been set for so long.
  package func isSet(for duration: Duration) -> Bool {
    isSet && time.withLock { $0.map { .now - $0 >= duration } ?? false }
  }

  /// The system's signal that asked first, if one did.
  package var signal: Int32? {
    let number = number.load(ordering: .relaxed)
    return number == 0 ? nil : number
  }

  /// Asks everybody to stop, because of a signal or for another reason.
  package func set(by signal: Int32 = 0) {
    _ = number.compareExchange(expected: 0, desired: signal, ordering: .relaxed)
    time.withLock { $0 = $0 ?? .now }
    stopped.store(true, ordering: .relaxed)
  }
}
