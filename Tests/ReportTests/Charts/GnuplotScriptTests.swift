import Answers
import Foundation
import SampleResults
import Store
import TestSupport
import Testing

@testable import Report

@Suite(.timeLimit(.minutes(10)))
struct GnuplotScriptTests {
  private static let chart = Chart(
    name: "tiny", title: "it's", x: ChartAxis(label: "x", range: 0...4), y: ChartAxis(label: "y", range: 0...4))

  @Test("Scripts are as promised and hold their data", arguments: ChartKind.all.map(\.name))
  func scripts(kind name: String) throws {
    // Different sizes and batches, so that every kind has something to show.
    var runs = runs(batchOfWide: 16)
    for index in runs.indices where runs[index].settings["d_model"] == 128 { runs[index].facts.trainingFlops = 4e9 }
    var axes = ["d_model", "lr"]
    // One kind is about an axis of words.
    if name == "loss-by-parameters" {
      axes.append("optimizer")
      runs += [(32, 2.75), (128, 2.5)].map { run(dModel: $0, lr: 0.01, loss: $1, optimizer: "sgd") }
    }
    let kind = try #require(ChartKind.all.first { $0.name == name })
    let source = try chartSource(runs, axes: axes)
    for run in source.results.runs {
      let size = run.settings["d_model"]?.number ?? 1
      let rows = (0...2).map { CoordinateRow(step: $0, tensor: "logits", meanAbs: pow(size, 0.5 * Double($0))) }
      if let reference = run.reference { try source.database.store(rows, of: reference) }
    }
    for chart in try kind.draw(source).get() {
      try expectSnapshot(GnuplotScript(chart: chart).text, "\(chart.name).gp")
      #expect(!chart.caption.isEmpty)
    }
  }

  @Test("Gnuplot draws every mark of every kind of chart, in both formats")
  func drawn() throws {
    let gnuplot = try #require(Gnuplot(), "gnuplot isn't installed; `make test` installs it")
    try gnuplot.draw(try chartSource(sampleRuns).drawings().flatMap { (try? $0.drawing.get()) ?? [] })
  }

  @Test(
    "Titles are data: quotes, commands, line breaks and emoji have no effect",
    arguments: [
      ("'; system \"touch x\"; '", "'''; system \"touch x\"; '''"), ("a\nset output 'x'", "'a set output ''x'''"),
      ("`date` $(date) @macro %d {/b}", "'`date` $(date) @macro %d {/b}'"), ("🦊 in ♥", "':fox face: in ♥'"),
      ("a\u{600}'; system \"touch x\" #", "'a\u{600}''; system \"touch x\" #'"), ("b'\u{301}", "'b''\u{301}'"),
    ])
  func titles(title: String, quoted: String) {
    var chart = Self.chart
    chart.title = title
    #expect(GnuplotScript(chart: chart).text.contains("\nset label 900 \(quoted) at screen "))
  }

  @Test("Ticks, labels and words in the chart are data too")
  func texts() {
    var chart = Self.chart
    chart.y.ticks = [ChartAxis.Tick(value: 1, label: "it's `x`")]
    chart.texts = [ChartText(x: 1, y: 2, text: "it's `x`")]
    let script = GnuplotScript(chart: chart).text
    #expect(script.contains("set ytics ('it''s `x`' 1.0) noenhanced\n"))
    #expect(script.contains("set label 1 'it''s `x`' at 1.0,2.0 left front noenhanced"))
  }

  @Test("A title that is wider than the figure is broken between words, and cut after two lines")
  func longTitle() {
    var chart = Self.chart
    chart.title = String(repeating: "word ", count: 40)
    let script = GnuplotScript(chart: chart).text
    #expect(script.contains("\nset label 900 'word word"))
    #expect(script.contains("…' at screen "))
    // Two lines of it, and the names of both axes.
    #expect(script.components(separatedBy: "\nset label 90").count == 5)
  }

  @Test(
    "A single figure is a picture of the size asked for, with the words asked for", arguments: FigureFormat.allCases)
  func figure(format: FigureFormat) throws {
    let gnuplot = try #require(Gnuplot(), "gnuplot isn't installed; `make test` installs it")
    let source = try chartSource(sampleRuns)
    let chart = source.titled(try #require(try source.lossByLearningRate().get().first))
    let style = FigureStyle(size: try FigureSize("3in x 2in"), font: "Times,9", title: "none")
    let picture = [UInt8](try gnuplot.picture(of: chart, style, as: format))
    switch format {
    case .svg:
      let text = String(decoding: picture, as: UTF8.self)
      #expect(text.contains("viewBox=\"0 0 288 192\"") && text.contains("font-family=\"Times\""))
      #expect(text.contains("learning rate") && !text.contains("Best lr"))
    case .png: #expect(picture[16..<24] == [0, 0, 0x03, 0x84, 0, 0, 0x02, 0x58])
    case .pdf:
      let text = String(decoding: picture, as: Unicode.ASCII.self)
      #expect(text.hasPrefix("%PDF") && text.contains("/MediaBox [ 0 0 216 144 ]"))
    }
  }

  @Test(
    "Sizes are lengths with a unit",
    arguments: [
      ("3.3in", 316.8, nil), ("84mm", 317.48, nil), ("3.3inx2.2in", 316.8, 211.2), ("3.3 x 2.2 in", 316.8, 211.2),
      ("600px", 600, nil), ("600x400px", 600, 400), ("240pt", 320, nil), ("8cm x 200px", 302.36, 200),
    ])
  func sizes(text: String, width: Double, height: Double?) throws {
    let size = try FigureSize(text)
    #expect(abs(size.width - width) < 0.01 && abs((size.height ?? 0) - (height ?? 0)) < 0.01)
  }

  @Test(
    "What is no size is told",
    arguments: ["", "3", "wide", "3inx", "x3in", "0in", "-3in", "1e9in", "3inx2inx1in", "nanin"])
  func badSizes(text: String) {
    #expect(throws: TableError.badSize(text)) { try FigureSize(text) }
  }

  @Test("Scripts are drawn beside each other, and one that gnuplot can't read is told in gnuplot's words")
  func broken() throws {
    let gnuplot = try #require(Gnuplot(), "gnuplot isn't installed; `make test` installs it")
    let scripts = ["plot nonsense", "x = 1", "plot rubbish"].map { text in
      let script = FileManager.default.temporaryDirectory.appending(path: "broken-\(UUID().uuidString).gp")
      try? Data(text.utf8).write(to: script)
      return script
    }
    defer { for script in scripts { try? FileManager.default.removeItem(at: script) } }
    let failures = gnuplot.draw(scripts)
    #expect(failures.count == 3)
    #expect(failures[scripts[1]].map { "\($0)" }?.contains("it has written no broken-") == true)
    #expect(failures[scripts[0]].map { "\($0)" }?.contains("undefined variable: nonsense") == true)
    #expect(failures[scripts[2]].map { "\($0)" }?.contains("undefined variable: rubbish") == true)
  }

  @Test("A gnuplot that isn't in the search path isn't found")
  func absent() throws {
    #expect(Gnuplot(path: "/nowhere:/tmp") == nil)
    let folder = FileManager.default.temporaryDirectory.appending(path: "path-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    // A folder of its name is no program; a file that no system can run is told.
    try FileManager.default.createDirectory(
      at: folder.appending(path: "folder/gnuplot"), withIntermediateDirectories: true)
    #expect(Gnuplot(path: folder.appending(path: "folder").path) == nil)
    let file = folder.appending(path: "gnuplot")
    try Data("garbage".utf8).write(to: file)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path)
    let gnuplot = try #require(Gnuplot(path: folder.path))
    let failure = try #require(throws: Gnuplot.Failure.self) { try gnuplot.draw(folder.appending(path: "x.gp")) }
    #expect(failure.description.contains("gnuplot: can't be run with files in"))
    #expect(failure.description.contains("(Exec format error)"))
  }

  @Test("Labels that differ in their ends alone stay different")
  func longLabels() {
    var chart = Self.chart
    let folder = String(repeating: "folder/", count: 20)
    chart.y.ticks = [(1, "en.txt"), (3, "de.txt")].map { ChartAxis.Tick(value: $0, label: folder + $1) }
    let script = GnuplotScript(chart: chart).text
    #expect(script.contains("en.txt' 1.0, 'folder/"))
    #expect(script.contains("de.txt' 3.0) noenhanced"))
  }
}
