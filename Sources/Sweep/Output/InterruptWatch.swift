import Dispatch
import Experiments
import Foundation

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
