import Answers
import Foundation
import SampleResults
import Testing

@testable import Report

extension Gnuplot {
  /// Draws the charts and looks for every mark in what came out: as many signs as a series has points within the axes, a path
  /// for its lines, its name in the legend.
  func draw(_ charts: [Chart], sourceLocation: SourceLocation = #_sourceLocation) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "charts-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    for chart in charts {
      try Data(GnuplotScript(chart: chart).text.utf8).write(to: folder.appending(path: "\(chart.name).gp"))
    }
    let failures = draw(charts.map { folder.appending(path: "\($0.name).gp") })
    #expect(failures.isEmpty, "\(failures)", sourceLocation: sourceLocation)
    for chart in charts {
      let svg = String(decoding: try Data(contentsOf: folder.appending(path: "\(chart.name).svg")), as: UTF8.self)
      let layout = ChartLayout(chart, .page)
      for (index, series) in chart.series.enumerated() {
        let group = svg.group("gnuplot_plot_\(index + 1)")
        #expect(group != nil, "\(chart.name): series \(index) isn't drawn", sourceLocation: sourceLocation)
        let (drawn, expected) = series.marks(in: group ?? "", of: chart, hasEntry: layout.legend[index] != nil)
        #expect(
          drawn == expected, "\(chart.name): \(drawn) marks for \(expected) of \(series.style) \(index)",
          sourceLocation: sourceLocation)
      }
      let png = [UInt8](try Data(contentsOf: folder.appending(path: "\(chart.name).png")))
      #expect(png.prefix(4) == [0x89, 0x50, 0x4E, 0x47], sourceLocation: sourceLocation)
      // Width stands in the first chunk; an empty picture would be a few kilobytes.
      #expect(png[16..<20] == [0, 0, 0x05, 0xA0], sourceLocation: sourceLocation)
      #expect(png.count > 10_000, "\(chart.name)", sourceLocation: sourceLocation)
    }
  }
}

extension String {
  /// The text of the `g` element with that id.
  fileprivate func group(_ id: String) -> String? {
    guard let start = range(of: "id=\"\(id)\"") else { return nil }
    var (depth, result) = (1, "")
    for piece in self[start.upperBound...].components(separatedBy: "<") {
      if piece.hasPrefix("g ") || piece.hasPrefix("g>") { depth += 1 }
      if piece.hasPrefix("/g>") { depth -= 1 }
      if depth == 0 { break }
      result += "<" + piece
    }
    return result
  }

  fileprivate func count(_ part: String) -> Int { components(separatedBy: part).count - 1 }
}

extension Series {
  /// The number of marks in a group of the SVG, and the number there should be.
  fileprivate func marks(in group: String, of chart: Chart, hasEntry: Bool) -> (Int, Int) {
    let key = hasEntry ? 1 : 0
    let inside = points.filter { point in
      let x = style == .bar ? true : chart.x.range?.contains(point.x) ?? true
      return x && (style == .bar ? true : chart.y.range?.contains(point.y) ?? true)
    }.count
    let isColored = group.contains(svgColor)
    switch style {
    case .marks, .dots, .ring, .edge, .beyond: return (isColored ? group.count("<use ") : 0, inside + key)
    case .curve: return (isColored ? group.count("<use ") : 0, inside + key)
    case .interval: return (isColored ? group.count("<path ") : 0, max(inside, key))
    case .bar, .heat, .cell, .hatched, .frame, .best:
      return (group.count("<polygon ") > 0 || group.count("<path ") > 0 ? 1 : 0, inside + key > 0 ? 1 : 0)
    case .raw, .trace, .line, .envelope, .floor, .band:
      // A single point has nothing to be joined with.
      let isLine = key > 0 || lines.contains { $0.count > 1 }
      return (isColored && group.contains(" L") || group.contains("<polygon ") ? 1 : 0, isLine ? 1 : 0)
    }
  }

  private var svgColor: String {
    let parts = [1, 3, 5].map { Int(color.dropFirst($0).prefix(2), radix: 16) ?? 0 }.map { String(format: "%3d", $0) }
    return "rgb(\(parts.joined(separator: ", ")))"
  }
}
