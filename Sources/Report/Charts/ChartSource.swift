import Answers
import Foundation
import Store
import Words

/// What the charts of an experiment are made from.
struct ChartSource {
  let results: ExperimentResults
  let database: ResultsDatabase
  /// What the experiment varies.
  var axes: [AxisGroup] { results.axes }
  /// The evaluations of every run by its number, in order; of a run with very many, some.
  let evaluations: [Int64: [Evaluation]]
  /// Which share of the variance each axis explains, or why that can't be told.
  let shares: Result<VarianceShares, NotDrawn>
  /// Colours of the axis that tells most.
  let colors: ChartColors
  /// The loss of the untrained model, the mean over the runs, nats per token.
  let untrained: Double

  /// Reads the evaluations; everything else is computed from `results`.
  init(_ results: ExperimentResults, _ database: ResultsDatabase) throws {
    let evaluations = try database.evaluations(of: results.experiment, perRun: 60)
    let runs = results.runs
    let starts = runs.compactMap { run in
      run.id.flatMap { evaluations[$0]?.first }.flatMap { $0.step == 0 ? $0.loss : nil }
    }
    // Without an evaluation of the untrained model: its guess is close to uniform over the tokens.
    let guess = runs.map { log(Double(max($0.facts.vocabSize, 2))) }
    let untrained = Summary(starts)?.mean ?? Summary(guess)?.mean ?? 0
    let shares = results.varianceShares { $0.cappedLosses(untrained: untrained) }
    (self.results, self.database, self.evaluations) = (results, database, evaluations)
    (self.untrained, self.shares) = (untrained, shares)
    colors = ChartColors(results, shares: try? shares.get())
  }

  /// The charts of every kind, or why there are none, in the order of `ChartKind.all`.
  func drawings() throws -> [(kind: ChartKind, drawing: ChartResult)] {
    try ChartKind.all.map { ($0, try $0.draw(self)) }
  }

  /// "widths", "widths (best 8 of 12)": a chart's title.
  func title(_ addition: String = "") -> String {
    addition.isEmpty ? results.experiment.name : "\(results.experiment.name): \(addition)"
  }

  /// The configuration's name among the others.
  func name(_ result: ConfigurationResult) -> String {
    results.tellingKeys.isEmpty ? results.experiment.name : result.label(results.tellingKeys)
  }

  /// What the caption of a chart of times adds where runs had different numbers of threads.
  var timeRemark: String {
    let threads = Set(results.runs.compactMap(\.outcome.threads))
    guard let most = threads.max(), threads.count > 1 else { return "" }
    return " Some runs had up to \(most) threads, which may have shortened their time; "
      + "with --threads-per-run 1 all have one."
  }

  /// A legend's entry for every colour that one of the configurations has; of very many, some.
  func legend(_ style: Series.Style, _ shown: [ConfigurationResult]) -> [Series] {
    guard let axis = colors.axis else { return [] }
    let values = Set(shown.map(axis.value(of:))).sorted(by: AxisGroup.precedes)
    let stride = max(1, (values.count + 9) / 10)
    return values.indices.filter { $0 % stride == 0 || $0 == values.count - 1 }.map { index in
      Series(style, label: axis.label(values[index]), color: colors.color(values[index]))
    }
  }

  /// The information of the text as a dashed line; nothing where it isn't known or the runs differ in it.
  func floor(from start: Double, to end: Double, in range: ClosedRange<Double>) -> [Series] {
    guard results.floors.count == 1, let floor = results.floors.first else { return [] }
    guard range.contains(floor) else {
      return [Series(.floor, label: "floor of the text: \(String(format: "%.4f", floor)), below the chart")]
    }
    return [Series(.floor, label: "floor of the text", points: [.init(x: start, y: floor), .init(x: end, y: floor)])]
  }

  /// The ends of a loss axis: from a little below the least loss or the floor to a little above the greatest, at most
  /// that of the untrained model, above which a loss says "worse than nothing".
  func lossRange(_ losses: [Double]) -> ClosedRange<Double>? {
    guard let least = losses.min(), let greatest = losses.max() else { return nil }
    let floor = results.floors.count == 1 ? results.floors[0] : least
    let top = max(min(greatest, untrained), least)
    // A floor far below would flatten everything.
    let bottom = least - floor <= top - least ? min(floor, least) : least
    let space = top > bottom ? top - bottom : max(abs(top) * 0.1, 0.1)
    return max(0, bottom - 0.06 * space)...top + 0.1 * space
  }
}

extension ChartSource {
  /// Numbers of parameters on a logarithmic axis, the occurring ones labelled where there are few.
  func parameterAxis(_ shown: [ConfigurationResult]) -> ChartAxis {
    let counts = Set(shown.map { Double($0.parameters) }).sorted()
    let isSparse = counts.count < 9 && zip(counts, counts.dropFirst()).allSatisfy { $1 > 1.25 * $0 }
    let range = (counts.first ?? 1) / 1.4...(counts.last ?? 1) * 1.4
    guard isSparse else { return ChartAxis.counts("parameters", isLog: true, range: range) }
    let ticks = counts.map { ChartAxis.Tick(value: $0, label: Wording.count($0)) }
    return ChartAxis(label: "parameters", isLog: true, range: range, ticks: ticks)
  }
}
