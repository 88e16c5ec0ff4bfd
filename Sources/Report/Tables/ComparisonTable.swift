import Answers
import Foundation
import Store
import Words

extension Table {
  /// The comparison of an experiment's configurations, best first.
  static func comparison(_ results: ExperimentResults) -> Table {
    var table = Table(
      title: results.experiment.name,
      caption: "loss: final validation loss, mean ± standard deviation over the finished seeds (their number); "
        + "best: its lowest",
      columns: [
        Column(name: "rank", title: "#"), Column(name: "experiment", title: "experiment", audience: .programs),
      ],
      rows: [])
    let settings = results.varyingKeys + results.fixedKeys
    table.columns += settings.map { Column(name: $0, title: $0, isMain: results.varyingKeys.contains($0), isKey: true) }
    table.columns += measured.map(\.column)
    // Few sweeps stop a run.
    let states = RunState.allCases.filter { state in state != .stopped || results.runs.contains { $0.state == state } }
    table.columns += states.map { Column(name: $0.rawValue, title: $0.rawValue, audience: .programs) }
    table.columns.append(Column(name: "states", title: "runs", audience: .people))
    let best = results.ranked.first?.score?.mean
    table.rows = results.configurations.enumerated().map { index, result in
      var row: [Cell] = [result.score == nil ? .empty : .number(Double(index + 1))]
      row.append(Cell(value: .text(results.experiment.name), text: results.experiment.name))
      row += settings.map { key in Cell(value: result.settings[key], text: result.label(of: key) ?? Cell.empty.text) }
      row += measured.map { column, cell in
        var cell = cell(result)
        cell.isBest = column.name == "mean_final_loss" && best != nil && result.score?.mean == best
        return cell
      }
      row += states.map { .number(Double(result.count($0))) }
      row.append(Cell(value: .text(result.states), text: result.states))
      return row
    }
    return table
  }

  /// What is known of a configuration apart from its keys; the names are those of the view `seed_summary`.
  private static let measured: [(column: Column, cell: @Sendable (ConfigurationResult) -> Cell)] = [
    (Column(name: "parameters", title: "parameters"), { .count(Double($0.parameters)) }),
    (
      Column(name: "training_flops", title: "training FLOPs", isMain: false),
      { $0.runs.first.map { .count($0.facts.trainingFlops) } ?? .empty }
    ),
    (
      Column(name: "mean_final_loss", title: "loss (nats/token)"),
      { $0.finalLoss.map { Cell(value: .number($0.mean), text: $0.text) } ?? .empty }
    ),
    (Column(name: "sd_final_loss", title: "sd", audience: .programs), { .number($0.finalLoss?.deviation) }),
    (Column(name: "min_final_loss", title: "lowest", audience: .programs), { .number($0.finalLoss?.minimum) }),
    (Column(name: "max_final_loss", title: "highest", audience: .programs), { .number($0.finalLoss?.maximum) }),
    (Column(name: "mean_best_loss", title: "best"), { .mean($0.bestLoss) }),
    (Column(name: "mean_final_bits_per_byte", title: "bits/byte"), { .mean($0.bitsPerByte) }),
    (
      Column(name: "mean_tokens_per_second", title: "tokens/s"),
      { $0.tokensPerSecond.map { .count($0.mean) } ?? .empty }
    ),
    (
      Column(name: "mean_seconds", title: "time", isMain: false),
      { $0.seconds.map { Cell(value: .number($0.mean), text: Wording.duration($0.mean)) } ?? .empty }
    ),
    (Column(name: "runs", title: "number of runs", audience: .programs), { .number(Double($0.runs.count)) }),
  ]
}
