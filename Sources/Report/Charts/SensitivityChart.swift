import Answers

extension ChartSource {
  /// How much the measure suffers, on average, from a learning rate that isn't the best, against the number of
  /// parameters (Wortsman et al. 2023, section 2.2, https://arxiv.org/abs/2309.14322).
  func learningRateSensitivity() -> ChartResult {
    let curves = results.learningRateCurves.filter { $0.points.count > 1 }
    guard !curves.isEmpty else { return .failure(NotDrawn("the learning rate doesn't vary by itself")) }
    let sizes = Set(curves.compactMap { $0.points.first?.result.parameters })
    guard sizes.count > 1 else { return .failure(NotDrawn("all models have the same number of parameters")) }
    // Sweeps over different learning rates can't be compared: what they share counts.
    let rates = curves.dropFirst().reduce(Set(curves[0].points.map(\.lr))) { $0.intersection($1.points.map(\.lr)) }
    guard rates.count > 2 else {
      return .failure(NotDrawn("the models share \(rates.count) learning rates; it takes three to compare them"))
    }
    let points = curves.compactMap { curve -> (result: ConfigurationResult, mean: Double, seeds: [Double])? in
      let results = curve.points.filter { rates.contains($0.lr) }.map(\.result)
      let cells = results.map { Summary($0.cappedLosses(untrained: untrained))?.mean }
      // A run that is still to come has no loss, which isn't the same as a diverged one.
      guard cells.allSatisfy({ $0 != nil }), let mean = LearningRateSensitivity.value(cells, untrained: untrained)
      else {
        return nil
      }
      let seeds = Set(results.flatMap { $0.runs.map(\.seed) }).sorted()
      let each = seeds.compactMap { seed -> Double? in
        let runs = results.compactMap { $0.runs.first { $0.seed == seed && $0.state.hasResult } }
        guard runs.count == results.count else { return nil }
        return LearningRateSensitivity.value(
          runs.map { $0.state == .finished ? measure.value($0) : nil }, untrained: untrained)
      }
      return (results[0], mean, each)
    }
    guard let least = points.min(by: { $0.mean < $1.mean }), Set(points.map(\.result.parameters)).count > 1 else {
      return .failure(NotDrawn("fewer than two model sizes have a result at every learning rate"))
    }
    let ordered = points.sorted { ($0.result.parameters, $0.mean) < ($1.result.parameters, $1.mean) }
    let isOneLine = axes.count { $0.keys != ["lr"] } == 1 && Set(points.map(\.result.parameters)).count == points.count
    var series: [Series] = []
    if isOneLine {
      series.append(Series(.trace, points: ordered.map { .init(x: Double($0.result.parameters), y: $0.mean) }))
    }
    for point in ordered {
      let x = Double(point.result.parameters)
      let color = colors.axis?.keys == ["lr"] ? Palette.neutral : colors.color(of: point.result)
      series.append(Series(.dots, color: color, points: [.init(x: x, y: point.mean)]))
      if point.seeds.count > 1 {
        series.append(Series(.marks, color: color, points: point.seeds.map { .init(x: x, y: $0) }))
      }
    }
    series += legend(.dots, points.map(\.result))
    if points.contains(where: { $0.seeds.count > 1 }) { series.append(Series(.marks, label: "seeds")) }
    let top = points.flatMap { $0.seeds + [$0.mean] }.max() ?? 1
    return .success([
      Chart(
        name: "lr-sensitivity", title: "\(name(least.result, "lr")) is least sensitive to the learning rate",
        caption:
          "Learning-rate sensitivity: the mean over \(rates.count) learning rates of the \(measure.phrase), at most "
          + "that of the untrained model, less the best. A diverged run counts as the untrained model. Lower is more forgiving.",
        x: parameterAxis(ordered.map(\.result)),
        y: ChartAxis(
          label: "learning-rate sensitivity (\(measure.unit))", shortLabel: "sensitivity (\(measure.shortUnit))",
          range: 0...(top > 0 ? 1.1 * top : 1)),
        series: series)
    ])
  }

  /// The configuration's name without one of the keys.
  private func name(_ result: ConfigurationResult, _ key: String) -> String {
    result.label(results.tellingKeys.filter { $0 != key })
  }
}
