import Answers
import Store

extension ChartSource {
  /// Training loss, smoothed and as measured, and validation loss against steps, with the tokens at the upper edge.
  func lossCurves() throws -> ChartResult {
    let perStep = Set(results.runs.map(tokensPerStep))
    return try curves(
      name: "loss-curves", x: ChartAxis(label: "step"),
      upper: perStep.count == 1 ? perStep.first.map { .init(label: "training tokens", factor: Double($0)) } : nil
    ) { run, step, _ in
      Double(step)
    }
  }

  /// The same against training tokens.
  func lossByTokens() throws -> ChartResult {
    let perStep = Set(results.runs.map(tokensPerStep))
    guard perStep.count > 1 else {
      return .failure(
        NotDrawn("every run reads \(perStep.first ?? 0) tokens a step, so the upper edge of loss-curves shows them"))
    }
    return try curves(name: "loss-by-tokens", x: ChartAxis(label: "training tokens", isCount: true)) { run, step, _ in
      Double(step * tokensPerStep(run))
    }
  }

  /// The same against wall time.
  func lossByTime() throws -> ChartResult {
    try curves(
      name: "loss-by-time",
      x: ChartAxis(label: "wall time (s), evaluations and samples included", shortLabel: "wall time (s)")
    ) {
      $2
    }
  }

  private func tokensPerStep(_ run: Run) -> Int {
    Int((run.settings["batch_size"]?.number ?? 0) * (run.settings["context_length"]?.number ?? 0))
  }

  /// The best configuration for each value of the most telling axis, in the order of the values.
  private var bestPerColor: [ConfigurationResult] {
    guard let axis = colors.axis else { return results.configurations }
    var seen: Set<AxisGroup.Value> = []
    let kept = results.configurations.filter { seen.insert(axis.value(of: $0)).inserted }.prefix(Palette.most)
    let places = Dictionary(uniqueKeysWithValues: axis.values.enumerated().map { ($1, $0) })
    return kept.sorted { (places[axis.value(of: $0)] ?? 0) < (places[axis.value(of: $1)] ?? 0) }
  }

  /// - Parameter place: Where a measurement of a run stands across, from its step and its seconds.
  private func curves(
    name: String, x axis: ChartAxis, upper: Chart.UpperAxis? = nil,
    place: (_ run: Run, _ step: Int, _ seconds: Double) -> Double
  ) throws -> ChartResult {
    var (raw, smooth, validation): ([Series], [Series], [Series]) = ([], [], [])
    let shown = bestPerColor
    // Training is measured in nats per token, whatever the runs are ranked by.
    let hasTraining = measure.unit == Measure.final.unit
    for result in shown {
      let color = colors.color(of: result)
      let measured = try result.runs.compactMap { run in
        try run.id.map { id in
          (run, hasTraining ? try database.trainingCurve(of: id, points: 60) : [], evaluations[id] ?? [])
        }
      }
      if let (run, _, _) = measured.first(where: { !$0.1.isEmpty }), let id = run.id {
        let trace = try database.trainingTrace(of: id, points: 400)
        raw.append(
          Series(.raw, color: color, points: trace.map { .init(x: place(run, $0.step, $0.seconds), y: $0.loss) }))
      }
      let training = measured.flatMap { run, points, _ in
        points.map { (step: $0.step, x: place(run, $0.step, $0.seconds), y: $0.loss) }
      }
      let evaluated = measured.flatMap { run, _, values in
        values.compactMap { value in
          measure.value(of: value).map { (step: value.step, x: place(run, value.step, value.seconds), y: $0) }
        }
      }
      let line = Self.mean(training)
      // So few points that a line alone might not be seen.
      smooth.append(Series(line.count > 2 ? .line : .curve, color: color, points: line))
      validation.append(Series(.curve, label: self.name(result), color: color, points: Self.mean(evaluated)))
    }
    let hasValidation = validation.contains { !$0.points.isEmpty }
    // Without evaluations the smoothed line carries the name.
    if !hasValidation {
      smooth = zip(smooth, validation).map { Series($0.style, label: $1.label, color: $0.color, lines: $0.lines) }
    }
    let series = (raw + smooth + validation).filter { !$0.points.isEmpty }
    let points = series.flatMap(\.points)
    guard let end = points.map(\.x).max(), let least = points.map(\.y).min() else {
      return .failure(NotDrawn("no run has a loss yet"))
    }
    let right = end > 0 ? end : 1
    let ends = (smooth + validation).compactMap { $0.points.last?.x }.filter { $0 > 0 }
    let first = points.map(\.x).filter { $0 > 0 }.min() ?? right
    // Runs of very different duration have room beside each other on a logarithmic axis alone.
    let isLog = name == "loss-by-time" && (ends.max() ?? 1) > 8 * (ends.min() ?? 1) && first < right
    // The untrained model, the steep tenth after it, and a curve that leaves the chart upwards are cut off: they mustn't flatten
    // the others.
    let late = (smooth + validation).flatMap { series in
      series.points.filter { $0.x >= 0.1 * (series.points.last?.x ?? 0) }.map(\.y)
    }
    let range = lossRange(late) ?? 0...max(least, 1)
    var keys = hasValidation ? [Series(.curve, label: "validation")] : []
    if !smooth.flatMap(\.points).isEmpty {
      keys += [Series(.line, label: "training, smoothed"), Series(.raw, label: "training, one seed as measured")]
    }
    let count = colors.axis?.values.count ?? results.configurations.count
    let which = colors.axis.map { axis in
      (shown.count < count ? "The best \(shown.count) of \(count) values of " : "The best configuration for each ")
        + axis.name
    }
    let best = lowest("ends", "end")
    var across = axis
    across.isLog = isLog
    across.range = (isLog ? first : 0)...right
    return .success([
      Chart(
        name: name, title: best ?? "",
        caption:
          "\(which ?? "The configuration"), means over its seeds. "
          + (hasTraining ? "Thin pale lines: one seed's training loss as measured." : "")
          + floorRemark(range) + (name == "loss-by-time" ? timeRemark : ""),
        x: across, y: ChartAxis(label: "loss (\(measure.unit))", shortLabel: shortScore, range: range),
        upperX: upper, series: series + keys + floor(from: isLog ? first : 0, to: right, in: range),
        labelsLines: true, height: 360)
    ])
  }

  /// Mean over runs of what they measured at the same step.
  private static func mean(_ points: [(step: Int, x: Double, y: Double)]) -> [Series.Point] {
    Dictionary(grouping: points, by: \.step).sorted { $0.key < $1.key }.map { _, values in
      let count = Double(values.count)
      return Series.Point(
        x: values.reduce(0) { $0 + $1.x } / count, y: values.reduce(0) { $0 + $1.y } / count)
    }
  }
}
