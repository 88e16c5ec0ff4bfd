import Foundation
import Store

/// Who may train a run.
package enum LeaseRule {
  /// Seconds between heartbeats.
  package static let heartbeat = 5.0
  /// Seconds without a heartbeat after which a process that can't be looked at counts as gone.
  package static let lapse = 60.0
  /// Seconds for which a heartbeat that seems older than that must be seen to stand still: three heartbeats.
  package static let stillness = 15.0

  /// What a process may do with a run.
  package enum Availability: Equatable {
    /// Nothing: it has its result, was stopped, or failed and isn't to be tried again.
    case over
    /// Wait: another process trains it.
    case held(Lease)
    /// Claim it; the lease is that of a process that is gone.
    case free(replacing: Lease?)
  }

  /// What a process may do with a run that it saw as `first` when it started.
  ///
  /// A failed run is tried again once where that was asked for: not if it has failed since.
  package static func availability(of run: Run, first: Run, lease: Lease?, isGone: (Lease) -> Bool) -> Availability {
    let hasFailedSince =
      run.state == .failed && (first.state, first.provenance.endedAt) != (run.state, run.provenance.endedAt)
    if run.state.isOver || hasFailedSince { return .over }
    if let lease, !isGone(lease) { return .held(lease) }
    return .free(replacing: lease)
  }

  /// Whether the process of a lease is gone. In one's own PID namespace it is looked up; elsewhere its heartbeat decides.
  ///
  /// - Parameter start: When the process of a number started; nil where there is none.
  package static func isGone(_ lease: Lease, here: Worker, now: Date, start: (Int) -> String?) -> Bool {
    if lease.worker.pidNamespace == here.pidNamespace {
      return start(lease.worker.process) != lease.worker.processStart
    }
    // A heartbeat from the future is one of a clock that was set back since.
    return abs(now.timeIntervalSince(lease.heartbeat)) > lapse
  }
}
