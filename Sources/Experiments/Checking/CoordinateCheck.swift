import Foundation
import Model
import Store

/// Trains the first steps of runs and measures how large the numbers in their models are.
package struct CoordinateCheck: Sendable {
  /// Updates that are made, at most.
  package let steps: Int
  /// Runs side by side, at most.
  package let jobs: Int
  /// What memory they may take.
  package let memory: MemoryBudget

  package init(steps: Int, jobs: Int, memory: MemoryBudget) {
    (self.steps, self.jobs, self.memory) = (steps, jobs, memory)
  }

  /// Why not all of the runs can be measured; nil where they can.
  package func refusal(of runs: [PlannedRun]) -> String? {
    runs.map(\.memory).max().flatMap { memory.refusal(of: $0) }
  }

  /// How many go side by side: so many that even the largest fit.
  private func jobs(for runs: [PlannedRun]) -> Int {
    var largest: [Double] = []
    for size in runs.map(\.memory).sorted(by: >).prefix(jobs) {
      guard memory.admits(size, beside: largest) else { break }
      largest.append(size)
    }
    return largest.count
  }

  /// Whether runs differ in width or depth, without which there is nothing to check.
  package static func hasSizes(_ runs: [PlannedRun]) -> Bool {
    let architectures = runs.map(\.architecture)
    return Set(architectures.map(\.dModel)).count > 1 || Set(architectures.map(\.layers)).count > 1
  }

  /// Measures each run before its first update and after each. All measure the same windows: the held-out text's first.
  ///
  /// - Parameters:
  ///   - runs: The runs, none of which `refusal` names.
  ///   - done: Called with the number of runs that are done.
  ///   - stop: Asked between two steps.
  /// - Returns: The measurements, in the runs' order; fewer where the check was stopped.
  package func measure(
    _ runs: [PlannedRun], stop: StopSignal, done: @escaping @Sendable (Int) -> Void
  ) -> [[CoordinateRow]] {
    let results = Locked<[Int: [CoordinateRow]]>([:])
    let next = Locked(0)
    // The largest first, so that no core waits for one at the end.
    let order = runs.indices.sorted { runs[$0].trainingFlops > runs[$1].trainingFlops }
    DispatchQueue.concurrentPerform(iterations: jobs(for: runs)) { _ in
      while !stop.isSet {
        let place = next.withLock { next -> Int? in
          defer { next += 1 }
          return next < order.count ? order[next] : nil
        }
        guard let place else { return }
        let rows = measure(runs[place], stop: stop)
        let count = results.withLock { results in
          results[place] = rows
          return results.count
        }
        done(count)
      }
    }
    return results.withLock { results in runs.indices.compactMap { results[$0] } }
  }

  private func measure(_ run: PlannedRun, stop: StopSignal) -> [CoordinateRow] {
    let trainer = run.trainer()
    let text = Array(run.text.validation.prefix(run.tokensPerStep))
    var rows: [CoordinateRow] = []
    for step in 0...min(steps, run.steps) {
      if stop.isSet { return rows }
      if step > 0 { _ = trainer.step() }
      let measured = trainer.coordinates(of: text)
      rows += Coordinate.allCases.compactMap { tensor in
        measured[tensor].map { CoordinateRow(step: step, tensor: tensor.rawValue, meanAbs: $0) }
      }
    }
    return rows
  }
}
