import Foundation
import Terminal
import Words

/// A chart as a gnuplot script that holds its own data: `gnuplot NAME.gp` draws NAME.svg and NAME.png.
struct GnuplotScript {
  let chart: Chart
  let style: FigureStyle
  /// Characters that no font can draw: in the PNG they become "?", while whoever shows the SVG may have a font for them.
  var missing: Set<Unicode.Scalar> = []
  /// Whether missing characters are replaced.
  private var replaces = false
  private let layout: ChartLayout

  init(chart: Chart, style: FigureStyle = .page, missing: Set<Unicode.Scalar> = []) {
    (self.chart, self.style, self.missing) = (chart, style, missing)
    layout = ChartLayout(chart, style)
  }

  /// The script that draws both files of a report.
  var text: String {
    let lines =
      ["# Draws \(chart.name).svg and \(chart.name).png: gnuplot \(chart.name).gp"] + setup
      + terminal(.svg) + ["set output '\(chart.name).svg'", plot] + terminal(.png, scale: 2)
      + ["set output '\(chart.name).png'"] + plotOfPNG + ["set output"]
    return lines.joined(separator: "\n") + "\n"
  }

  /// The script that draws one picture, to standard output where nothing else is set.
  func text(_ format: FigureFormat) -> String {
    // 300 dots an inch.
    let terminal = terminal(format, scale: format == .png ? 300.0 / 96 : 1)
    var other = self
    other.replaces = format != .svg
    let lines = ["# Draws \(chart.name)"] + other.setup + terminal + [other.plot, "set output"]
    return lines.joined(separator: "\n") + "\n"
  }

  /// Everything but the format. A script that is run by hand reads the user's start-up file: what that may have set goes.
  private var setup: [String] {
    ["reset", "set decimalsign", "set datafile separator whitespace", "set encoding utf8"] + data + frame + texts
  }

  /// What sets the format. `m` is the size of marks, which formats understand differently.
  private func terminal(_ format: FigureFormat, scale: Double = 1) -> [String] {
    let pixels = { (length: Double) in "\(Int((length * scale).rounded()))" }
    let size = "\(pixels(style.width)),\(pixels(layout.height))"
    // Lines and marks are as thick as the type asks for.
    let thick = style.fontSize / FigureStyle.page.fontSize
    let number = { (value: Double) in String(format: "%.4g", value) }
    let font = { (size: Double, other: String) in quoted("\(style.font ?? other),\(number(size))") }
    let points = style.fontSize * 72 / 96
    switch format {
    case .svg:
      return [
        "m = \(number(0.7 * thick))",
        "set terminal svg size \(size) dynamic font \(font(style.fontSize, "Helvetica")) linewidth \(number(thick)) "
          + "background rgb '#ffffff' noenhanced",
      ]
    case .png:
      return [
        "m = \(number(thick))",
        "set terminal pngcairo size \(size) font \(font(points, "Sans")) fontscale \(number(scale)) "
          + "linewidth \(number(scale * thick)) pointscale \(number(scale)) noenhanced",
      ]
    case .pdf:
      // Pango takes 96 dots for an inch, of which a PDF has 72.
      return [
        "m = \(number(0.6 * thick))",
        "set terminal pdfcairo size \(number(style.width / 96))in,\(number(layout.height / 96))in "
          + "font \(font(points, "Sans")) fontscale 0.75 linewidth \(number(1.6 * thick)) noenhanced",
      ]
    }
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

  /// A place of the figure.
  private func screen(_ x: Double, _ y: Double) -> String {
    "screen \(Self.number(x / style.width)), screen \(Self.number(y / layout.height))"
  }

  /// Margins, title, axes and legend. All words stand where the layout says.
  private var frame: [String] {
    let em = style.fontSize
    let ink = "textcolor rgb '\(Palette.ink)'"
    func at(_ side: String, _ place: Double, of length: Double) -> String {
      "set \(side)margin at screen \(Self.number(place / length))"
    }
    var lines = [
      at("l", layout.left, of: style.width), at("r", layout.right, of: style.width),
      at("b", layout.bottom, of: layout.height), at("t", layout.top, of: layout.height),
    ]
    var words: [(text: String, place: String, other: String)] = []
    for (place, line) in layout.titleLines.enumerated() {
      words.append((line, screen(0.7 * em, layout.height - (1.1 + 1.35 * Double(place)) * em), "left"))
    }
    if layout.hasSubtitle {
      let y = layout.height - (1.1 + 1.35 * Double(layout.titleLines.count)) * em
      words.append((chart.subtitle, screen(0.7 * em, y), "left textcolor rgb '\(Palette.neutral)'"))
    }
    let (width, height) = (layout.right - layout.left, layout.top - layout.bottom)
    let (middle, center) = (layout.left + width / 2, layout.bottom + height / 2)
    words.append((layout.label(chart.x, in: 1.2 * width), screen(middle, layout.bottom - 2.85 * em), "center"))
    words.append((layout.label(chart.y, in: 1.1 * height), screen(0.95 * em, center), "center rotate by 90"))
    if let upper = chart.upperX { words.append((upper.label, screen(middle, layout.top + 2.5 * em), "center")) }
    if chart.colorRange != nil {
      let label = layout.label(ChartAxis(label: chart.colorLabel, shortLabel: chart.shortColorLabel), in: 1.1 * height)
      words.append((label, screen(style.width - 0.95 * em, center), "center rotate by 90"))
    }
    lines += words.enumerated().filter { !$0.element.text.isEmpty }.map { index, word in
      let color = word.other.contains("textcolor") ? "" : " \(ink)"
      let text = quoted(word.text, limit: style.letters(in: 1.15 * style.width))
      return "set label \(900 + index) \(text) at \(word.place) noenhanced \(word.other)\(color)"
    }
    lines += [
      // Below the axis' label.
      "set key at \(screen(0.4 * em, layout.bottom - (chart.x.label.isEmpty ? 1.9 : 3.6) * em)) left top Left reverse "
        + "noenhanced samplen 2 vertical maxrows \(layout.legendRows) maxcols \(layout.legendColumns) \(ink)",
      "set border \(chart.colorRange == nil ? chart.upperX == nil ? 3 : 7 : 0) linecolor rgb '\(Palette.neutral)'",
      "set tics nomirror \(ink)",
      "set clip two",
    ]
    lines += axis(chart.x, layout.xTicks, "x") + axis(chart.y, layout.yTicks, "y")
    if let range = chart.colorRange {
      let palette = Palette.viridis.indices.map { index in
        let place = Double(index) / Double(Palette.viridis.count - 1)
        return "\(place) '\(Palette.viridis(at: place))'"
      }
      lines += [
        "set tics scale 0",
        "set palette defined (\(palette.joined(separator: ", ")))",
        "set cbrange [\(Self.number(range.lowerBound)):\(Self.number(range.upperBound))]",
        "set cbtics (\(ticks(layout.colorTicks)))",
        "set colorbox noborder user origin \(screen(layout.right + 0.8 * em, layout.bottom)) "
          + "size \(screen(1.1 * em, height))",
      ]
    } else {
      lines.append("set grid \(chart.y.hasRows ? "xtics" : "") linecolor rgb '\(Palette.grid)' linetype 1")
    }
    if let upper = chart.upperX, let range = chart.x.range {
      lines += [
        "set x2range [\(Self.number(range.lowerBound * upper.factor)):\(Self.number(range.upperBound * upper.factor))]",
        "set x2tics (\(ticks(layout.upperTicks))) noenhanced \(ink)",
      ]
    }
    return lines
  }

  private func axis(_ axis: ChartAxis, _ ticks: [ChartAxis.Tick], _ name: String) -> [String] {
    var lines: [String] = []
    if axis.isLog { lines.append("set logscale \(name)") }
    if !ticks.isEmpty {
      // Beside a row's name a mark would read as a minus.
      lines.append("set \(name)tics \(axis.hasRows ? "scale 0 " : "")(\(self.ticks(ticks))) noenhanced")
    }
    if let range = axis.range {
      lines.append("set \(name)range [\(Self.number(range.lowerBound)):\(Self.number(range.upperBound))]")
    }
    return lines
  }

  private func ticks(_ ticks: [ChartAxis.Tick]) -> String {
    ticks.map { "\(quoted($0.label)) \(Self.number($0.value))" }.joined(separator: ", ")
  }

  private var texts: [String] {
    let words = layout.texts.enumerated().map { index, text in
      "set label \(index + 1) \(quoted(text.text)) at \(Self.number(text.x)),\(Self.number(text.y)) \(text.anchor.rawValue) front "
        + "noenhanced textcolor rgb '\(text.color)' offset \(text.shift.x),\(text.shift.y)"
    }
    let em = style.fontSize
    let names = layout.lineLabels.enumerated().flatMap { index, label -> [String] in
      let color = "rgb '\(chart.series[label.series].color)'"
      let (x, tag) = (layout.right + 0.8 * em, 1000 + 2 * index)
      let leader =
        label.isFar
        ? [
          "set arrow \(index + 1) from \(Self.number(label.end.x)),\(Self.number(label.end.y)) to \(screen(x, label.y)) "
            + "nohead linecolor \(color) linewidth 1 dashtype 3"
        ] : []
      return leader + [
        "set label \(tag) '' at \(screen(x, label.y)) point linetype 1 linecolor \(color) pointtype 7 pointsize 1",
        "set label \(tag + 1) \(quoted(label.text)) at \(screen(x + 0.7 * em, label.y)) left noenhanced "
          + "textcolor rgb '\(Palette.ink)'",
      ]
    }
    return words + names
  }

  private func clause(_ index: Int) -> String {
    let series = chart.series[index]
    let data = { (columns: String) in series.lines.isEmpty ? "keyentry" : "$data\(index) using \(columns)" }
    let color = "rgb '\(series.color)'"
    let title = layout.legend[index].map { "title \(quoted($0)) noenhanced" } ?? "notitle"
    // The leading two digits of a colour are its transparency.
    let pale = { (digits: String) in "rgb '#\(digits)\(series.color.dropFirst())'" }
    let cell = "1:2:($1-0.48):($1+0.48):($2-0.48):($2+0.48)"
    return switch series.style {
    case .raw: "\(data("1:2")) with lines linecolor \(pale("c8")) linewidth 1 \(title)"
    case .trace: "\(data("1:2")) with lines linecolor \(pale("80")) linewidth 1 \(title)"
    case .line: "\(data("1:2")) with lines linecolor \(color) linewidth 1.5 \(title)"
    case .envelope: "\(data("1:2")) with lines linecolor \(color) linewidth 3 \(title)"
    case .curve: "\(data("1:2")) with linespoints linecolor \(color) linewidth 2 pointtype 7 pointsize 0.6*m \(title)"
    case .marks: "\(data("1:2")) with points linecolor \(color) pointtype 6 pointsize 0.75*m \(title)"
    case .dots: "\(data("1:2")) with points linecolor \(color) pointtype 7 pointsize 1.1*m \(title)"
    case .band: "\(data("1:2:3")) with filledcurves fillcolor \(pale("b8")) \(title)"
    case .ring: "\(data("1:2")) with points linecolor \(color) linewidth 2 pointtype 6 pointsize 2.2*m \(title)"
    case .edge: "\(data("1:2")) with points linecolor \(color) pointtype 9 pointsize 1*m \(title)"
    case .beyond: "\(data("1:2")) with points linecolor \(color) linewidth 2 pointtype 2 pointsize 0.8*m \(title)"
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
    case .best:
      "\(data("1:2:($1-0.46):($1+0.46):($2-0.44):($2+0.44)")) with boxxyerror linecolor \(color) linewidth 3 fillstyle empty border \(title)"
    case .frame: "\(data(cell)) with boxxyerror linecolor \(color) linewidth 1 fillstyle empty border \(title)"
    }
  }

  /// Text for gnuplot in single quotes, in which nothing is executed or replaced: quotes are doubled, line breaks become
  /// spaces, control characters their pictures, and emoji their names, since gnuplot's PNG draws them hundreds of times too large.
  private func quoted(_ text: String, limit: Int = .max) -> String {
    let plain = text.visible().unicodeScalars.map { scalar -> String in
      let properties = scalar.properties
      if replaces, missing.contains(scalar) { return "?" }
      guard properties.isEmojiPresentation || properties.isEmoji && scalar.value >= 0x1F000 else {
        return String(scalar)
      }
      return ":\(properties.name?.lowercased() ?? "emoji"):"
    }.joined()
    return plain.shortened(to: limit).singleQuoted
  }
}
