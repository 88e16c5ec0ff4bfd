import Model
import Store

/// The evaluations before the first step. Runs that differ only in how they are trained begin as the same model, so one of them
/// is evaluated for all.
package final class FirstEvaluations: Sendable {
  /// What the result follows from, to the bit.
  private struct Key: Hashable {
    let architecture: Architecture
    let seed: Int64
    let initialization: Initialization
    let initialWeightsSHA256: String?
    let text: TextIdentity
    let evaluated: Range<Int>
    /// Windows go together in batches, and losses are summed batch by batch.
    let batchSize: Int
  }

  /// A result, which whoever needs it first makes while the others wait.
  private typealias Entry = Locked<EvaluationResult?>

  private let entries = Locked<[Key: Entry]>([:])

  /// The result for a run that hasn't begun, which `evaluate` gives where no run before had it.
  package func result(of run: PlannedRun, _ evaluate: () -> EvaluationResult) -> EvaluationResult {
    let key = Key(
      architecture: run.architecture, seed: run.seed, initialization: run.settings.initialization,
      initialWeightsSHA256: run.initialWeights?.sha256,
      text: run.textIdentity, evaluated: run.evaluatedTokens,
      batchSize: run.settings.batchSize)
    let entry = entries.withLock { entries in
      let entry = entries[key] ?? Entry(nil)
      entries[key] = entry
      return entry
    }
    return entry.withLock { known in
      let result = known ?? evaluate()
      known = result
      return result
    }
  }
}
