import Foundation
import Testing

/// What `report` writes beside the database, and what goes when it is no longer drawn.
@Suite(.timeLimit(.minutes(10)))
struct ReportFilesTests {
  private let place: Workplace

  init() throws { place = try Workplace() }

  private func write(_ name: String, _ members: String) throws {
    try place.write(
      """
      {"d_model": 8, "heads": 2, "layers": 1, "context_length": 8, "batch_size": 1, "steps": 4, "eval_tokens": 64,
       "sample_tokens": 8, \(members)}
      """, to: name)
  }

  /// Trains and reports the experiments a and b.
  private func reportTwo() throws {
    try write("a.json", #""lr": 0.001"#)
    try write("b.json", #""lr": 0.002"#)
    try place.sweep("a.json", "b.json")
    try place.report()
  }

  private func files(_ folder: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: place.path(folder).path)) ?? []).sorted()
  }

  @Test("A chart that the edited spec no longer has goes with its script; a file of the user's stays")
  func oldCharts() throws {
    try write("s.json", #""lr": [0.001, 0.01]"#)
    try place.sweep("s.json")
    try place.report()
    #expect(files("results/s").contains("loss-by-lr.svg"))
    try place.write("mine", to: "results/s/notes.svg")
    try write("s.json", #""lr": 0.001"#)
    try place.sweep("s.json")
    try place.report()
    let left = files("results/s")
    #expect(!left.contains { $0.hasPrefix("loss-by-lr") })
    #expect(left.contains("loss-curves.svg") && left.contains("notes.svg"))
  }

  @Test("Charts of a version that kept no list go too")
  func formerCharts() throws {
    try write("s.json", #""lr": 0.001"#)
    try place.sweep("s.json")
    try place.write("", to: "results/s/report.html")
    let script = "# Draws old.svg and old.png: gnuplot old.gp\nset encoding utf8\n"
    for (name, text) in [("old.gp", script), ("old.svg", ""), ("old.png", ""), ("copy.gp", script), ("copy.svg", "")] {
      try place.write(text, to: "results/s/\(name)")
    }
    try place.report()
    #expect(files("results/s").filter { $0.hasPrefix("old") || $0.hasPrefix("copy") } == ["copy.gp", "copy.svg"])
  }

  @Test("The folder of a deleted or renamed experiment goes, with what is of the report alone")
  func goneExperiments() throws {
    try reportTwo()
    try place.write("mine", to: "results/b/notes.txt")
    #expect(try place.sweep("delete", "a", "--yes").status == 0)
    #expect(files("results/a") == [])
    #expect(try place.sweep("delete", "b", "--yes").status == 0)
    #expect(files("results/b") == ["notes.txt"])
    try place.report()
    #expect(!files("results").contains("index.html"))
  }

  @Test(
    "Reports of two databases in one folder have each its own folders and index, be their names equal for Swift",
    arguments: [("a", "b", "index-b.html"), ("caf\u{E9}", "cafe\u{301}", "index-cafe\u{301}.html")])
  func twoDatabases(one: String, other: String, index: String) throws {
    try write("s.json", #""lr": 0.001"#)
    for database in [one, other] {
      #expect(try place.run("sweep", ["s.json", "--database", "results/\(database).sqlite"]).status == 0)
      #expect(try place.run("report", ["--database", "results/\(database).sqlite"]).status == 0)
    }
    let page = try place.read("results/s/report.html")
    #expect(
      files("results").filter { $0.hasPrefix("s") || $0.hasPrefix("index") } == [index, "index.html", "s", "s-2"])
    #expect(try place.run("sweep", ["delete", "s", "--yes", "--database", "results/\(other).sqlite"]).status == 0)
    #expect(files("results/s-2") == [])
    #expect(try place.run("report", ["--database", "results/\(other).sqlite"]).status == 0)
    #expect(try place.read("results/s/report.html") == page)
  }

  @Test(
    "An experiment may have the name of a file or folder of ours, or of the user's",
    arguments: [
      "weights", "checkpoints", "index.html", "results.sqlite", "results.sqlite-journal", "results.sqlite-wal", "mine",
      "other.sqlite-journal", "other.db-WAL", "index-other.html",
    ])
  func names(name: String) throws {
    try place.write("mine", to: "results/mine/notes.txt")
    try write("s.json", #""name": "\#(name)", "lr": 0.001"#)
    try place.sweep("s.json")
    let report = try place.report()
    #expect(report.status == 0, "\(report)")
    #expect(files("results/\(name)-2").contains("report.html"))
    #expect(try place.sweep("s.json").summary == "1 run: 1 finished\n")
  }

  @Test("Each database has an index of its own, whatever their names share, and a page of the user's stays")
  func indexes() throws {
    try write("s.json", #""lr": 0.001"#)
    try place.write("mine", to: "results/index.html")
    for database in ["results/a.sqlite", "results/a.db"] {
      #expect(try place.run("sweep", ["s.json", "--database", database]).status == 0)
      for _ in 0..<2 { #expect(try place.run("report", ["--database", database], searchPath: "/none").status == 0) }
    }
    #expect(files("results").filter { $0.hasPrefix("index") } == ["index-a-2.html", "index-a.html", "index.html"])
    #expect(try place.read("results/index.html") == "mine")
    #expect(try place.run("sweep", ["delete", "s", "--yes", "--database", "results/a.db"]).status == 0)
    #expect(try place.run("report", ["--database", "results/a.db"]).status == 0)
    #expect(files("results").filter { $0.hasPrefix("index") } == ["index-a.html", "index.html"])
  }

  @Test("A copied folder goes on with its reports, and a report by a link goes beside the database")
  func copiedFolder() throws {
    try write("s.json", #""lr": 0.001"#)
    try place.sweep("s.json")
    #expect(try place.report(path: "/none").status == 0)
    try FileManager.default.copyItem(at: place.path("results"), to: place.path("copy"))
    try place.write("", to: "copy/s/report.html")
    try place.write("", to: "links/empty")
    try FileManager.default.createSymbolicLink(
      atPath: place.path("links/r.sqlite").path, withDestinationPath: "../copy/results.sqlite")
    #expect(try place.run("report", ["--database", "links/r.sqlite"], searchPath: "/none").status == 0)
    #expect(files("links") == ["empty", "r.sqlite"])
    #expect(files("copy").filter { $0.hasPrefix("s") || $0.hasPrefix("index") } == ["index.html", "s"])
    #expect(try !place.read("copy/s/report.html").isEmpty)
    #expect(try place.run("sweep", ["delete", "s", "--yes", "--database", "copy/results.sqlite"]).status == 0)
    #expect(files("copy/s") == [] && !files("results/s").isEmpty)
  }

  @Test("A folder that can't be written keeps no other report from being written")
  func oneFails() throws {
    try reportTwo()
    try FileManager.default.removeItem(at: place.path("results/a/report.html"))
    try FileManager.default.createDirectory(
      at: place.path("results/a/report.html/x"), withIntermediateDirectories: true)
    try FileManager.default.removeItem(at: place.path("results/b/report.html"))
    let report = try place.report()
    #expect(report.status == 65)
    #expect(report.errors.hasPrefix("report: results/a: can't be written ("), "\(report)")
    #expect(files("results/b").contains("report.html"))
  }
}
