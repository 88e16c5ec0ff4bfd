import Dispatch
import Store

/// Says in the database, as long as it lives, that this process is there, and makes sure that the database is there too.
package final class Heartbeat {
  private let timer: any DispatchSourceTimer

  /// - Parameter onLoss: Called with the error where the database no longer stands at its path.
  package init(
    _ worker: Worker, in database: ResultsDatabase, every seconds: Double = LeaseRule.heartbeat,
    onLoss: @escaping @Sendable (any Error) -> Void
  ) {
    timer = DispatchSource.makeTimerSource(queue: DispatchQueue(label: "heartbeat", qos: .utility))
    timer.schedule(deadline: .now() + seconds, repeating: seconds)
    // What keeps a heartbeat from being stored keeps measurements from it too, and is told by them.
    timer.setEventHandler {
      do { try database.checkPlace() } catch { onLoss(error) }
      try? database.heartbeat(of: worker)
    }
    timer.resume()
  }

  deinit { timer.cancel() }
}
