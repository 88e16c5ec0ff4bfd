import Dispatch
import Experiments
import Foundation
import Store

/// Turns Ctrl-C, a request to terminate and a closed terminal into a stop after the step: the first asks, a second ends the
/// process at once.
///
/// A second signal within a second is the first once more: `timeout`, `make`, batch systems and terminals signal a process and its
/// group, so that it comes twice. A terminal that closes tells so more than once, so that alone ends nothing at once.
final class InterruptWatch {
  private let sources: [any DispatchSourceSignal]
  /// How long after the first signal another one is the same.
  private static let echo = Duration.seconds(1)

  /// Watches until the process ends. `announce` is called once, from another thread, when the first signal comes.
  init(_ stop: StopSignal, announce: @escaping @Sendable () -> Void) {
    signal(SIGPIPE, SIG_IGN)
    let queue = DispatchQueue(label: "interrupts")
    let first = Locked<ContinuousClock.Instant?>(nil)
    sources = [SIGINT, SIGTERM, SIGHUP].compactMap { number in
      // Who starts a program with `nohup` wants it to outlive the terminal.
      let former = unsafeBitCast(signal(number, SIG_IGN), to: Int.self)
      if number == SIGHUP, former == unsafeBitCast(SIG_IGN, to: Int.self) { return nil }
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler {
        if let time = first.withLock({ $0 }) {
          if number != SIGHUP, .now - time > Self.echo { _exit(128 + number) }
        } else {
          first.withLock { $0 = .now }
          // What is announced stands before what the stop brings about.
          announce()
          stop.set(by: number)
        }
      }
      source.resume()
      return source
    }
  }
}
