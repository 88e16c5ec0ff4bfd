import Foundation

/// A chart as values: what is drawn where, before anybody draws it.
struct Chart: Equatable {
  /// The file name without its ending.
  let name: String
  var title: String
  /// What is to be seen, in a sentence or two.
  var caption = ""
  var x: ChartAxis
  var y: ChartAxis
  /// A second axis at the upper edge, which shows the lower one's values times `factor`.
  var upperX: UpperAxis?
  /// The loss at both ends of the colour scale of `heat` cells; nil where there is none.
  var colorRange: ClosedRange<Double>?
  /// What the colour scale shows.
  var colorLabel = ""
  var series: [Series] = []
  /// Words inside the chart.
  var texts: [ChartText] = []
  /// Height of the drawing without its legend, in pixels at a width of 800.
  var height = 460

  struct UpperAxis: Equatable {
    var label: String
    var factor: Double
  }
}

/// One of a chart's two axes.
struct ChartAxis: Equatable {
  /// What it shows, with the unit.
  var label: String
  var isLog = false
  /// Its ends; nil: as the data has it.
  var range: ClosedRange<Double>?
  /// Where it is labelled and how; empty: where gnuplot likes.
  var ticks: [Tick] = []

  /// An axis for large numbers from zero, labelled "500 k", "1.5 M"; logarithmic ones are labelled at powers of ten.
  static func counts(_ label: String, isLog: Bool = false, range: ClosedRange<Double>) -> ChartAxis {
    ChartAxis(
      label: label, isLog: isLog, range: range, ticks: isLog ? powers(in: range) : Tick.counts(upTo: range.upperBound))
  }

  private static func powers(in range: ClosedRange<Double>) -> [Tick] {
    let ends = (log10(range.lowerBound).rounded(.up), log10(range.upperBound).rounded(.down))
    // Within a single power of ten, its halves and fifths too.
    let factors = ends.1 - ends.0 < 2 ? [1.0, 2, 5] : [1]
    return stride(from: ends.0 - 1, through: ends.1, by: 1).flatMap { power in factors.map { $0 * pow(10, power) } }
      .filter(range.contains).map { Tick(value: $0, label: Tick.short($0)) }
  }

  struct Tick: Equatable {
    var value: Double
    var label: String

    /// Some five round numbers from zero.
    static func counts(upTo end: Double) -> [Tick] {
      guard end > 0 else { return [] }
      let power = pow(10, log10(end / 5).rounded(.down))
      let step = [1, 2, 2.5, 5, 10].map { $0 * power }.first { end / $0 <= 6 } ?? 10 * power
      return stride(from: 0, through: end, by: step).map { Tick(value: $0, label: short($0)) }
    }

    /// "500 k", "1.5 M".
    static func short(_ value: Double) -> String {
      let unit = [(1e12, " T"), (1e9, " G"), (1e6, " M"), (1e3, " k")].first { value >= $0.0 * 0.9999 } ?? (1, "")
      return String(format: "%.4g", value / unit.0) + unit.1
    }
  }
}

/// Words at a place of a chart.
struct ChartText: Equatable {
  enum Anchor: String { case left, center, right }

  var x: Double
  var y: Double
  var text: String
  var color = Palette.ink
  var anchor = Anchor.left
  /// Letters to the right and lines upwards.
  var shift = (x: 0.0, y: 0.0)

  static func == (a: ChartText, b: ChartText) -> Bool {
    (a.x, a.y, a.text, a.color) == (b.x, b.y, b.text, b.color) && a.anchor == b.anchor && a.shift == b.shift
  }
}

/// Points that are drawn alike.
struct Series: Equatable {
  /// How the points are drawn.
  enum Style: Equatable {
    /// A very pale, thin line.
    case raw
    /// A pale line.
    case trace
    /// A line.
    case line
    /// A thick line.
    case envelope
    /// A line with a mark at each point.
    case curve
    /// Small marks alone.
    case marks
    /// Large marks.
    case dots
    /// A filled area between `low` and `high`.
    case band
    /// A ring around a point.
    case ring
    /// A triangle at an edge, for what can't be shown in place.
    case edge
    /// A dashed line.
    case floor
    /// A bar from `low` to `high` across, with ends.
    case interval
    /// A bar from zero to `x`, one unit of y apart from the next.
    case bar
    /// A cell, one unit wide and high, in the colour of `value`.
    case heat
    /// A cell in the series' colour.
    case cell
    /// A hatched cell.
    case hatched
    /// A cell of its frame alone.
    case frame
  }

  /// A place; `low` and `high` bound a band or an interval, `value` gives a heat cell's colour.
  struct Point: Equatable {
    var x: Double
    var y: Double
    var low = 0.0
    var high = 0.0
    var value = 0.0
  }

  var style: Style
  /// The legend's text; nil keeps the series out of it.
  var label: String?
  var color: String
  /// Lines that aren't joined with each other. Empty: an entry of the legend alone.
  var lines: [[Point]]

  var points: [Point] { lines.flatMap { $0 } }

  init(_ style: Style, label: String? = nil, color: String = Palette.neutral, lines: [[Point]]) {
    (self.style, self.label, self.color, self.lines) = (style, label, color, lines.filter { !$0.isEmpty })
  }

  init(_ style: Style, label: String? = nil, color: String = Palette.neutral, points: [Point] = []) {
    self.init(style, label: label, color: color, lines: [points])
  }
}
