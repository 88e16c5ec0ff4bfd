import Foundation
import Store

extension Chart {
  /// Final validation loss against learning rate: a curve with its spread for each value of the other axes, the optimum
  /// ringed, diverged runs at the upper edge. As in Yang et al. 2022, figure 1 (https://arxiv.org/abs/2203.03466).
  ///
  /// - Returns: Nil where the learning rate doesn't vary or nothing has finished.
  static func lossByLearningRate(_ results: ExperimentResults, _ database: ResultsDatabase) throws -> Chart? {
    let all = results.learningRateCurves
    let best = all.filter { $0.optimum != nil }
      .sorted { ($0.optimum?.result.finalLoss?.mean ?? 0) < ($1.optimum?.result.finalLoss?.mean ?? 0) }
      .prefix(greatestNumberOfCurves)
    let curves = all.filter { curve in best.contains { $0.label == curve.label } }
    let rates = curves.flatMap { $0.points.map(\.lr) }
    guard let low = rates.min(), let high = rates.max(), low < high else { return nil }

    let losses = curves.flatMap { $0.points.flatMap { $0.result.runs.compactMap(\.finalLoss) } }
    guard let least = losses.min(), let greatest = losses.max() else { return nil }
    // A loss above that of the untrained model says "worse than nothing"; it is shown at the edge.
    let untrained = try results.runs.first?.id.flatMap { try database.evaluations(of: $0).first?.loss } ?? greatest
    let bottom = min(least, results.floors.count == 1 ? results.floors[0] : least)
    let top = min(greatest, max(untrained, least)) + 0.08 * (min(greatest, untrained) - bottom) + 1e-9
    let keys = results.tellingKeys.filter { $0 != "lr" }
    let isOrdered = keys.count == 1 && curves.allSatisfy { $0.shared[keys[0]]?.number != nil }
    let colors = Palette.colors(curves.count, isOrdered: isOrdered)

    var series: [Series] = []
    for (curve, color) in zip(curves, colors) { series += Self.series(curve, color, top: top) }
    series = series.filter { !$0.points.isEmpty }
    let hasSpread = series.contains { $0.style == .band }
    series.append(Series(style: .ring, label: "best learning rate", color: Palette.neutral, points: []))
    if hasSpread {
      series.append(Series(style: .band, label: "± one standard deviation", color: Palette.neutral, points: []))
      series.append(Series(style: .marks, label: "seeds", color: Palette.neutral, points: []))
    }
    series += edge(curves, colors, top: top)
    series += floorSeries(results, from: low / 1.3, to: high * 1.3)
    let part = all.count > curves.count ? " (best \(curves.count) of \(all.count) curves)" : ""
    return Chart(
      name: "loss-by-lr", title: results.experiment.name + part, xLabel: "learning rate",
      yLabel: "final validation loss (nats per token)", isLogX: true, xTicks: ticks(rates),
      xRange: low / 1.3...high * 1.3,
      yRange: max(0, bottom - 0.05 * (top - bottom))...top, series: series)
  }

  /// The learning rates that were tried, where their labels have room beside each other.
  private static func ticks(_ rates: [Double]) -> [Double] {
    let distinct = Set(rates).sorted()
    let gaps = zip(distinct, distinct.dropFirst()).map { log($1 / $0) }
    return (gaps.min() ?? 0) >= gaps.reduce(0, +) / 12 ? distinct : []
  }

  private static func series(_ curve: LearningRateCurve, _ color: String, top: Double) -> [Series] {
    let means = curve.points.compactMap { point in
      point.result.finalLoss.map { loss in
        Series.Point(
          x: point.lr, y: loss.mean, low: loss.mean - (loss.deviation ?? 0), high: loss.mean + (loss.deviation ?? 0))
      }
    }
    let hasSpread = curve.points.contains { $0.result.finalLoss?.deviation != nil }
    let seeds = curve.points.flatMap { point in
      point.result.runs.compactMap(\.finalLoss).filter { $0 <= top }.map { Series.Point(x: point.lr, y: $0) }
    }
    let optimum = curve.optimum.flatMap { optimum in
      optimum.result.finalLoss.map { Series.Point(x: optimum.lr, y: $0.mean) }
    }
    return [
      Series(style: .band, label: nil, color: color, points: hasSpread ? means : []),
      Series(style: .curve, label: curve.label.isEmpty ? "mean over seeds" : curve.label, color: color, points: means),
      Series(style: .marks, label: nil, color: color, points: hasSpread ? seeds : []),
      Series(style: .ring, label: nil, color: color, points: optimum.map { [$0] } ?? []),
    ]
  }

  /// A triangle for every run that diverged or whose loss lies above the chart, each curve at a height of its own.
  private static func edge(_ curves: [LearningRateCurve], _ colors: [String], top: Double) -> [Series] {
    let step = 0.012 * top
    var isFirst = true
    return zip(curves, colors).enumerated().compactMap { index, pair in
      let points = pair.0.points.filter { point in
        point.result.count(.diverged) > 0 || point.result.runs.contains { ($0.finalLoss ?? 0) > top }
      }
      guard !points.isEmpty else { return nil }
      defer { isFirst = false }
      return Series(
        style: .edge, label: isFirst ? "diverged or off the chart" : nil, color: pair.1,
        points: points.map { Series.Point(x: $0.lr, y: top - step * Double(index + 1)) })
    }
  }
}
