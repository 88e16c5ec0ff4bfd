import Foundation
import Store

/// Makes something again and again while other processes write to the database.
final class Watch {
  /// Seconds between two looks at the database.
  private let pause: Double
  /// Making takes at most one part in so many of the time, so that the sweep isn't slowed down.
  private let share: Double
  private let stopped = DispatchSemaphore(value: 0)
  private let signals = Locked(0)
  private var sources: [any DispatchSourceSignal] = []

  /// From now on Ctrl-C and a request to terminate end `run`, and the second one the process.
  init(pause: Double = 3, share: Double = 10, signals numbers: [Int32] = [SIGINT, SIGTERM]) {
    (self.pause, self.share) = (pause, share)
    sources = numbers.map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler { [signals, stopped] in
        let count = signals.withLock { count in
          count += 1
          return count
        }
        if count > 1 { _exit(128 + number) }
        stopped.signal()
      }
      source.resume()
      return source
    }
  }

  /// Makes it at once, and again whenever the database has changed, until it is done or somebody stops it. Then it is made a last
  /// time.
  ///
  /// - Parameter make: Told whether it will be made again; says whether there is anything to wait for.
  /// - Returns: Whether somebody stopped it.
  func run(_ database: ResultsDatabase, _ make: (_ isLast: Bool) throws -> Bool) throws -> Bool {
    while true {
      let version = try database.dataVersion()
      let start = ContinuousClock.now
      var goesOn = true
      do {
        goesOn = try make(false)
      } catch  where signals.withLock({ $0 > 0 }) {
        // The terminal's Ctrl-C reaches gnuplot too, and what it was drawing is drawn again.
      }
      let spent = (ContinuousClock.now - start) / .seconds(1)
      guard goesOn else { return false }
      var wait = max(pause, share * spent)
      repeat {
        if stopped.wait(timeout: .now() + wait) == .success {
          _ = try make(true)
          return true
        }
        wait = pause
      } while try database.dataVersion() == version
    }
  }
}
