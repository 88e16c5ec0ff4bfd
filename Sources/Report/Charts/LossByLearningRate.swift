import Answers
import Foundation
import Store

extension ChartSource {
  /// The measure against learning rate: a curve with its spread for each value of the most telling other axis, the
  /// optimum ringed, diverged runs at the upper edge (Yang et al. 2022, figure 1, https://arxiv.org/abs/2203.03466).
  func lossByLearningRate() -> ChartResult {
    let all = results.learningRateCurves.filter { $0.points.count > 1 }
    guard results.varyingKeys.contains("lr") else { return .failure(NotDrawn("the learning rate doesn't vary")) }
    guard !all.isEmpty else { return .failure(NotDrawn("no two configurations differ in the learning rate alone")) }
    let curves = bestPerColor(all)
    let left = all.count - curves.count
    let others = left > 0 ? ", each with the other axes at their best" : ""
    let axis = colors.axis.flatMap { $0.keys == ["lr"] ? nil : $0.name }
    let chart = lossByLearningRate(
      curves, rates: all.flatMap { $0.points.map(\.lr) }, name: "loss-by-lr", title: optima(curves),
      of: "\(axis.map { ", a curve for each \($0)" } ?? "")\(others)", color: color)
    return chart.map { [$0] + transferCharts() }
  }

  /// A chart for each of several combinations of the other axes over whose sizes the learning rate varies: each parametrization, say.
  private func transferCharts() -> [Chart] {
    let transfers = Transfer.all(of: results)
    guard transfers.count > 1 else { return [] }
    return transfers.prefix(4).compactMap { transfer in
      let curves = transfer.sizes.map { size in
        LearningRateCurve(label: "\(transfer.key) \(size.label)", points: size.curve.points)
      }
      let palette = Palette.colors(curves.count, isOrdered: true)
      let colors = Dictionary(zip(curves.map(\.label), palette)) { first, _ in first }
      return try? lossByLearningRate(
        curves, rates: curves.flatMap { $0.points.map(\.lr) },
        name: FolderName.clean("loss-by-lr-\(transfer.key)-\(transfer.label)".replacing("_", with: "-")),
        title: "\(transfer.label): \(transfer.verdictTitle)",
        of: " with \(transfer.label), a curve for each \(transfer.key)",
        color: { colors[$0.label] ?? Palette.neutral }
      ).get()
    }
  }

  private func lossByLearningRate(
    _ curves: [LearningRateCurve], rates: [Double], name: String, title: String, of what: String,
    color: (LearningRateCurve) -> String
  ) -> Result<Chart, NotDrawn> {
    let losses = curves.flatMap { $0.points.flatMap { $0.result.scoreBySeed.values } }
    guard let range = lossRange(losses), let low = rates.min(), let high = rates.max() else {
      return .failure(
        NotDrawn(
          results.runs.contains { $0.state == .finished }
            ? "no run has finished with a validation loss" : "no run has finished"))
    }
    let top = range.upperBound

    var series = curves.flatMap { self.series($0, color($0), top: top) }
    let hasSpread = series.contains { $0.style == .band }
    series.append(Series(.ring, label: "best tried"))
    if hasSpread { series += [Series(.band, label: "± one standard deviation"), Series(.marks, label: "a seed")] }
    series += edge(curves, top: top, height: range.upperBound - range.lowerBound, color)
    series += floor(from: low / 1.3, to: high * 1.3, in: range)
    return .success(
      Chart(
        name: name, title: title,
        caption:
          "\(measure.phrase.capitalizedFirst) (\(measure.unit)) against learning rate\(what). Line: mean over the finished seeds. Triangles: "
          + "learning rates at which a run diverged or ended above the chart." + floorRemark(range),
        x: ChartAxis(label: "learning rate", isLog: true, range: low / 1.3...high * 1.3, ticks: ticks(rates)),
        y: scoreAxis(range), series: series, labelsLines: true, height: 360))
  }

  /// "Best lr: 0.01 for d_model 32, 0.001 (the lowest tried) for d_model 128".
  private func optima(_ curves: [LearningRateCurve]) -> String {
    let digits = Scalar.digits(telling: curves.flatMap { $0.points.map { .number($0.lr) } }, atLeast: 2)
    var groups: [(rate: String, labels: [String])] = []
    for curve in curves {
      guard let optimum = curve.optimum else { continue }
      let edge = curve.edge.map { $0 == .lowest ? " (the lowest tried)" : " (the highest tried)" } ?? ""
      let rate = Scalar.number(optimum.lr).label(digits: digits) + edge
      if let place = groups.firstIndex(where: { $0.rate == rate }) {
        groups[place].labels.append(curve.label)
      } else {
        groups.append((rate, [curve.label]))
      }
    }
    guard let first = groups.first else { return "" }
    if groups.count == 1 {
      let axis = curves.count > 1 ? colors.axis.map { " for every \($0.name)" } ?? "" : ""
      return "Best lr: \(first.rate)\(axis)"
    }
    return "Best lr: "
      + groups.map { "\($0.rate) for \($0.labels.joined(separator: "; "))" }.joined(separator: ", ")
  }

  private func color(_ curve: LearningRateCurve) -> String {
    guard let result = curve.points.first?.result, colors.axis?.keys != ["lr"] else {
      return Palette.colors(1, isOrdered: false)[0]
    }
    return colors.color(of: result)
  }

  /// For each value that has a colour, the curve of the lowest optimum; at most as many as can be told apart.
  private func bestPerColor(_ all: [LearningRateCurve]) -> [LearningRateCurve] {
    let ranked = all.enumerated().sorted { a, b in
      guard let one = a.element.optimum?.result else { return false }
      guard let other = b.element.optimum?.result else { return true }
      return ConfigurationResult.isBetter(one, than: other)
        || !ConfigurationResult.isBetter(other, than: one) && a.offset < b.offset
    }
    var seen: Set<AxisGroup.Value> = []
    let kept = ranked.filter { curve in
      guard let axis = colors.axis, let result = curve.element.points.first?.result else { return true }
      return axis.keys == ["lr"] ? seen.isEmpty : seen.insert(axis.value(of: result)).inserted
    }.prefix(Palette.most).map(\.offset)
    return all.indices.filter(kept.contains).map { all[$0] }
  }

  /// The learning rates that were tried, where their labels have room beside each other.
  private func ticks(_ rates: [Double]) -> [ChartAxis.Tick] {
    let distinct = Set(rates).sorted()
    let gaps = zip(distinct, distinct.dropFirst()).map { log($1 / $0) }
    guard (gaps.min() ?? 0) >= max(gaps.reduce(0, +) / 12, 0.04) else { return [] }
    let digits = Scalar.digits(telling: distinct.map(Scalar.number), atLeast: 2)
    return distinct.map { ChartAxis.Tick(value: $0, label: Scalar.number($0).label(digits: digits)) }
  }

  private func series(_ curve: LearningRateCurve, _ color: String, top: Double) -> [Series] {
    let means = curve.points.compactMap { point in
      point.result.score.map { loss in
        let deviation = loss.deviation ?? 0
        return Series.Point(
          x: point.lr, y: loss.mean, low: loss.mean - deviation, high: min(loss.mean + deviation, top))
      }
    }
    let hasSpread = curve.points.contains { $0.result.score?.deviation != nil }
    let seeds = curve.points.flatMap { point in
      point.result.scoreBySeed.values.sorted().filter { $0 <= top }.map { Series.Point(x: point.lr, y: $0) }
    }
    let optimum = curve.optimum.flatMap { optimum in
      optimum.result.score.map { Series.Point(x: optimum.lr, y: $0.mean) }
    }
    let all = [
      Series(.band, color: color, points: hasSpread ? means : []),
      Series(.curve, label: curve.label.isEmpty ? "mean over seeds" : curve.label, color: color, points: means),
      Series(.marks, color: color, points: hasSpread ? seeds : []),
      Series(.ring, color: color, points: optimum.map { [$0] } ?? []),
    ]
    return all.filter { !$0.points.isEmpty }
  }

  /// A triangle for every learning rate at which a run diverged or ended above the chart, each curve at a height of its own.
  private func edge(
    _ curves: [LearningRateCurve], top: Double, height: Double, _ color: (LearningRateCurve) -> String
  ) -> [Series] {
    var edges: [Series] = []
    for curve in curves {
      let points = curve.points.filter { point in
        point.result.count(.diverged) > 0 || point.result.scoreBySeed.values.contains { $0 > top }
      }
      guard !points.isEmpty else { continue }
      let y = top - 0.022 * height * (Double(edges.count) + 0.6)
      edges.append(Series(.edge, color: color(curve), points: points.map { Series.Point(x: $0.lr, y: y) }))
    }
    return edges.isEmpty ? [] : edges + [Series(.edge, label: "diverged or above the chart")]
  }
}
