import Answers

extension ChartSource {
  /// Most rows of the chart of seeds.
  static let mostRows = 30

  /// Every run's final loss by configuration, best first, with the mean and its 95 % interval.
  func seeds() -> ChartResult {
    guard results.configurations.contains(where: { $0.scoreBySeed.count > 1 }) else {
      return .failure(NotDrawn("no configuration has finished with two seeds"))
    }
    let ended = results.configurations.filter { $0.score != nil || $0.count(.diverged) > 0 }
    let shown = Array(ended.prefix(Self.mostRows))
    let losses = shown.flatMap { $0.scoreBySeed.values }
    guard let range = lossRange(losses) else { return .failure(NotDrawn("no run has finished")) }
    // The floor would push the seeds together at the other end.
    let least = losses.min() ?? range.lowerBound
    let space = range.upperBound - least
    let ends = least - 0.08 * space...range.upperBound
    let rows = shown.enumerated().map { (y: Double(shown.count - $0.offset), result: $0.element) }

    var series: [Series] = []
    for (y, result) in rows {
      let color = colors.color(of: result)
      if let loss = result.score, let interval = loss.interval, loss.mean <= ends.upperBound {
        let clipped = Series.Point(
          x: loss.mean, y: y, low: max(interval.low, ends.lowerBound), high: min(interval.high, ends.upperBound))
        series.append(Series(.interval, color: color, points: [clipped]))
      }
      let inside = result.scoreBySeed.values.sorted().filter { $0 <= ends.upperBound }
      series.append(Series(.marks, color: color, points: inside.map { .init(x: $0, y: y) }))
      if let loss = result.score, loss.mean <= ends.upperBound {
        series.append(Series(.dots, color: color, points: [.init(x: loss.mean, y: y)]))
      }
      if inside.count < result.scoreBySeed.count || result.count(.diverged) > 0 {
        let edge = Series.Point(x: ends.upperBound - 0.015 * (ends.upperBound - ends.lowerBound), y: y)
        series.append(Series(.edge, color: color, points: [edge]))
      }
    }
    let hasEdge = series.contains { $0.style == .edge }
    series = series.filter { !$0.points.isEmpty } + legend(.dots, shown)
    series += [Series(.marks, label: "seeds"), Series(.interval, label: "95 % interval of the mean")]
    if hasEdge { series.append(Series(.edge, label: "diverged or off the chart")) }
    let part = ended.count > shown.count ? "best \(shown.count) of \(ended.count)" : ""
    return .success([
      Chart(
        name: "seeds", title: title(part),
        caption:
          "Final validation loss of every run, by configuration, best mean first. Large dot: mean over the finished seeds; "
          + "bar: its 95 % interval (Student's t; none from one seed), cut at the chart's ends.",
        x: ChartAxis(label: "final validation loss (nats per token)", range: ends),
        y: ChartAxis(
          label: "", range: 0.3...Double(shown.count) + 0.7,
          ticks: rows.map { ChartAxis.Tick(value: $0.y, label: name($0.result)) }),
        series: series, height: 140 + 22 * shown.count)
    ])
  }
}
