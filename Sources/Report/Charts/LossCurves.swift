import Store

extension Chart {
  /// Most curves of one chart; more can't be told apart.
  static let greatestNumberOfCurves = 8

  /// Training and validation loss against steps, a colour for each of the best configurations, mean over seeds.
  ///
  /// - Returns: Nil where no run has a loss yet.
  static func lossCurves(_ results: ExperimentResults, _ database: ResultsDatabase) throws -> Chart? {
    let shown = results.configurations.prefix(greatestNumberOfCurves)
    let colors = Palette.colors(shown.count, isOrdered: false)
    var series: [Series] = []
    var greatest = 0.0
    for (result, color) in zip(shown, colors) {
      let ids = result.runs.compactMap(\.id)
      let training = try ids.map { try database.trainingCurve(of: $0, points: 200).map { ($0.step, $0.loss) } }
      let validation = try ids.map { id in
        try database.evaluations(of: id).compactMap { evaluation in evaluation.loss.map { (evaluation.step, $0) } }
      }
      let (trace, curve) = (mean(training), mean(validation))
      greatest = max(greatest, curve.first?.y ?? trace.first?.y ?? 0)
      let label = results.varyingKeys.isEmpty ? "validation" : result.label(results.tellingKeys)
      let both = [
        Series(style: .trace, label: nil, color: color, points: trace),
        Series(style: .curve, label: label, color: color, points: curve),
      ]
      series += both.filter { !$0.points.isEmpty }
    }
    let points = series.flatMap(\.points)
    guard let end = points.map(\.x).max(), let least = points.map(\.y).min() else { return nil }
    series.append(Series(style: .trace, label: "thin lines: training", color: Palette.neutral, points: []))
    series += floorSeries(results, from: 0, to: max(end, 1))
    let count = results.configurations.count
    let part = count > shown.count ? " (best \(shown.count) of \(count))" : ""
    // A curve that leaves the chart upwards is cut off there: it mustn't flatten the others.
    let top = max(greatest, least) * 1.05
    let lowest = min(least, results.floors.first ?? least)
    return Chart(
      name: "loss-curves", title: results.experiment.name + part, xLabel: "step",
      yLabel: "loss (nats per token)", xRange: 0...max(end, 1),
      yRange: max(0, lowest - 0.05 * (top - lowest))...top, series: series)
  }

  /// Mean over runs of what they measured at the same step.
  private static func mean(_ runs: [[(step: Int, loss: Double)]]) -> [Series.Point] {
    Dictionary(grouping: runs.joined(), by: \.step).sorted { $0.key < $1.key }.map { step, values in
      Series.Point(x: Double(step), y: values.reduce(0) { $0 + $1.loss } / Double(values.count))
    }
  }

  /// The information of the text as a dashed line; nothing where it isn't known or the runs differ in it.
  static func floorSeries(_ results: ExperimentResults, from start: Double, to end: Double) -> [Series] {
    guard results.floors.count == 1, let floor = results.floors.first else { return [] }
    return [
      Series(
        style: .floor, label: "floor of the text", color: Palette.neutral,
        points: [Series.Point(x: start, y: floor), Series.Point(x: end, y: floor)])
    ]
  }
}
