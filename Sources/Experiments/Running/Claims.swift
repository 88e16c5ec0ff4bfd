import Foundation
import Store

/// Claims runs in the database for this process. Other processes may take runs from it at the same time: a run is claimed before
/// it is trained, and one whose process is gone is taken over.
package struct Claims: Sendable {
  package let database: ResultsDatabase
  package let worker: Worker
  /// The time of a monotonic clock, which no change of the machine's date moves.
  private let time: @Sendable () -> ContinuousClock.Instant
  /// The heartbeats of other machines' processes as they were last seen, and since when.
  private let seen = Locked<[Int64: (heartbeat: Date, since: ContinuousClock.Instant)]>([:])

  package init(
    _ database: ResultsDatabase, for worker: Worker, time: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
  ) {
    (self.database, self.worker, self.time) = (database, worker, time)
  }

  /// Claims the run; `.free` says that it is this process's now.
  package func claim(_ job: Job) throws -> LeaseRule.Availability {
    while true {
      guard let (run, lease) = try database.standing(of: job.reference) else { return .over }
      let availability = LeaseRule.availability(of: run, first: job.seen, lease: lease, isGone: isGone)
      guard case .free(let gone) = availability else { return availability }
      if try database.claim(run, replacing: gone, for: worker) { return availability }
    }
  }

  /// Whether the process of a lease is gone. The clocks of two machines may differ by minutes, so a heartbeat of another machine that
  /// seems old must stand still for some heartbeats too.
  private func isGone(_ lease: Lease) -> Bool {
    guard LeaseRule.isGone(lease, here: worker, now: Date(), start: Worker.start) else { return false }
    if lease.worker.pidNamespace == worker.pidNamespace { return true }
    let now = time()
    return seen.withLock { seen in
      if let last = seen[lease.runID], last.heartbeat == lease.heartbeat {
        return now - last.since >= .seconds(LeaseRule.stillness)
      }
      seen[lease.runID] = (lease.heartbeat, now)
      return false
    }
  }
}
