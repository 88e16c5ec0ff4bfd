import Foundation

/// A chart as values: what is drawn where, before anybody draws it.
struct Chart: Equatable {
  /// The file name without its ending.
  let name: String
  /// What was found, in a few words.
  var title: String
  /// What the chart is of: the experiment's name.
  var subtitle = ""
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
  /// The same where there is little room.
  var shortColorLabel = ""
  var series: [Series] = []
  /// Words inside the chart.
  var texts: [ChartText] = []
  /// Whether lines carry their names at their right ends, where these have room; else the legend has them.
  var labelsLines = false
  /// Height of the space between the axes, in the pixels of `FigureStyle.page`.
  var height = 330

  struct UpperAxis: Equatable {
    var label: String
    var factor: Double
  }
}

/// One of a chart's two axes.
struct ChartAxis: Equatable {
  /// What it shows, with the unit.
  var label: String
  /// The same where there is little room; nil: `label`.
  var shortLabel: String?
  var isLog = false
  /// Its ends; nil: as the data has it.
  var range: ClosedRange<Double>?
  /// Where it is labelled and how; empty: at round numbers.
  var ticks: [Tick] = []
  /// The same in fewer letters, which `shortLabel` explains; empty where there are none.
  var shortTicks: [Tick] = []
  /// Whether it counts things: "500 k" instead of "5·10⁵".
  var isCount = false
  /// Whether its labels are the names of rows.
  var hasRows = false

  struct Tick: Equatable {
    var value: Double
    var label: String
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
    /// A cross where an interval goes on beyond the chart.
    case beyond
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
    /// A thick frame within a cell.
    case best
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
