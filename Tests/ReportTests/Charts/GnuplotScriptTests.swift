import Foundation
import Testing

@testable import Report

struct GnuplotScriptTests {
  private static let chart = Chart(
    name: "tiny", title: "it's", xLabel: "x", yLabel: "y", isLogX: true, xTicks: [0.001, 0.0316], xRange: 0.001...0.1,
    yRange: 0...2.5,
    series: [
      Series(
        style: .band, label: nil, color: "#0072b2",
        points: [Series.Point(x: 0.001, y: 1, low: 0.5, high: 1.5), Series.Point(x: 0.0316, y: 2, low: 1.5, high: 2.5)]),
      Series(style: .curve, label: "a 'b'", color: "#0072b2", points: [Series.Point(x: 0.001, y: 1)]),
      Series(style: .ring, label: "best", color: "#555555", points: []),
    ])

  @Test("A script is as promised and holds its data")
  func script() {
    #expect(
      GnuplotScript(chart: Self.chart).text == """
        # Draws tiny.svg and tiny.png: gnuplot tiny.gp
        set encoding utf8
        $data0 << END
        0.001 1.0 0.5 1.5
        0.0316 2.0 1.5 2.5
        END
        $data1 << END
        0.001 1.0 0.0 0.0
        END
        set title 'it''s' noenhanced
        set xlabel 'x' noenhanced
        set ylabel 'y' noenhanced
        set key outside below left Left reverse noenhanced height 1 maxrows 1
        set grid linecolor rgb '#dddddd' linetype 1
        set border 3
        set tics nomirror
        set logscale x
        set format x '%g'
        set xtics ('0.001' 0.001, '0.0316' 0.0316)
        set xrange [0.001:0.1]
        set yrange [0.0:2.5]
        set terminal svg size 800,500 dynamic font 'Helvetica,14' background rgb '#ffffff' noenhanced
        set output 'tiny.svg'
        plot $data0 using 1:3:4 with filledcurves fillcolor rgb '#b80072b2' notitle, \\
          $data1 using 1:2 with linespoints linecolor rgb '#0072b2' linewidth 2 pointtype 7 pointsize 0.6 title \
        'a ''b''' noenhanced, \\
          keyentry with points linecolor rgb '#555555' linewidth 2 pointtype 6 pointsize 2.2 title 'best' noenhanced
        set terminal pngcairo size 1600,1000 font 'Sans,14' fontscale 1.6 linewidth 2 pointscale 2 noenhanced
        set output 'tiny.png'
        replot
        set output

        """)
  }

  @Test(
    "Titles are data: quotes, commands, line breaks and emoji have no effect",
    arguments: [
      ("'; system \"touch x\"; '", "'''; system \"touch x\"; '''"), ("a\nset output 'x'", "'a set output ''x'''"),
      ("`date` $(date) @macro %d {/b}", "'`date` $(date) @macro %d {/b}'"), ("🦊 in ♥", "':fox face: in ♥'"),
      (String(repeating: "x", count: 100), "'" + String(repeating: "x", count: 79) + "…'"),
    ])
  func titles(title: String, quoted: String) {
    var chart = Self.chart
    chart.title = title
    #expect(GnuplotScript(chart: chart).text.contains("\nset title \(quoted) noenhanced\n"))
  }

  @Test("Gnuplot draws every mark of a chart, in both formats")
  func drawn() throws {
    let gnuplot = try #require(Gnuplot(), "gnuplot isn't installed; `make test` installs it")
    let folder = FileManager.default.temporaryDirectory.appending(path: "chart-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let styles: [(Series.Style, String)] = [
      (.trace, "#010203"), (.curve, "#111213"), (.marks, "#212223"), (.band, "#313233"), (.ring, "#414243"),
      (.edge, "#515253"), (.floor, "#616263"),
    ]
    var chart = Self.chart
    chart.series = styles.map { style, color in
      Series(
        style: style, label: "\(style)", color: color,
        points: [0.002, 0.02].map { Series.Point(x: $0, y: 1, low: 0.5, high: 1.5) })
    }
    try Data(GnuplotScript(chart: chart).text.utf8).write(to: folder.appending(path: "tiny.gp"))
    try gnuplot.draw(folder.appending(path: "tiny.gp"))

    let svg = String(decoding: try Data(contentsOf: folder.appending(path: "tiny.svg")), as: UTF8.self)
    let compact = svg.replacingOccurrences(of: " ", with: "").lowercased()
    for (style, color) in styles {
      let parts = [1, 3, 5].map { Int(color.dropFirst($0).prefix(2), radix: 16) ?? 0 }
      let isThere = compact.contains("rgb(\(parts[0]),\(parts[1]),\(parts[2])") || compact.contains(color)
      #expect(isThere, "\(style) isn't drawn")
      #expect(svg.contains("<text>\(style)</text>"))
    }
    let png = [UInt8](try Data(contentsOf: folder.appending(path: "tiny.png")))
    #expect(png.prefix(8) == [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
    // Width and height stand in the first chunk.
    #expect(png[16..<24] == [0, 0, 0x06, 0x40, 0, 0, 0x03, 0xE8])
    #expect(png.count > 20_000)
  }

  @Test("A script that gnuplot can't read is told in gnuplot's words")
  func broken() throws {
    let gnuplot = try #require(Gnuplot(), "gnuplot isn't installed; `make test` installs it")
    let script = FileManager.default.temporaryDirectory.appending(path: "broken-\(UUID().uuidString).gp")
    try Data("plot nonsense".utf8).write(to: script)
    defer { try? FileManager.default.removeItem(at: script) }
    let failure = #expect(throws: Gnuplot.Failure.self) { try gnuplot.draw(script) }
    #expect(failure?.description.contains("undefined variable: nonsense") == true)
  }

  @Test("A gnuplot that isn't in the search path isn't found")
  func absent() { #expect(Gnuplot(path: "/nowhere:/tmp") == nil) }
}
