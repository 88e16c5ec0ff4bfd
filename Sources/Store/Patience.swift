import Foundation
import GRDB

/// How long one waits for a lock that another process has: as long as the holder lives, be it stopped, and half a minute where nobody
/// can tell who it is. A process that was asked to stop waits no longer.
struct Patience: Sendable {
  /// Seconds after which somebody is told, and after which one gives up where nobody is known to hold the lock.
  static let limit = 30.0

  /// Files whose locks keep one waiting.
  let files: [String]
  /// What is told names the database by this.
  let path: String
  /// Told once for each wait that is long.
  let tell: @Sendable (String) -> Void
  /// Whether this process was asked to stop, so that it waits no longer.
  let isOver: @Sendable () -> Bool

  /// - Parameter path: The database's, of whose locks it is.
  init(
    _ path: String, _ tell: @escaping @Sendable (String) -> Void, isOver: @escaping @Sendable () -> Bool = { false }
  ) {
    let file = UserPath.followingLinks(path)
    self.init(files: ["", "-wal", "-shm"].map { file + $0 }, path: path, tell: tell, isOver: isOver)
  }

  /// For the locks on any files.
  init(
    files: [String], path: String, tell: @escaping @Sendable (String) -> Void,
    isOver: @escaping @Sendable () -> Bool = { false }
  ) {
    (self.files, self.path, self.tell, self.isOver) = (files, path, tell, isOver)
  }

  private struct Wait {
    /// Since when nobody was seen who holds the lock.
    var begin = ContinuousClock.now
    var isTold = false
    var isLastTry = false
  }

  private let wait = Locked(Wait())

  /// Waits a moment.
  ///
  /// - Parameters:
  ///   - tries: How often it was asked before, in the same wait.
  ///   - limit: Seconds after which somebody looks who holds the lock.
  ///   - holder: Who holds it.
  /// - Returns: Whether to try once more.
  func waits(_ tries: Int, limit: Double = limit, holder: ([String]) -> LockHolder? = LockHolder.of) -> Bool {
    if isOver() { return false }
    if tries == 0 { wait.withLock { $0 = Wait() } }
    Thread.sleep(forTimeInterval: Double(min(tries + 1, 20)) / 1000)
    let (begin, isTold) = wait.withLock { ($0.begin, $0.isTold) }
    if ContinuousClock.now - begin < .seconds(limit) { return true }
    guard let holder = holder(files) else {
      // Whoever held it may have let it go just now, after the last try.
      return wait.withLock { wait in
        defer { wait.isLastTry = true }
        return !wait.isLastTry
      }
    }
    if !isTold {
      let remedy = holder.isStopped ? "It is stopped: `kill -CONT \(holder.process)` lets it go on." : "Waiting for it."
      tell("\(path): \(holder.words) has kept it locked for half a minute. \(remedy)")
    }
    wait.withLock { $0 = Wait(isTold: true) }
    return true
  }

  /// SQLite's way to wait: https://www.sqlite.org/c3ref/busy_handler.html
  var busyMode: Database.BusyMode { .callback { waits($0) } }
}
