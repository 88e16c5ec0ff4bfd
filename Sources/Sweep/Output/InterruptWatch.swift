import Experiments
import Foundation
import Model

/// Turns Ctrl-C, a request to terminate, a closed terminal and a used-up limit of processor time into a stop after the step: the
/// first asks, a second ends the process at once.
///
/// A second signal within a second is the first once more: `timeout`, `make`, batch systems and terminals signal a process and its
/// group, so that it comes twice. A terminal that closes tells so more than once, and a limit of processor time tells it every second,
/// so that they alone end nothing at once.
enum InterruptWatch {
  /// How long after the first signal another one is the same.
  private static let echo = Duration.seconds(1)

  /// Watches until the process ends. `announce` is called once, from another thread, when the first signal comes. Where the system
  /// gives no thread to watch on, a signal ends the process as it ends any other.
  ///
  /// This is no dispatch source: that waits for a thread of its own when the signal comes, and for ever where there is none.
  static func begin(_ stop: StopSignal, announce: @escaping @Sendable () -> Void) {
    signal(SIGPIPE, SIG_IGN)
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { return }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    let reading = ends[0]
    guard SystemThread.start({ heed(reading, stop, announce) }) else { return }
    signalPipe = ends[1]
    for number in [SIGINT, SIGTERM, SIGHUP, SIGXCPU] {
      // Who starts a program with `nohup` wants it to outlive the terminal.
      let former = unsafeBitCast(signal(number, SIG_IGN), to: Int.self)
      if number == SIGHUP, former == unsafeBitCast(SIG_IGN, to: Int.self) { continue }
      signal(number, tellOfSignal)
    }
  }

  private static func heed(_ reading: Int32, _ stop: StopSignal, _ announce: @Sendable () -> Void) {
    // Whoever started this process may have left signals blocked; it suffices that one thread takes them.
    var all = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_UNBLOCK, &all, nil)
    var first: ContinuousClock.Instant?
    var byte: UInt8 = 0
    while true {
      guard read(reading, &byte, 1) == 1 else { continue }
      let number = Int32(byte)
      if let first {
        if ![SIGHUP, SIGXCPU].contains(number), .now - first > echo { _exit(128 + number) }
      } else {
        first = .now
        // What is announced stands before what the stop brings about.
        announce()
        stop.set(by: number)
      }
    }
  }
}

/// Where the handler writes the number of a signal.
nonisolated(unsafe) private var signalPipe: Int32 = -1

/// Does no more than a signal's handler may: https://man7.org/linux/man-pages/man7/signal-safety.7.html
private func tellOfSignal(_ number: Int32) {
  let former = errno
  var byte = UInt8(truncatingIfNeeded: number)
  _ = write(signalPipe, &byte, 1)
  errno = former
}
