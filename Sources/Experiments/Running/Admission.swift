import Store

/// Which runs may go side by side: memory and cores, shared by the runs that this process trains.
package final class Admission: Sendable {
  /// What memory runs may take.
  package let budget: MemoryBudget
  private let cores: CoreBudget
  /// Bytes of each run that has begun.
  private let taken = Locked<[Int64: Double]>([:])

  package init(budget: MemoryBudget, cores: CoreBudget) {
    self.budget = budget
    self.cores = cores
  }

  /// Bytes that the runs side by side take together.
  package var memoryTaken: Double { taken.withLock { $0.values.reduce(0, +) } }

  /// Runs that go side by side.
  package var count: Int { taken.withLock(\.count) }

  /// Whether a run may begin beside those that have. One that never fits may: it fails by itself, with the figure.
  package func admits(_ job: Job) -> Bool {
    let memory = job.run.memory
    return !budget.fits(memory) || taken.withLock { budget.admits(memory, beside: Array($0.values)) }
  }

  /// A run begins.
  package func begin(_ job: Job) {
    let memory = job.run.memory
    taken.withLock { $0[job.id] = budget.fits(memory) ? memory : 0 }
  }

  /// A run is over, and its memory is free.
  package func end(_ job: Job) { taken.withLock { $0[job.id] = nil } }

  /// So many runs share the cores from now on.
  package func share(among runs: Int) { cores.share(among: runs) }
}
