import Answers
import Foundation
import Store

extension ChartSource {
  /// Most heat maps of a report.
  private static let mostHeatMaps = 3

  /// The measure over each two axes, those first that explain most. Of several configurations in a cell, which differ in
  /// other axes, the best is shown.
  func heatMaps() -> ChartResult {
    guard axes.count > 1 else { return .failure(NotDrawn("it takes two axes; this experiment has \(axes.count)")) }
    guard results.runs.contains(where: { $0.state.hasResult }) else {
      return .failure(NotDrawn("no run has a result yet"))
    }
    let all = axes.indices.flatMap { i in axes.indices.dropFirst(i + 1).map { (i, $0) } }
    // Where `variants` give a value of one axis values of its own of the other, much of a map would be holes.
    let pairs = all.filter { pair in
      let points = Set(results.configurations.map { [axes[pair.0].value(of: $0), axes[pair.1].value(of: $0)] })
      return 4 * points.count >= 3 * axes[pair.0].values.count * axes[pair.1].values.count
    }
    guard !pairs.isEmpty else { return .failure(NotDrawn("no two axes form a grid: their values don't all meet")) }
    func weight(_ pair: (Int, Int)) -> Double {
      guard let shares = try? shares.get() else { return 0 }
      let together = shares.pairs.first { $0.axes == [pair.0, pair.1] }?.share ?? 0
      return shares.main[pair.0].share + shares.main[pair.1].share + together
    }
    let ranked = pairs.enumerated().sorted { (weight($1.element), $0.offset) < (weight($0.element), $1.offset) }
    return .success(ranked.prefix(Self.mostHeatMaps).map { heatMap($0.element.0, $0.element.1) })
  }

  /// What a cell shows.
  private enum Cell {
    case loss(Double, hasDiverged: Bool)
    case diverged, failed, unfinished, notRun

    /// - Parameter results: The cell's configurations in the order of results.
    init(_ results: [ConfigurationResult]) {
      if let best = results.first, let score = best.score {
        self = .loss(score.mean, hasDiverged: best.isFlattered)
        return
      }
      let runs = results.flatMap(\.runs)
      let isDone = runs.allSatisfy { $0.state == .diverged || $0.state == .failed }
      self =
        runs.isEmpty ? .notRun : !isDone ? .unfinished : runs.contains { $0.state == .diverged } ? .diverged : .failed
    }
  }

  private func heatMap(_ first: Int, _ second: Int) -> Chart {
    // The learning rate runs across; else the axis with more values.
    let isTurned =
      axes[first].keys.contains("lr")
      || axes[first].values.count > axes[second].values.count && !axes[second].keys.contains("lr")
    let (columns, rows) = isTurned ? (axes[first], axes[second]) : (axes[second], axes[first])
    let groups = Dictionary(grouping: results.configurations) { [columns.value(of: $0), rows.value(of: $0)] }
    var cells: [(x: Double, y: Double, cell: Cell)] = []
    for (x, column) in columns.values.enumerated() {
      for (y, row) in rows.values.enumerated() {
        cells.append((Double(x), Double(y), Cell(groups[[column, row]] ?? [])))
      }
    }
    let losses = cells.compactMap { item -> Double? in
      if case .loss(let loss, _) = item.cell { min(loss, untrained) } else { nil }
    }
    let least = losses.min() ?? 0
    // So far apart that a script's digits tell them apart: gnuplot refuses a scale without length.
    let greatest = max(losses.max() ?? 1, least + max(1e-6, 1e-5 * least))
    func points(_ isShown: (Cell) -> Bool) -> [Series.Point] {
      cells.filter { isShown($0.cell) }.map { Series.Point(x: $0.x, y: $0.y) }
    }
    let heat = cells.compactMap { item -> Series.Point? in
      guard case .loss(let loss, _) = item.cell else { return nil }
      return Series.Point(x: item.x, y: item.y, value: min(loss, greatest))
    }
    var series = [Series(.heat, points: heat)]
    let others: [(Series.Style, String, String, (Cell) -> Bool)] = [
      (.cell, "diverged", Palette.diverged, { if case .diverged = $0 { true } else { false } }),
      (.cell, "failed", Palette.ink, { if case .failed = $0 { true } else { false } }),
      (.hatched, "unfinished", Palette.neutral, { if case .unfinished = $0 { true } else { false } }),
      (.frame, "not run", Palette.neutral, { if case .notRun = $0 { true } else { false } }),
    ]
    for (style, label, color, isShown) in others {
      let shown = points(isShown)
      if !shown.isEmpty { series.append(Series(style, label: label, color: color, points: shown)) }
    }
    let shaky = points { if case .loss(_, true) = $0 { true } else { false } }
    if !shaky.isEmpty {
      let marks = shaky.map { Series.Point(x: $0.x + 0.36, y: $0.y + 0.32) }
      series.append(Series(.edge, label: "a seed diverged or was stopped", color: Palette.diverged, points: marks))
    }
    let digits = greatest - least < 0.05 ? 4 : greatest - least < 0.5 ? 3 : 2
    let texts = cells.compactMap { item -> ChartText? in
      guard case .loss(let loss, _) = item.cell else { return nil }
      let isDark = (loss - least) / (greatest - least) < 0.55
      return ChartText(
        x: item.x, y: item.y, text: String(format: "%.\(digits)f", loss), color: isDark ? "#ffffff" : "#000000",
        anchor: .center)
    }
    // The first configuration is the best.
    if let best = results.ranked.first, let x = columns.values.firstIndex(of: columns.value(of: best)),
      let y = rows.values.firstIndex(of: rows.value(of: best))
    {
      series.append(Series(.best, label: "best", color: "#e69f00", points: [.init(x: Double(x), y: Double(y))]))
    }
    let held = axes.count > 2 ? " Of the configurations in a cell, which differ in other axes, the best is shown." : ""
    let best = results.ranked.first
    let finding = best.flatMap { best in
      best.score.map { "Lowest at \(best.label(rows.keys + columns.keys)): \($0.text)" }
    }
    return Chart(
      name: "heat-map-" + (rows.keys + ["by"] + columns.keys).joined(separator: "-").replacing("_", with: "-"),
      title: finding ?? "",
      caption:
        "\(measure.phrase.capitalizedFirst) (\(measure.unit)) over \(rows.name) and \(columns.name), mean over the "
        + "finished seeds; dark is low.\(held)",
      x: ChartAxis(
        label: columns.name, range: -0.5...Double(columns.values.count) - 0.5, ticks: ticks(columns)),
      y: ChartAxis(label: rows.name, range: -0.5...Double(rows.values.count) - 0.5, ticks: ticks(rows)),
      colorRange: least...greatest, colorLabel: "\(measure.phrase) (\(measure.unit))", shortColorLabel: shortScore,
      series: series, texts: texts,
      height: min(760, max(5, rows.values.count) * (rows.values.count > 12 ? 20 : 44)))
  }

  private func ticks(_ axis: AxisGroup) -> [ChartAxis.Tick] {
    axis.values.enumerated().map { ChartAxis.Tick(value: Double($0.offset), label: axis.tick($0.element)) }
  }
}
