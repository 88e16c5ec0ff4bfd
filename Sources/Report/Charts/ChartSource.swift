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
  /// What the charts rank by, and in which unit.
  var measure: Measure { results.measure }
  /// The evaluations of every run by its number, in order; of a run with very many, some.
  var evaluations: [Int64: [Evaluation]]
  /// Which share of the variance each axis explains, or why that can't be told.
  let shares: Result<VarianceShares, NotDrawn>
  /// Colours of the axis that tells most.
  let colors: ChartColors
  /// The loss of the untrained model, the mean over the runs, in the measure's unit.
  let untrained: Double
  /// The greatest such loss: where tokenizers differ, so do untrained models.
  let worstUntrained: Double
  /// The configurations' names, shortened where they are long, by the whole ones.
  private let names: [String: String]

  /// Reads the evaluations; everything else is computed from `results`.
  init(_ results: ExperimentResults, _ database: ResultsDatabase) throws {
    let evaluations = try database.evaluations(of: results.experiment, perRun: 60)
    let (runs, measure) = (results.runs, results.measure)
    let starts = runs.compactMap { run in
      run.id.flatMap { evaluations[$0]?.first }.flatMap { $0.step == 0 ? measure.value(of: $0) : nil }
    }
    // Without an evaluation of the untrained model: its guess is close to uniform over the tokens.
    let guess = runs.map { log(Double(max($0.facts.vocabSize, 2))) * measure.perNat(of: $0) }
    let untrained = Summary(starts)?.mean ?? Summary(guess)?.mean ?? 0
    let shares = results.varianceShares { $0.cappedLosses(untrained: untrained) }
    (self.results, self.database, self.evaluations) = (results, database, evaluations)
    (self.untrained, self.shares) = (untrained, shares)
    worstUntrained = starts.max() ?? guess.max() ?? 0
    let labels = results.configurations.map { $0.label(results.tellingKeys) }
    names = Dictionary(zip(labels, Labels.shortened(labels, to: 48))) { first, _ in first }
    colors = ChartColors(results, shares: try? shares.get())
  }

  /// The charts of every kind, or why there are none, in the order of `ChartKind.all`.
  func drawings() throws -> [(kind: ChartKind, drawing: ChartResult)] {
    try ChartKind.all.map { kind in
      guard results.parts.isEmpty || !kind.comparesLosses else {
        return (kind, .failure(NotDrawn("not all runs of this experiment compare")))
      }
      return (kind, try kind.draw(self).map { charts in charts.map { titled($0) } })
    }
  }

  /// The chart with the experiment's name, as its title where it has none.
  func titled(_ chart: Chart) -> Chart {
    var chart = chart
    let name = results.experiment.name
    // Where not all runs compare, none is the best.
    let hasFinding = !chart.title.isEmpty && results.parts.isEmpty
    (chart.title, chart.subtitle) = hasFinding ? (chart.title, name) : (name, "")
    return chart
  }

  /// The configuration's name among the others.
  func name(_ result: ConfigurationResult) -> String {
    guard !results.tellingKeys.isEmpty else { return results.experiment.name }
    let label = result.label(results.tellingKeys)
    return names[label] ?? label
  }

  /// The axis of what the configurations are ranked by.
  func scoreAxis(_ range: ClosedRange<Double>) -> ChartAxis {
    ChartAxis(label: "\(measure.phrase) (\(measure.unit))", shortLabel: shortScore, range: range)
  }

  /// What the configurations are ranked by, where room is scarce.
  var shortScore: String { "loss (\(measure.shortUnit))" }

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
    let occurring = Set(shown.map(axis.value(of:)))
    let values = axis.values.filter(occurring.contains)
    let stride = max(1, (values.count + 9) / 10)
    return values.indices.filter { $0 % stride == 0 || $0 == values.count - 1 }.map { index in
      Series(style, label: axis.label(values[index]), color: colors.color(values[index]))
    }
  }
}

// MARK: - The text's floor

extension ChartSource {
  /// The information of the text in the measure's unit; nil where it isn't known, and where the runs differ in it, as they do
  /// where their texts or their tokens differ.
  var floor: Double? {
    let floors = Set(results.runs.map { measure.floor($0.facts) })
    return floors.count == 1 ? floors.first ?? nil : nil
  }

  /// The floor as a dashed line; nothing where it lies outside the chart.
  func floor(from start: Double, to end: Double, in range: ClosedRange<Double>) -> [Series] {
    guard let floor, range.contains(floor) else { return [] }
    return [Series(.floor, label: "floor of the text", points: [.init(x: start, y: floor), .init(x: end, y: floor)])]
  }

  /// What a caption says of a floor below the chart.
  func floorRemark(_ range: ClosedRange<Double>) -> String {
    guard let floor, !range.contains(floor) else { return "" }
    return " The floor of the text, \(String(format: "%.4f", floor)), lies below the chart."
  }

  /// The ends of a loss axis: from a little below the least loss or the floor to a little above the greatest, at most
  /// that of the untrained model, above which a loss says "worse than nothing".
  func lossRange(_ losses: [Double]) -> ClosedRange<Double>? {
    guard let least = losses.min(), let greatest = losses.max() else { return nil }
    let top = max(min(greatest, worstUntrained), least)
    // A floor far below would flatten everything.
    let bottom = floor.map { least - $0 <= 0.35 * (top - least) ? min($0, least) : least } ?? least
    // What a script's digits don't tell apart is one value: gnuplot refuses an axis without length.
    let space = top - bottom > 1e-5 * top ? top - bottom : max(abs(top) * 0.1, 0.1)
    return max(0, bottom - 0.06 * space)...top + 0.1 * space
  }
}

extension ChartSource {
  /// Numbers of parameters on a logarithmic axis, the occurring ones labelled where there are few.
  func parameterAxis(_ shown: [ConfigurationResult]) -> ChartAxis {
    let counts = Set(shown.map { Double($0.parameters) }).sorted()
    let isSparse = counts.count < 9 && zip(counts, counts.dropFirst()).allSatisfy { $1 > 1.25 * $0 }
    let range = (counts.first ?? 1) / 1.4...(counts.last ?? 1) * 1.4
    let ticks = counts.map { ChartAxis.Tick(value: $0, label: Wording.count($0)) }
    return ChartAxis(label: "parameters", isLog: true, range: range, ticks: isSparse ? ticks : [], isCount: true)
  }
}
