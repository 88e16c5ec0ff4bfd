import Answers
import Foundation
import SampleResults
import TestSupport
import Testing

@testable import Report

@Suite(.timeLimit(.minutes(10)))
struct GlyphsTests {
  @Test("The characters of the system's fonts are read as ranges, and what none has is missing")
  func missing() throws {
    #expect(
      Glyphs.ranges(in: ":charset=20-7e a0\n:charset=4e00-4e02\nnonsense 9-1\n") == [
        0x20...0x7E, 0xA0...0xA0, 0x4E00...0x4E02,
      ])
    let folder = try TemporaryFolder()
    let fonts = URL(fileURLWithPath: folder.path("fc-list"))
    try Data("#!/bin/sh\necho ':charset=20-17f 2026 4e2d'\n".utf8).write(to: fonts)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: fonts.path)
    #expect(Glyphs.missing(in: "größe … 中文 \u{13000}", program: fonts) == ["文", "\u{13000}"])
    #expect(Glyphs.missing(in: "größe", program: nil) == [] && Glyphs.missing(in: "文", program: nil) == [])
  }

  @Test("In the PNG alone a character that no font has becomes a question mark")
  func png() {
    let chart = Chart(name: "c", title: "中文", x: ChartAxis(label: "x"), y: ChartAxis(label: "y"))
    let script = GnuplotScript(chart: chart, missing: ["文"]).text
    let parts = script.components(separatedBy: "set terminal pngcairo")
    #expect(parts[0].contains("set label 900 '中文'") && parts[1].contains("set label 900 '中?'"))
    #expect(!script.contains("replot"))
  }

  @Test("Gnuplot draws the same whatever the user's start-up file and environment say")
  func startUp() throws {
    let gnuplot = try #require(Gnuplot())
    let folder = try TemporaryFolder()
    setenv("GNUTERM", "x11", 1)
    defer { unsetenv("GNUTERM") }
    let script = try GnuplotScript(
      chart: #require(chartSource(sampleRuns).drawings().lazy.compactMap { try? $0.drawing.get().first }.first))
    // Run by hand, the script reads what stands in the home folder.
    try Data("set datafile separator ','\nset logscale y\nset decimalsign ','\n".utf8).write(
      to: URL(fileURLWithPath: folder.path(".gnuplot")))
    let file = folder.path("\(script.chart.name).gp")
    let picture = folder.path("\(script.chart.name).svg")
    try Data(script.text.utf8).write(to: URL(fileURLWithPath: file))
    try gnuplot.draw(URL(fileURLWithPath: file))
    let drawn = try Data(contentsOf: URL(fileURLWithPath: picture))
    let process = Process()
    process.executableURL = gnuplot.program
    process.arguments = [file]
    process.currentDirectoryURL = folder.url
    process.environment = ["HOME": folder.url.path, "PATH": "/usr/bin:/bin"]
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    #expect(try Data(contentsOf: URL(fileURLWithPath: picture)) == drawn)
  }
}
