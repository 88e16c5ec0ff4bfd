import Dispatch
import Foundation
import Synchronization

/// Tells training threads to stop after their step.
final class StopSignal: Sendable {
  private let stopped = Atomic(false)
  private let number = Atomic<Int32>(0)

  /// Whether to stop.
  var isSet: Bool { stopped.load(ordering: .relaxed) }

  /// The system's signal that asked first, if one did.
  var signal: Int32? {
    let number = number.load(ordering: .relaxed)
    return number == 0 ? nil : number
  }

  /// Asks everybody to stop, because of a signal or for another reason.
  func set(by signal: Int32 = 0) {
    _ = number.compareExchange(expected: 0, desired: signal, ordering: .relaxed)
    stopped.store(true, ordering: .relaxed)
  }
}

/// Turns Ctrl-C, a request to terminate and a closed terminal into a stop after the step: the first asks, a second ends the
/// process at once. A terminal that closes tells so more than once, so that alone ends nothing at once.
final class InterruptWatch {
  private let sources: [any DispatchSourceSignal]

  /// Watches until the process ends. `announce` is called once, from another thread, when the first signal comes.
  init(_ stop: StopSignal, announce: @escaping @Sendable () -> Void) {
    signal(SIGPIPE, SIG_IGN)
    let queue = DispatchQueue(label: "interrupts")
    sources = [SIGINT, SIGTERM, SIGHUP].compactMap { number in
      // Who starts a program with `nohup` wants it to outlive the terminal.
      let former = unsafeBitCast(signal(number, SIG_IGN), to: Int.self)
      if number == SIGHUP, former == unsafeBitCast(SIG_IGN, to: Int.self) { return nil }
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler {
        if stop.signal == nil {
          // What is announced stands before what the stop brings about.
          announce()
          stop.set(by: number)
        } else if number != SIGHUP {
          _exit(128 + number)
        }
      }
      source.resume()
      return source
    }
  }
}
