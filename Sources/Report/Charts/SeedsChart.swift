import Answers
import Words

extension ChartSource {
  /// Which configuration is lowest, and how many others with it; nil without a result.
  func lowest(_ one: String, _ several: String) -> String? {
    guard let best = results.ranked.first, let score = best.score else { return nil }
    let equals = results.ranked.count { results.isBest($0) } - 1
    let verb = equals > 0 ? "and \(Wording.number(equals, "other")) \(several)" : one
    return "\(name(best)) \(verb) lowest: \(score.text)"
  }

  /// Most rows of the chart of seeds.
  static let mostRows = 30

  /// The measure of every run by configuration, in the order of results, with the mean and its 95 % interval.
  func seeds() -> ChartResult {
    guard results.configurations.contains(where: { $0.scoreBySeed.count > 1 }) else {
      return .failure(NotDrawn("no configuration has finished with two seeds"))
    }
    let ended = results.configurations.filter { $0.score != nil || $0.count(.diverged) > 0 }
    let shown = Array(ended.prefix(Self.mostRows))
    let losses = shown.flatMap { $0.scoreBySeed.values }
    guard let least = losses.min(), let greatest = losses.max() else {
      return .failure(NotDrawn("no run has finished"))
    }
    let range = ends(shown, losses: least...max(min(greatest, worstUntrained), least))
    let rows = shown.enumerated().map { (y: Double(shown.count - $0.offset), result: $0.element) }

    var series: [Series] = []
    // Marks of one kind are one series: what comes later is drawn above.
    var beyond: [Series.Point] = []
    for (y, result) in rows {
      let color = colors.color(of: result)
      guard let loss = result.score, range.contains(loss.mean) else { continue }
      if let interval = loss.interval {
        let (low, high) = (max(interval.low, range.lowerBound), min(interval.high, range.upperBound))
        series.append(Series(.interval, color: color, points: [.init(x: loss.mean, y: y, low: low, high: high)]))
        if low > interval.low { beyond.append(.init(x: low, y: y)) }
        if high < interval.high { beyond.append(.init(x: high, y: y)) }
      }
    }
    for (y, result) in rows {
      let color = colors.color(of: result)
      let inside = result.scoreBySeed.values.sorted().filter(range.contains)
      series.append(Series(.marks, color: color, points: inside.map { .init(x: $0, y: y) }))
      if let loss = result.score, range.contains(loss.mean) {
        series.append(Series(.dots, color: color, points: [.init(x: loss.mean, y: y)]))
      }
      if inside.count < result.scoreBySeed.count || result.count(.diverged) > 0 {
        let edge = range.upperBound - 0.015 * (range.upperBound - range.lowerBound)
        series.append(Series(.edge, color: color, points: [.init(x: edge, y: y)]))
      }
    }
    let hasEdge = series.contains { $0.style == .edge }
    series.append(Series(.beyond, color: Palette.neutral, points: beyond))
    series = series.filter { !$0.points.isEmpty }
    series += [
      Series(.dots, label: "mean"), Series(.marks, label: "a seed"), Series(.interval, label: "95 % interval"),
    ]
    if !beyond.isEmpty { series.append(Series(.beyond, label: "goes on beyond the chart")) }
    if hasEdge { series.append(Series(.edge, label: "diverged or beyond the chart")) }
    let part = ended.count > shown.count ? " The best \(shown.count) of \(ended.count) are shown." : ""
    let best = lowest("is", "are")
    return .success([
      Chart(
        name: "seeds", title: best ?? "",
        caption:
          "\(measure.phrase.capitalizedFirst) (\(measure.unit)) of every run, by configuration, best mean first; those of "
          + "which a seed diverged come last. Bar: the mean's 95 % interval (Student's t over the finished seeds; none "
          + "from one seed).\(part)",
        x: scoreAxis(range),
        y: rowAxis(rows),
        series: series, height: 30 + 23 * shown.count)
    ])
  }

  /// Rows named by their configurations; where that has no room, by their values, and the axis by the keys.
  private func rowAxis(_ rows: [(y: Double, result: ConfigurationResult)]) -> ChartAxis {
    func ticks(_ label: (ConfigurationResult) -> String) -> [ChartAxis.Tick] {
      rows.map { ChartAxis.Tick(value: $0.y, label: label($0.result)) }
    }
    return ChartAxis(
      label: "", shortLabel: axes.map(\.name).joined(separator: ", "), range: 0.4...Double(rows.count) + 0.6,
      ticks: ticks(name),
      shortTicks: ticks { result in axes.map { $0.tick($0.value(of: result)) }.joined(separator: ", ") },
      hasRows: true)
  }

  /// The ends of the axis: all seeds, and the intervals as far as they don't push the seeds together.
  private func ends(_ shown: [ConfigurationResult], losses: ClosedRange<Double>) -> ClosedRange<Double> {
    let span = max(losses.upperBound - losses.lowerBound, 1e-3 * abs(losses.upperBound), 1e-9)
    let intervals = shown.compactMap { result in
      result.score.flatMap { losses.contains($0.mean) ? $0.interval : nil }
    }
    let low = min(
      losses.lowerBound, intervals.map(\.low).filter { $0 >= losses.lowerBound - 0.6 * span }.min() ?? .infinity)
    let high = max(
      losses.upperBound, intervals.map(\.high).filter { $0 <= losses.upperBound + 0.6 * span }.max() ?? -.infinity)
    return low - 0.05 * span...high + 0.05 * span
  }
}

extension String {
  /// The text as the beginning of a sentence.
  var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
