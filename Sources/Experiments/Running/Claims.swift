import Foundation
import Store

/// Claims runs in the database for this process. Other processes may take runs from it at the same time: a run is claimed before
/// it is trained, and one whose process is gone is taken over.
package struct Claims: Sendable {
  package let database: ResultsDatabase
  package let worker: Worker

  package init(_ database: ResultsDatabase, for worker: Worker) {
    self.database = database
    self.worker = worker
  }

  /// Claims the run; `.free` says that it is this process's now.
  package func claim(_ job: Job) throws -> LeaseRule.Availability {
    while true {
      guard let (run, lease) = try database.standing(of: job.reference) else { return .over }
      let availability = LeaseRule.availability(of: run, first: job.seen, lease: lease) { lease in
        LeaseRule.isGone(lease, here: worker, now: Date(), start: Worker.start)
      }
      guard case .free(let gone) = availability else { return availability }
      if try database.claim(run, replacing: gone, for: worker) { return availability }
    }
  }
}
