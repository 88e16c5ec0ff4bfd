import Foundation

/// A chart as a gnuplot script that holds its own data: `gnuplot NAME.gp` draws NAME.svg and NAME.png.
struct GnuplotScript {
  let chart: Chart

  /// The script's text.
  var text: String {
    var lines = ["# Draws \(chart.name).svg and \(chart.name).png: gnuplot \(chart.name).gp", "set encoding utf8"]
    for (index, series) in chart.series.enumerated() where !series.points.isEmpty {
      lines.append("$data\(index) << END")
      lines += series.points.map { "\($0.x) \($0.y) \($0.low) \($0.high)" }
      lines.append("END")
    }
    lines += [
      "set title \(quoted(chart.title, limit: 80)) noenhanced",
      "set xlabel \(quoted(chart.xLabel)) noenhanced",
      "set ylabel \(quoted(chart.yLabel)) noenhanced",
      "set key outside below left Left reverse noenhanced height 1 maxrows \(legendRows)",
      "set grid linecolor rgb '#dddddd' linetype 1",
      "set border 3",
      "set tics nomirror",
    ]
    if chart.isLogX { lines += ["set logscale x", "set format x '%g'"] }
    if !chart.xTicks.isEmpty {
      let ticks = chart.xTicks.map { "'\(String(format: "%.3g", $0))' \($0)" }
      lines.append("set xtics (\(ticks.joined(separator: ", ")))")
    }
    if let range = chart.xRange { lines.append("set xrange [\(range.lowerBound):\(range.upperBound)]") }
    if let range = chart.yRange { lines.append("set yrange [\(range.lowerBound):\(range.upperBound)]") }
    let height = 480 + 20 * legendRows
    lines += [
      "set terminal svg size 800,\(height) dynamic font 'Helvetica,14' background rgb '#ffffff' noenhanced",
      "set output '\(chart.name).svg'",
      "plot " + chart.series.indices.map(clause).joined(separator: ", \\\n  "),
      "set terminal pngcairo size 1600,\(2 * height) font 'Sans,14' fontscale 1.6 linewidth 2 pointscale 2 noenhanced",
      "set output '\(chart.name).png'",
      "replot",
      "set output",
    ]
    return lines.joined(separator: "\n") + "\n"
  }

  /// Rows of the legend below the chart, which has room for about 95 letters across.
  private var legendRows: Int {
    let labels = chart.series.compactMap(\.label)
    let columns = max(1, 95 / ((labels.map(\.count).max() ?? 0) + 8))
    return max(1, (labels.count + columns - 1) / columns)
  }

  private func clause(_ index: Int) -> String {
    let series = chart.series[index]
    let data = { (columns: String) in series.points.isEmpty ? "keyentry" : "$data\(index) using \(columns)" }
    let color = "rgb '\(series.color)'"
    let title = series.label.map { "title \(quoted($0, limit: 60)) noenhanced" } ?? "notitle"
    // The leading two digits of a colour are its transparency.
    let pale = { (digits: String) in "rgb '#\(digits)\(series.color.dropFirst())'" }
    return switch series.style {
    case .trace: "\(data("1:2")) with lines linecolor \(pale("90")) linewidth 1 \(title)"
    case .curve: "\(data("1:2")) with linespoints linecolor \(color) linewidth 2 pointtype 7 pointsize 0.6 \(title)"
    case .marks: "\(data("1:2")) with points linecolor \(color) pointtype 6 pointsize 0.5 \(title)"
    case .band: "\(data("1:3:4")) with filledcurves fillcolor \(pale("b8")) \(title)"
    case .ring: "\(data("1:2")) with points linecolor \(color) linewidth 2 pointtype 6 pointsize 2.2 \(title)"
    case .edge: "\(data("1:2")) with points linecolor \(color) pointtype 9 pointsize 1 \(title)"
    case .floor: "\(data("1:2")) with lines linecolor \(color) linewidth 1.5 dashtype 2 \(title)"
    }
  }

  /// Text for gnuplot in single quotes, in which nothing is executed or replaced: quotes are doubled, line breaks and
  /// control characters become spaces, and emoji their names, since gnuplot's PNG draws them hundreds of times too large.
  private func quoted(_ text: String, limit: Int = .max) -> String {
    let plain = text.unicodeScalars.map { scalar -> String in
      let properties = scalar.properties
      if properties.generalCategory == .control { return " " }
      guard properties.isEmojiPresentation || properties.isEmoji && scalar.value >= 0x1F000 else {
        return String(scalar)
      }
      return ":\(properties.name?.lowercased() ?? "emoji"):"
    }.joined()
    let short = plain.count <= limit ? plain : plain.prefix(limit - 1) + "…"
    return "'" + short.replacingOccurrences(of: "'", with: "''") + "'"
  }
}
