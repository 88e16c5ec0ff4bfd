import Foundation
import Terminal

/// Where a chart's parts stand in a figure, computed here so that every format of gnuplot has the same: some of them don't know
/// how wide a text is. Lengths are pixels of `FigureStyle`, from the lower left corner.
struct ChartLayout {
  /// A line's name beside its right end.
  struct LineLabel {
    let series: Int
    let text: String
    /// The end of the line, in the chart's units.
    let end: Series.Point
    /// The middle of the label's height.
    let y: Double
    /// Whether it stands so far from the line's end that a thin line leads there.
    let isFar: Bool
  }

  let chart: Chart
  let style: FigureStyle
  let titleLines: [String]
  let hasSubtitle: Bool
  /// The figure's height.
  let height: Double
  /// The space between the axes.
  let (left, right, bottom, top): (Double, Double, Double, Double)
  let (xTicks, yTicks, upperTicks, colorTicks): ([ChartAxis.Tick], [ChartAxis.Tick], [ChartAxis.Tick], [ChartAxis.Tick])
  /// Whether the rows have their short names.
  let hasShortRows: Bool
  let lineLabels: [LineLabel]
  /// The legend's entries by the places of their series.
  let legend: [Int: String]
  let (legendColumns, legendRows): (Int, Int)
  /// The words within the chart, without those for which there is no room.
  let texts: [ChartText]
  private var em: Double { style.fontSize }

  init(_ chart: Chart, _ style: FigureStyle) {
    let em = style.fontSize
    (self.chart, self.style) = (chart, style)
    // A figure of a given height leaves words out until the axes have room.
    let stacks = Words.allCases.lazy.map { Stack(chart, style, $0) }
    let stack = stacks.first(where: \.hasRoom) ?? Stack(chart, style, .none)
    (titleLines, hasSubtitle) = (stack.titleLines, stack.hasSubtitle)
    (legend, legendColumns, legendRows) = (stack.legend, stack.columns, max(stack.rows, 1))
    (height, bottom, top) = (stack.height, stack.below, stack.below + stack.plot)
    let (lines, longest, labelsLines) = (stack.lines, stack.longest, stack.labelsLines)

    // Rows have their names to the left; other axes have numbers there.
    let plotHeight = top - bottom
    let yRange = chart.y.range ?? 0...1
    let nameLimit = style.letters(in: 0.42 * style.width)
    let isLong = chart.y.hasRows && chart.y.ticks.contains { $0.label.displayWidth > nameLimit }
    hasShortRows = isLong && !chart.y.shortTicks.isEmpty
    var yTicks =
      chart.y.ticks.isEmpty
      ? Self.ticks(chart.y, most: Int(min(plotHeight / (2.2 * em), 8)))
      : hasShortRows ? chart.y.shortTicks : chart.y.ticks
    for (place, label) in Labels.shortened(yTicks.map(\.label), to: nameLimit).enumerated() {
      yTicks[place].label = label
    }
    self.yTicks = ChartAxis.Tick.thinned(
      yTicks, at: { (chart.y.place($0, in: yRange)) * plotHeight }, length: { _ in 1.1 * em })
    let tickLetters = yTicks.map(\.label.displayWidth).max() ?? 0
    left = style.length(tickLetters) + (chart.y.label.isEmpty && !hasShortRows ? 1.0 : 2.7) * em

    let colorTicks = chart.colorRange.map { ChartAxis.Tick.linear(in: $0, most: Int(plotHeight / (2.2 * em))) } ?? []
    self.colorTicks = colorTicks
    let xRange = chart.x.range ?? 0...1
    let lastTick = style.length(chart.x.ticks.last?.label.displayWidth ?? 5) / 2
    let side =
      labelsLines
      ? style.length(longest) + 2.2 * em
      : chart.colorRange != nil
        ? style.length(colorTicks.map(\.label.count).max() ?? 0) + 5.2 * em : max(1.2 * em, lastTick)
    let right = max(style.width - side, left + 4 * em)
    self.right = right
    let plotWidth = right - left
    var xTicks = chart.x.ticks.isEmpty ? Self.ticks(chart.x, most: style.letters(in: plotWidth) / 7) : chart.x.ticks
    // Names are shortened; of numbers some are left out.
    let room = max(8, style.letters(in: plotWidth) / max(xTicks.count, 1) - 2)
    if xTicks.contains(where: { $0.label.count > max(room, 12) }) {
      for (place, label) in Labels.shortened(xTicks.map(\.label), to: room).enumerated() { xTicks[place].label = label }
    }
    self.xTicks = ChartAxis.Tick.thinned(
      xTicks, at: { chart.x.place($0, in: xRange) * plotWidth },
      length: { style.length($0.label.displayWidth + 1) })
    upperTicks =
      chart.upperX.map { upper in
        ChartAxis.Tick.linear(
          in: xRange.lowerBound * upper.factor...xRange.upperBound * upper.factor,
          most: style.letters(in: plotWidth) / 8)
      } ?? []

    lineLabels = labelsLines ? Self.lineLabels(chart, lines, gap: 1.25 * em, bottom: bottom, top: top) : []
    // A cell's number has room in the cell or isn't there.
    let cell = plotWidth / (xRange.upperBound - xRange.lowerBound)
    let cellHeight = plotHeight / (yRange.upperBound - yRange.lowerBound)
    let hasRoom =
      chart.colorRange == nil
      || style.length(chart.texts.map(\.text.count).max() ?? 0) <= 0.96 * cell && 1.1 * em <= cellHeight
    texts = hasRoom ? chart.texts : []
  }

  private static func ticks(_ axis: ChartAxis, most: Int) -> [ChartAxis.Tick] {
    guard let range = axis.range else { return [] }
    guard axis.isLog else { return ChartAxis.Tick.linear(in: range, most: max(most, 2)) }
    let label: ((Double) -> String)? = axis.isCount ? { ChartAxis.Tick.short($0) } : nil
    return ChartAxis.Tick.logarithmic(in: range, most: max(most, 2), label: label)
  }

  /// The label of an axis that has room in a length.
  func label(_ axis: ChartAxis, in length: Double) -> String {
    if axis.hasRows { return hasShortRows ? axis.shortLabel ?? "" : axis.label }
    return style.length(axis.label.displayWidth) <= length ? axis.label : axis.shortLabel ?? axis.label
  }

  /// The labels at the heights of their lines' ends, moved no further than it takes to keep them apart.
  private static func lineLabels(
    _ chart: Chart, _ lines: [Int], gap: Double, bottom: Double, top: Double
  ) -> [LineLabel] {
    guard let range = chart.y.range else { return [] }
    func height(_ y: Double) -> Double { bottom + chart.y.place(y, in: range) * (top - bottom) }
    let ends = lines.compactMap { index -> (series: Int, end: Series.Point)? in
      let points = chart.series[index].points
      return (points.last { range.contains($0.y) } ?? points.last).map { point in
        (index, Series.Point(x: point.x, y: min(max(point.y, range.lowerBound), range.upperBound)))
      }
    }.sorted { ($0.end.y, $1.series) < ($1.end.y, $0.series) }
    // Neighbours that would touch form a block around the mean of their places (isotonic regression).
    var blocks: [(sum: Double, count: Int)] = []
    for (place, item) in ends.enumerated() {
      blocks.append((height(item.end.y) - gap * Double(place), 1))
      while blocks.count > 1, let last = blocks.last,
        case let before = blocks[blocks.count - 2], before.sum / Double(before.count) >= last.sum / Double(last.count)
      {
        blocks.removeLast(2)
        blocks.append((before.sum + last.sum, before.count + last.count))
      }
    }
    let places = blocks.flatMap { block in Array(repeating: block.sum / Double(block.count), count: block.count) }
    let least = places.first.map { max(bottom - $0, 0) } ?? 0
    let most = places.last.map { max($0 + gap * Double(places.count - 1) - top, 0) } ?? 0
    return zip(ends, places).enumerated().map { index, item in
      let y = item.1 + gap * Double(index) + least - most
      let isShort = chart.x.place(item.0.end.x, in: chart.x.range ?? 0...1) < 0.97
      return LineLabel(
        series: item.0.series, text: chart.series[item.0.series].label ?? "", end: item.0.end, y: y,
        isFar: isShort || abs(y - height(item.0.end.y)) > 0.5 * gap)
    }
  }
}

// MARK: - From top to bottom

/// Which words a figure has around its axes, from all to none.
private enum Words: CaseIterable {
  case all
  /// One line of title and a legend of what has a colour, without the meaning of marks.
  case few
  case title, none
}

/// What stands above each other in a figure. Lengths are pixels.
private struct Stack {
  let titleLines: [String]
  let hasSubtitle: Bool
  /// The legend's entries by the places of their series.
  let legend: [Int: String]
  let (columns, rows): (Int, Int)
  /// The lines that carry their names, where they do, and the letters of the longest.
  let (lines, longest, labelsLines): ([Int], Int, Bool)
  let (height, below, plot): (Double, Double, Double)
  /// Whether the space between the axes is the larger part, and higher than the legend.
  let hasRoom: Bool

  init(_ chart: Chart, _ style: FigureStyle, _ words: Words) {
    let em = style.fontSize
    let across = style.letters(in: style.width)
    let title = style.title == .finding ? chart.title : { if case .text(let text) = style.title { text } else { "" } }()
    // A sentence has narrower letters than names and numbers have.
    let allLines = Labels.lines(title, letters: across * 9 / 8 - 2)
    let titleLines =
      switch words {
      case .all: allLines
      case .few, .title: allLines.count > 1 ? Array(allLines.prefix(1)).map { $0 + " …" } : allLines
      case .none: [String]()
      }
    hasSubtitle = words == .all && style.title == .finding && !chart.subtitle.isEmpty
    self.titleLines = titleLines
    let head =
      0.6 * em + 1.35 * em * Double(titleLines.count + (hasSubtitle ? 1 : 0)) + (chart.upperX == nil ? 0.4 : 3.2) * em
    let foot = 1.9 * em + (chart.x.label.isEmpty ? 0 : 1.7 * em)
    // Rows need the height of their names; the height of other charts follows from their width.
    let scale =
      chart.y.hasRows || chart.colorRange != nil
      ? em / FigureStyle.page.fontSize : style.width / FigureStyle.page.width
    let wanted = style.height.map { $0 - head - foot - 2 * em } ?? Double(chart.height) * scale

    // Names at the lines' ends, or in the legend.
    let named = chart.series.indices.filter { chart.series[$0].label != nil }
    let lines = chart.labelsLines ? named.filter { chart.series[$0].isNamedLine } : []
    let longest = lines.compactMap { chart.series[$0].label?.displayWidth }.max() ?? 0
    let labelsLines =
      !lines.isEmpty && style.length(longest) <= 0.34 * style.width && 1.25 * em * Double(lines.count) <= wanted
    (self.lines, self.longest, self.labelsLines) = (lines, longest, labelsLines)
    let entries = named.filter { index in
      switch words {
      case .all: !(labelsLines && lines.contains(index))
      case .few: !(labelsLines && lines.contains(index)) && chart.series[index].color != Palette.neutral
      case .title, .none: false
      }
    }
    let names = Labels.shortened(entries.compactMap { chart.series[$0].label }, to: across - 8)
    legend = Dictionary(uniqueKeysWithValues: zip(entries, names))
    let column = (names.map(\.displayWidth).max() ?? 0) + 6
    rows = entries.isEmpty ? 0 : (entries.count - 1) / max(1, min(across / column, entries.count)) + 1
    // As many columns as the rows fill.
    columns = rows == 0 ? 1 : (entries.count + rows - 1) / rows
    let legendHeight = rows == 0 ? 0 : 1.62 * em * Double(rows) + 0.3 * em
    below = foot + legendHeight
    plot = style.height.map { max($0 - head - foot - legendHeight, em) } ?? max(wanted, legendHeight)
    height = style.height ?? head + below + plot
    hasRoom = plot >= max(0.45 * height, legendHeight) || style.height == nil
  }
}

extension ChartAxis {
  /// Where a value lies between the ends of a range, from 0 to 1.
  fileprivate func place(_ value: Double, in range: ClosedRange<Double>) -> Double {
    guard range.lowerBound < range.upperBound else { return 0.5 }
    guard isLog, range.lowerBound > 0, value > 0 else {
      return (value - range.lowerBound) / (range.upperBound - range.lowerBound)
    }
    return log(value / range.lowerBound) / log(range.upperBound / range.lowerBound)
  }
}

extension Series {
  /// Whether it is a line that can carry its name.
  fileprivate var isNamedLine: Bool {
    guard label != nil, !points.isEmpty else { return false }
    return switch style {
    case .curve, .line, .envelope: true
    default: false
    }
  }
}
