import Foundation
import Store
import Terminal

/// The comparison of an experiment's configurations, best first, as text cells.
struct ComparisonTable {
  let header: [String]
  let rows: [[String]]

  /// What the columns hold, in a sentence.
  static let caption =
    "loss: final validation loss, mean ± standard deviation over the finished seeds (their number); best: its lowest"

  /// For people: rounded, with units in the header.
  init(_ results: ExperimentResults) {
    header =
      ["#"] + results.varyingKeys + [
        "parameters", "loss (nats/token)", "best", "bits/byte", "tokens/s", "runs",
      ]
    rows = results.configurations.enumerated().map { index, result in
      func fixed(_ summary: Summary?) -> String { summary.map { String(format: "%.4f", $0.mean) } ?? "–" }
      var cells = [result.finalLoss == nil ? "–" : "\(index + 1)"]
      cells += results.varyingKeys.map { result.settings[$0]?.label ?? "–" }
      cells += [Wording.count(Double(result.parameters)), result.finalLoss?.text ?? "–", fixed(result.bestLoss)]
      cells += [fixed(result.bitsPerByte), result.tokensPerSecond.map { Wording.count($0.mean) } ?? "–", result.states]
      return cells
    }
  }

  /// For programs: every number at full precision, an empty cell where there is none.
  init(exact results: ExperimentResults) {
    header =
      ["rank"] + results.varyingKeys + [
        "parameters", "training_flops", "runs", "finished", "diverged", "failed", "final_loss_mean", "final_loss_sd",
        "final_loss_min", "final_loss_max", "best_loss_mean", "final_bits_per_byte_mean", "tokens_per_second_mean",
      ]
    rows = results.configurations.enumerated().map { index, result in
      let loss = result.finalLoss
      let numbers: [Double?] = [
        loss?.mean, loss?.deviation, loss?.minimum, loss?.maximum, result.bestLoss?.mean, result.bitsPerByte?.mean,
        result.tokensPerSecond?.mean,
      ]
      var cells = [loss == nil ? "" : "\(index + 1)"]
      cells += results.varyingKeys.map { result.settings[$0]?.exact ?? "" }
      cells += ["\(result.parameters)", result.runs.first.map { "\($0.trainingFlops)" } ?? "", "\(result.runs.count)"]
      cells += [RunState.finished, .diverged, .failed].map { "\(result.count($0))" }
      cells += numbers.map { number in number.map { "\($0)" } ?? "" }
      return cells
    }
  }
}
