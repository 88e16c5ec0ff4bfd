import Dispatch
import Store

/// Says in the database, as long as it lives, that this process is there.
package final class Heartbeat {
  private let timer: any DispatchSourceTimer

  package init(_ worker: Worker, in database: ResultsDatabase) {
    timer = DispatchSource.makeTimerSource(queue: DispatchQueue(label: "heartbeat", qos: .utility))
    timer.schedule(deadline: .now() + LeaseRule.heartbeat, repeating: LeaseRule.heartbeat)
    // What keeps a heartbeat from being stored keeps measurements from it too, and is told by them.
    timer.setEventHandler { try? database.heartbeat(of: worker) }
    timer.resume()
  }

  deinit { timer.cancel() }
}
