import Answers
import Foundation
import Store
import Words

extension Table {
  /// The comparison of an experiment's configurations, best first.
  static func comparison(_ results: ExperimentResults) -> Table {
    let measure = results.measure
    var table = Table(
      title: results.experiment.name,
      caption: "loss: \(measure.phrase), mean ± standard deviation over the finished seeds (their number)"
        + (measure.name == Measure.best.name ? "" : "; best: its lowest"),
      columns: [
        Column(name: "rank", title: "#", importance: 9),
        Column(name: "experiment", title: "experiment", audience: .programs),
      ],
      rows: [])
    let settings = results.varyingKeys + results.fixedKeys
    table.columns += settings.map { key in
      let varies = results.varyingKeys.contains(key)
      return Column(
        name: key, title: key, isMain: varies, isKey: true, importance: results.tellingKeys.contains(key) ? 8 : 6)
    }
    // Only a limited vocabulary makes words unknown.
    let hasUnknown = results.runs.contains { $0.facts.unknownTokens ?? 0 > 0 }
    let hasAverage = results.runs.contains { $0.outcome.finalAveragedLoss != nil }
    let measured = Self.measured(measure, decayVaries: results.varyingKeys.contains("weight_decay")).filter {
      (hasUnknown || !$0.column.name.hasPrefix("unknown_")) && (hasAverage || $0.column.name != averagedName)
    }
    table.columns += measured.map(\.column)
    // Few sweeps stop a run.
    let states = RunState.allCases.filter { state in state != .stopped || results.runs.contains { $0.state == state } }
    table.columns += states.map {
      Column(name: $0.rawValue, title: $0.rawValue, audience: .programs, isBestHighest: true)
    }
    let isEven = Set(results.configurations.map(\.states)).count < 2
    table.columns.append(
      Column(name: "states", title: "runs", audience: .people, importance: isEven ? 2 : 7))
    table.rows = zip(results.configurations, results.places).map { result, place in
      var row: [Cell] = [place.map { .number(Double($0)) } ?? .empty]
      row.append(Cell(value: .text(results.experiment.name), text: results.experiment.name))
      row += settings.map { key in Cell(value: result.settings[key], text: result.label(of: key) ?? Cell.empty.text) }
      row += measured.map { column, cell in
        var cell = cell(result)
        cell.isBest = column.isRanking && results.isBest(result)
        return cell
      }
      row += states.map { .number(Double(result.count($0))) }
      row.append(Cell(value: .text(result.states), text: result.states))
      return row
    }
    return table
  }

  private static let averagedName = "mean_final_averaged_loss"

  /// What is known of a configuration apart from its keys; the names are those of the view `seed_summary`. What the
  /// configurations are ranked by comes first of the losses, and has its spread.
  private static func measured(
    _ measure: Measure, decayVaries: Bool
  ) -> [(column: Column, cell: @Sendable (ConfigurationResult) -> Cell)] {
    let losses: [(column: Column, cell: @Sendable (ConfigurationResult) -> Cell)] = [
      (Column(name: "mean_final_loss", title: "final (nats/token)", importance: 4), { .mean($0.finalLoss) }),
      (Column(name: "mean_best_loss", title: "best", importance: 3), { .mean($0.bestLoss) }),
      (Column(name: averagedName, title: "averaged", importance: 4), { .mean($0.averagedLoss) }),
      (Column(name: "mean_final_bits_per_byte", title: "bits/byte", importance: 3), { .mean($0.bitsPerByte) }),
    ]
    let place =
      [Measure.final, Measure.best, Measure.averaged, Measure.bitsPerByte].firstIndex { $0.name == measure.name } ?? 0
    let ranking = Column(
      name: losses[place].column.name, title: "loss (\(measure.shortUnit))", importance: 10, isRanking: true)
    let others = losses.indices.filter { $0 != place }.map { losses[$0] }
    let sizes: [(column: Column, cell: @Sendable (ConfigurationResult) -> Cell)] = [
      (Column(name: "parameters", title: "parameters", importance: 4), { .count(Double($0.parameters)) }),
      (
        Column(name: "training_flops", title: "training FLOPs", isMain: false),
        { $0.runs.first.map { .count($0.facts.trainingFlops) } ?? .empty }
      ),
      (
        Column(name: "decay_timescale", title: "1/(lr·λ) (steps)", isMain: decayVaries, importance: 3),
        { $0.decayTimescale.map { Cell(value: .number($0), text: Scalar.number($0).label(digits: 3)) } ?? .empty }
      ),
    ]
    let spread: [(column: Column, cell: @Sendable (ConfigurationResult) -> Cell)] = [
      (ranking, { $0.score.map { Cell(value: .number($0.mean), text: $0.text) } ?? .empty }),
      (
        Column(name: "unknown_token_share", title: "unknown tokens", importance: 2),
        { $0.unknownShare(\.unknownTokens, of: \.evaluatedTokens) }
      ),
      (
        Column(name: "unknown_byte_share", title: "unknown bytes", importance: 3),
        { $0.unknownShare(\.unknownBytes, of: \.evaluatedBytes) }
      ),
      (Column(name: "sd_final_loss", title: "sd", audience: .programs), { .number($0.finalLoss?.deviation) }),
      (Column(name: "min_final_loss", title: "lowest", audience: .programs), { .number($0.finalLoss?.minimum) }),
      (Column(name: "max_final_loss", title: "highest", audience: .programs), { .number($0.finalLoss?.maximum) }),
      (
        Column(name: "mean_standard_error", title: "standard error", audience: .programs),
        { .number($0.finalLoss?.sharedError) }
      ),
    ]
    let speed: [(column: Column, cell: @Sendable (ConfigurationResult) -> Cell)] = [
      (
        Column(name: "mean_tokens_per_second", title: "tokens/s", importance: 2, isBestHighest: true),
        { $0.tokensPerSecond.map { .count($0.mean) } ?? .empty }
      ),
      (
        Column(name: "mean_seconds", title: "time", isMain: false),
        { $0.seconds.map { Cell(value: .number($0.mean), text: Wording.duration($0.mean)) } ?? .empty }
      ),
      (
        Column(name: "runs", title: "number of runs", audience: .programs, isBestHighest: true),
        { .number(Double($0.runs.count)) }
      ),
    ]
    return sizes + spread + others + speed
  }
}

extension ExperimentResults {
  /// Whether a configuration is the best of those it compares with, or ties with it. One whose mean flatters it isn't while another has a
  /// result.
  func isBest(_ result: ConfigurationResult) -> Bool {
    let part = parts.first { part in part.configurations.contains { $0.settings == result.settings } }
    guard let best = (part ?? self).ranked.first else { return false }
    return result.score?.mean == best.score?.mean && result.isFlattered == best.isFlattered
  }
}

extension ConfigurationResult {
  /// The steps after which decay has forgotten a weight at the peak learning rate, to 1/e: with weight decay the weights are an average of
  /// updates over so many steps (Wang and Aitchison 2024, https://arxiv.org/abs/2405.13698). Nil without weight decay.
  fileprivate var decayTimescale: Double? {
    guard let decay = settings["weight_decay"]?.number, decay > 0, let lr = settings["lr"]?.number else { return nil }
    return settings["weight_decay_kind"] == "independent" ? 1 / decay : 1 / (lr * decay)
  }

  /// The part of what is evaluated that is unknown words.
  fileprivate func unknownShare(
    _ part: KeyPath<Run.Facts, Int?>, of whole: KeyPath<Run.Facts, Int?>
  ) -> Table.Cell {
    guard let facts = runs.first?.facts, let part = facts[keyPath: part], let whole = facts[keyPath: whole], whole > 0
    else { return .empty }
    let share = Double(part) / Double(whole)
    return Table.Cell(value: .number(share), text: String(format: "%.1f %%", 100 * share))
  }
}
