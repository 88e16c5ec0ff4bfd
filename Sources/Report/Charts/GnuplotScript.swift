import Foundation
import Terminal
import Words

/// A chart as a gnuplot script that holds its own data: `gnuplot NAME.gp` draws NAME.svg and NAME.png.
struct GnuplotScript {
  let chart: Chart
  /// Characters that no font can draw: in the PNG they become "?", while whoever shows the SVG may have a font for them.
  var missing: Set<Unicode.Scalar> = []
  /// Whether missing characters are replaced.
  private var replaces = false

  init(chart: Chart, missing: Set<Unicode.Scalar> = []) { (self.chart, self.missing) = (chart, missing) }

  /// Most letters of a tick's label, of an entry of the legend and of a title.
  private static let mostLetters = (tick: 38, legend: 60, title: 80)

  /// The script's text.
  var text: String {
    let height = chart.height + 24 * legendRows
    // A script that is run by hand reads the user's start-up file: what that may have set goes.
    let lines =
      [
        "# Draws \(chart.name).svg and \(chart.name).png: gnuplot \(chart.name).gp", "reset", "set decimalsign",
        "set datafile separator whitespace", "set encoding utf8",
      ] + data + frame + texts
      + [
        "set terminal svg size 800,\(height) dynamic font 'Helvetica,15' background rgb '#ffffff' noenhanced",
        "set output '\(chart.name).svg'",
        plot,
        "set terminal pngcairo size 1200,\(height * 3 / 2) font 'Sans,11' fontscale 1.5 linewidth 1.5 pointscale 1.5 noenhanced",
        "set output '\(chart.name).png'",
      ] + plotOfPNG + ["set output"]
    return lines.joined(separator: "\n") + "\n"
  }

  private var plot: String { "plot " + chart.series.indices.map(clause).joined(separator: ", \\\n  ") }

  private var plotOfPNG: [String] {
    guard !missing.isEmpty else { return ["replot"] }
    var other = self
    other.replaces = true
    return other.frame + other.texts + [other.plot]
  }

  private var data: [String] {
    chart.series.enumerated().flatMap { index, series -> [String] in
      guard !series.lines.isEmpty else { return [] }
      let lines = series.lines.map { line in line.map { Self.row($0, series.style) }.joined(separator: "\n") }
      return ["$data\(index) << END", lines.joined(separator: "\n\n"), "END"]
    }
  }

  private static func row(_ point: Series.Point, _ style: Series.Style) -> String {
    let numbers =
      switch style {
      case .band: [point.x, point.low, point.high]
      case .interval: [point.x, point.y, point.low, point.high]
      case .heat: [point.x, point.y, point.value]
      default: [point.x, point.y]
      }
    return numbers.map(number).joined(separator: " ")
  }

  /// Seven digits: more than a picture can show.
  private static func number(_ value: Double) -> String {
    let text = String(format: "%.7g", value)
    return text.contains(".") || text.contains("e") || text.contains("n") ? text : text + ".0"
  }

  /// Title, axes and legend.
  private var frame: [String] {
    var lines = [
      "set title \(quoted(chart.title, limit: Self.mostLetters.title, keepsEnd: false)) noenhanced textcolor rgb '\(Palette.ink)'",
      "set key outside below left Left reverse noenhanced height 1 maxrows \(legendRows) maxcols \(legendColumns) textcolor rgb '\(Palette.ink)'",
      "set border \(chart.colorRange == nil ? 3 : 0) linecolor rgb '\(Palette.neutral)'",
      "set tics nomirror textcolor rgb '\(Palette.ink)'",
      "set clip two",
    ]
    lines += axis(chart.x, "x") + axis(chart.y, "y")
    if let range = chart.colorRange {
      let palette = Palette.viridis.indices.map { index in
        let place = Double(index) / Double(Palette.viridis.count - 1)
        return "\(place) '\(Palette.viridis(at: place))'"
      }
      lines += [
        "set tics scale 0",
        "set palette defined (\(palette.joined(separator: ", ")))",
        "set cbrange [\(Self.number(range.lowerBound)):\(Self.number(range.upperBound))]",
        "set cblabel \(quoted(chart.colorLabel)) noenhanced textcolor rgb '\(Palette.ink)'",
        "set colorbox noborder",
      ]
    } else {
      lines.append("set grid \(chart.y.label.isEmpty ? "xtics" : "") linecolor rgb '\(Palette.grid)' linetype 1")
    }
    if let upper = chart.upperX, let range = chart.x.range {
      lines += [
        "set x2label \(quoted(upper.label)) noenhanced textcolor rgb '\(Palette.ink)'",
        "set x2range [\(Self.number(range.lowerBound * upper.factor)):\(Self.number(range.upperBound * upper.factor))]",
        "set x2tics (\(ticks(ChartAxis.Tick.counts(upTo: range.upperBound * upper.factor)))) noenhanced textcolor rgb '\(Palette.ink)'",
        "set border 7",
      ]
    }
    return lines
  }

  private func axis(_ axis: ChartAxis, _ name: String) -> [String] {
    var lines: [String] = []
    if !axis.label.isEmpty {
      lines.append("set \(name)label \(quoted(axis.label)) noenhanced textcolor rgb '\(Palette.ink)'")
    }
    if axis.isLog { lines.append("set logscale \(name)") }
    if axis.isLog { lines.append("set format \(name) '%g'") }
    if !axis.ticks.isEmpty {
      lines.append("set \(name)tics (\(ticks(axis.ticks))) noenhanced")
    }
    if let range = axis.range {
      lines.append("set \(name)range [\(Self.number(range.lowerBound)):\(Self.number(range.upperBound))]")
    }
    return lines
  }

  private func ticks(_ ticks: [ChartAxis.Tick]) -> String {
    ticks.map { "\(quoted($0.label, limit: Self.mostLetters.tick)) \(Self.number($0.value))" }.joined(separator: ", ")
  }

  private var texts: [String] {
    chart.texts.enumerated().map { index, text in
      "set label \(index + 1) \(quoted(text.text)) at \(Self.number(text.x)),\(Self.number(text.y)) \(text.anchor.rawValue) front "
        + "noenhanced textcolor rgb '\(text.color)' offset \(text.shift.x),\(text.shift.y)"
    }
  }

  /// Columns of the legend below the chart, which has room for about 90 letters across, less those of the labels beside
  /// the vertical axis.
  private var legendColumns: Int {
    let longest = min(chart.series.compactMap(\.label?.displayWidth).max() ?? 0, legendLetters)
    return max(1, (90 - lettersBeside) / (longest + 12))
  }

  /// Most letters of an entry of the legend, so that one column has room.
  private var legendLetters: Int { min(Self.mostLetters.legend, 68 - lettersBeside) }

  private var lettersBeside: Int {
    min(chart.y.ticks.map(\.label.displayWidth).max() ?? 0, Self.mostLetters.tick)
  }

  private var legendRows: Int {
    max(1, (chart.series.count { $0.label != nil } + legendColumns - 1) / legendColumns)
  }

  private func clause(_ index: Int) -> String {
    let series = chart.series[index]
    let data = { (columns: String) in series.lines.isEmpty ? "keyentry" : "$data\(index) using \(columns)" }
    let color = "rgb '\(series.color)'"
    let title = series.label.map { "title \(quoted($0, limit: legendLetters)) noenhanced" } ?? "notitle"
    // The leading two digits of a colour are its transparency.
    let pale = { (digits: String) in "rgb '#\(digits)\(series.color.dropFirst())'" }
    let cell = "1:2:($1-0.48):($1+0.48):($2-0.48):($2+0.48)"
    return switch series.style {
    case .raw: "\(data("1:2")) with lines linecolor \(pale("c8")) linewidth 1 \(title)"
    case .trace: "\(data("1:2")) with lines linecolor \(pale("80")) linewidth 1 \(title)"
    case .line: "\(data("1:2")) with lines linecolor \(color) linewidth 1.5 \(title)"
    case .envelope: "\(data("1:2")) with lines linecolor \(color) linewidth 3 \(title)"
    case .curve: "\(data("1:2")) with linespoints linecolor \(color) linewidth 2 pointtype 7 pointsize 0.6 \(title)"
    case .marks: "\(data("1:2")) with points linecolor \(color) pointtype 6 pointsize 0.6 \(title)"
    case .dots: "\(data("1:2")) with points linecolor \(color) pointtype 7 pointsize 1.1 \(title)"
    case .band: "\(data("1:2:3")) with filledcurves fillcolor \(pale("b8")) \(title)"
    case .ring: "\(data("1:2")) with points linecolor \(color) linewidth 2 pointtype 6 pointsize 2.2 \(title)"
    case .edge: "\(data("1:2")) with points linecolor \(color) pointtype 9 pointsize 1 \(title)"
    case .floor: "\(data("1:2")) with lines linecolor \(color) linewidth 1.5 dashtype 2 \(title)"
    case .interval:
      series.lines.isEmpty
        ? "keyentry with lines linecolor \(color) linewidth 2 \(title)"
        : "\(data("1:2:3:4")) with xerrorbars linecolor \(color) linewidth 2 pointtype 0 \(title)"
    case .bar:
      "\(data("($1/2):2:(0):1:($2-0.34):($2+0.34)")) with boxxyerror fillcolor \(color) linecolor \(color) fillstyle solid noborder \(title)"
    case .heat:
      "\(data("\(cell):3")) with boxxyerror fillcolor palette fillstyle solid noborder \(title)"
    case .cell: "\(data(cell)) with boxxyerror linecolor \(color) fillstyle solid noborder \(title)"
    case .hatched: "\(data(cell)) with boxxyerror linecolor \(color) fillstyle pattern 4 border \(title)"
    case .frame: "\(data(cell)) with boxxyerror linecolor \(color) linewidth 1 fillstyle empty border \(title)"
    }
  }

  /// Text for gnuplot in single quotes, in which nothing is executed or replaced: quotes are doubled, line breaks become
  /// spaces, control characters their pictures, and emoji their names, since gnuplot's PNG draws them hundreds of times too large.
  private func quoted(_ text: String, limit: Int = .max, keepsEnd: Bool = true) -> String {
    let plain = text.visible().unicodeScalars.map { scalar -> String in
      let properties = scalar.properties
      if replaces, missing.contains(scalar) { return "?" }
      guard properties.isEmojiPresentation || properties.isEmoji && scalar.value >= 0x1F000 else {
        return String(scalar)
      }
      return ":\(properties.name?.lowercased() ?? "emoji"):"
    }.joined()
    guard plain.displayWidth > limit else { return plain.singleQuoted }
    return (keepsEnd ? plain.shortened(to: limit) : plain.prefix(columns: limit - 1) + "…").singleQuoted
  }
}
