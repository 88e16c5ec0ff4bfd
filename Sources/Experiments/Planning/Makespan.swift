/// Runs that go side by side, as `RunQueue` and `CoreBudget` let them.
package enum Makespan {
  /// What a run takes.
  package struct Work: Equatable {
    /// Seconds on one core.
    package let seconds: Double
    /// How many times faster it is with all the cores.
    package let speedup: Double
  }

  /// Seconds until the last run ends: `jobs` at a time, begun in the order given, and the last ones share the cores that
  /// have become idle.
  package static func seconds(_ runs: [Work], jobs: Int, cores: Int) -> Double {
    var waiting = runs[...]
    var active: [(work: Work, left: Double)] = []
    var now = 0.0
    while true {
      while active.count < max(jobs, 1), let next = waiting.popFirst() { active.append((next, next.seconds)) }
      guard !active.isEmpty else { return now }
      let speeds = active.map { speed($0.work, Double(cores) / Double(active.count), cores) }
      let times = zip(active, speeds).map { $0.left / $1 }
      let next = times.min() ?? 0
      now += next
      active = zip(active, zip(speeds, times)).compactMap { run, pace in
        pace.1 > next ? (run.work, run.left - next * pace.0) : nil
      }
    }
  }

  /// Seconds on one core that a run gets done in a second when it has so many cores, which may be part of one.
  private static func speed(_ work: Work, _ share: Double, _ cores: Int) -> Double {
    let threads = share.rounded(.down)
    guard threads > 1 else { return min(share, 1) }
    return 1 + (work.speedup - 1) * (threads - 1) / Double(cores - 1)
  }
}
