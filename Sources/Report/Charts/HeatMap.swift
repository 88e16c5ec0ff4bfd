import Answers
import Foundation
import Store

extension ChartSource {
  /// Most heat maps of a report.
  private static let mostHeatMaps = 3
  /// Most values of an axis whose cells have room for numbers.
  private static let mostNumbers = 12

  /// The final loss over each two axes, those first that explain most. Of several configurations in a cell, which differ in
  /// other axes, the best is shown.
  func heatMaps() -> ChartResult {
    guard axes.count > 1 else { return .failure(NotDrawn("it takes two axes; this experiment has \(axes.count)")) }
    guard results.runs.contains(where: { $0.state.hasResult }) else {
      return .failure(NotDrawn("no run has a result yet"))
    }
    let pairs = axes.indices.flatMap { i in axes.indices.dropFirst(i + 1).map { (i, $0) } }
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

    init(_ results: [ConfigurationResult]) {
      let stable = results.filter { $0.score != nil && $0.count(.diverged) == 0 }
      let shaky = results.filter { $0.score != nil && $0.count(.diverged) > 0 }
      if let best = (stable.isEmpty ? shaky : stable).compactMap({ $0.score?.mean }).min() {
        self = .loss(best, hasDiverged: stable.isEmpty)
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
    let greatest = max(losses.max() ?? 1, least + 1e-6)
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
      series.append(Series(.edge, label: "a seed diverged", color: Palette.diverged, points: marks))
    }
    var texts: [ChartText] = []
    if columns.values.count <= Self.mostNumbers, rows.values.count <= 2 * Self.mostNumbers {
      let digits = greatest - least < 0.05 ? 4 : greatest - least < 0.5 ? 3 : 2
      texts = cells.compactMap { item in
        guard case .loss(let loss, _) = item.cell else { return nil }
        let isDark = (loss - least) / (greatest - least) < 0.55
        return ChartText(
          x: item.x, y: item.y, text: String(format: "%.\(digits)f", loss), color: isDark ? "#ffffff" : "#000000",
          anchor: .center)
      }
    }
    let held = axes.count > 2 ? " Of the configurations in a cell, which differ in other axes, the best is shown." : ""
    return Chart(
      name: "heat-map-" + (rows.keys + ["by"] + columns.keys).joined(separator: "-").replacing("_", with: "-"),
      title: title(),
      caption:
        "Final validation loss over \(rows.name) and \(columns.name), mean over the finished seeds.\(held)",
      x: ChartAxis(
        label: columns.name, range: -0.5...Double(columns.values.count) - 0.5, ticks: ticks(columns, letters: 75)),
      y: ChartAxis(label: rows.name, range: -0.5...Double(rows.values.count) - 0.5, ticks: ticks(rows, letters: nil)),
      colorRange: least...greatest, colorLabel: "final validation loss (nats per token)", series: series, texts: texts,
      height: min(900, 150 + max(5, rows.values.count) * (rows.values.count > 12 ? 22 : 44)))
  }

  /// A label for each value; of very many, some: as many as have room beside each other in that many letters, or above
  /// each other where it is nil.
  private func ticks(_ axis: AxisGroup, letters: Int?) -> [ChartAxis.Tick] {
    let labels = axis.values.map(axis.tick)
    let longest = min(labels.map(\.count).max() ?? 0, 38) + 2
    let room = max(1, letters.map { $0 / longest } ?? 36)
    let stride = (labels.count + room - 1) / room
    return labels.indices.filter { $0 % stride == 0 }.map { ChartAxis.Tick(value: Double($0), label: labels[$0]) }
  }
}
