import Synchronization

/// How many threads a run may use: the cores are shared equally by the runs that go side by side, so that the last runs of a
/// sweep take over those that have become idle. Runs look before every step.
package final class CoreBudget: Sendable {
  private let cores: Int
  private let fixed: Int?
  private let shared: Atomic<Int>

  /// A budget of so many cores for runs that each use one thread, until it is known how many they are.
  ///
  /// - Parameter threadsPerRun: Fixes the number of threads; nil shares the cores.
  package init(cores: Int, threadsPerRun: Int?) {
    self.cores = cores
    fixed = threadsPerRun
    shared = Atomic(1)
  }

  /// Threads that each run may use now.
  package var threadsPerRun: Int { fixed ?? shared.load(ordering: .relaxed) }

  /// So many runs go side by side now.
  package func share(among runs: Int) { shared.store(max(1, cores / max(1, runs)), ordering: .relaxed) }
}
