/// A chart as values: what is drawn where, before anybody draws it.
struct Chart: Equatable {
  /// The file name without its ending.
  let name: String
  var title: String
  var xLabel: String
  var yLabel: String
  var isLogX = false
  /// Where the horizontal axis is labelled; empty: where gnuplot likes.
  var xTicks: [Double] = []
  /// Ends of the axis; nil: as the data has it.
  var xRange: ClosedRange<Double>?
  var yRange: ClosedRange<Double>?
  var series: [Series]
}

/// Points that are drawn alike.
struct Series: Equatable {
  /// How the points are drawn.
  enum Style: Equatable {
    /// A thin, pale line.
    case trace
    /// A line with a mark at each point.
    case curve
    /// Small marks alone.
    case marks
    /// A filled area between `low` and `high`.
    case band
    /// A ring around a point.
    case ring
    /// A triangle at the upper edge, for what can't be shown in place.
    case edge
    /// A dashed line.
    case floor
  }

  /// A place; `low` and `high` bound a band.
  struct Point: Equatable {
    var x: Double
    var y: Double
    var low = 0.0
    var high = 0.0
  }

  var style: Style
  /// The legend's text; nil keeps the series out of it.
  var label: String?
  var color: String
  /// Empty: an entry of the legend alone.
  var points: [Point]
}
