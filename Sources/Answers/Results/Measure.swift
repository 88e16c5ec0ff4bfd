import Foundation
import Store

/// What the runs of an experiment are ranked by, and compared in: a number of each run that finished, the lower the better.
package struct Measure: Sendable {
  /// What `--metric` calls it: "final".
  package let name: String
  /// What it is, for a sentence: "final validation loss".
  package let phrase: String
  /// Its unit in words: "nats per token".
  package let unit: String
  /// Its unit where room is scarce: "nats/token".
  package let shortUnit: String
  /// The measure of a run; nil where the run has none.
  package let value: @Sendable (Run) -> Double?

  /// The loss after the last step, in nats per token. It compares runs that predict the same tokens.
  package static let final = Measure(
    name: "final", phrase: "final validation loss", unit: "nats per token", shortUnit: "nats/token",
    value: { $0.outcome.finalLoss })
  /// The lowest loss of a run's evaluations, in nats per token.
  package static let best = Measure(
    name: "best", phrase: "lowest validation loss", unit: "nats per token", shortUnit: "nats/token",
    value: { $0.outcome.bestLoss })
  /// The loss after the last step, in bits per byte of text. It compares tokenizers too.
  package static let bitsPerByte = Measure(
    name: "bits-per-byte", phrase: "final validation loss", unit: "bits per byte", shortUnit: "bits/byte",
    value: { $0.outcome.finalBitsPerByte })

  /// The loss of the average of weights after the last step, in nats per token, where a spec asks for one.
  package static let averaged = Measure(
    name: "averaged", phrase: "final validation loss of averaged weights", unit: "nats per token",
    shortUnit: "nats/token", value: { $0.outcome.finalAveragedLoss })

  /// The standard error that the held-out text's windows leave in a run's measure, in its unit; nil where it isn't known.
  package func textError(_ run: Run) -> Double? {
    switch name {
    // The lowest loss and that of averaged weights are of the same windows.
    case Measure.final.name, Measure.best.name, Measure.averaged.name: return run.outcome.finalStandardError
    case Measure.bitsPerByte.name:
      guard let error = run.outcome.finalStandardError, let tokens = run.facts.evaluatedTokens,
        let bytes = run.facts.evaluatedBytes, bytes > 0
      else { return nil }
      return error * Double(tokens) / Double(bytes) / log(2)
    default: return nil
    }
  }

  /// Every measure, in the order in which they are offered.
  package static let all = [final, best, averaged, bitsPerByte]
}
