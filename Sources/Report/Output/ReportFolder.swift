import Answers
import Foundation
import Store
import Words

/// The files of one experiment's report.
struct ReportFolder {
  let report: ExperimentReport
  let folder: URL

  /// Writes tables, chart scripts, charts, page and Markdown; each file whole or not at all. Without gnuplot everything
  /// but the charts is written all the same.
  ///
  /// - Parameters:
  ///   - data: What the page answers the pointer with.
  ///   - written: Told the names of all files once they are there.
  /// - Throws: `ReportError.cannotWrite`, or `Gnuplot.Failure` once everything else is written.
  func write(
    _ drawings: [(kind: ChartKind, drawing: ChartResult)], data: PageData? = nil, occasion: ReportPage.Occasion,
    gnuplot: Gnuplot?, written: ([String]) -> Void
  ) throws {
    let charts = drawings.flatMap { (try? $0.drawing.get()) ?? [] }
    try orCannotWrite {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try write(CSVTable.lines(report.table.forPrograms), "comparison.csv")
      let missing = gnuplot == nil ? [] : Glyphs.missing(in: charts.map { GnuplotScript(chart: $0).text }.joined())
      for chart in charts {
        // A picture of an earlier report isn't shown for one that can't be drawn now.
        for ending in ["svg", "png"] { unlink(file(chart.name, ending).path) }
        try Data(GnuplotScript(chart: chart, missing: missing).text.utf8).write(
          to: file(chart.name, "gp"), options: .atomic)
      }
    }
    let failures = gnuplot?.draw(charts.map { file($0.name, "gp") }) ?? [:]
    let figures = drawings.flatMap { kind, drawing -> [Figure] in
      switch drawing {
      case .failure(let reason): [Figure(name: kind.name, title: kind.title, reason: reason.reason)]
      case .success(let charts):
        charts.map { chart in
          let failed = failures[file(chart.name, "gp")].map { _ in "gnuplot failed" }
          return Figure(
            name: chart.name, title: kind.title, caption: chart.caption,
            reason: gnuplot == nil ? "gnuplot isn't installed" : failed)
        }
      }
    }
    let page = ReportPage(report, data: data, figures: figures, occasion: occasion) { name in
      (try? Data(contentsOf: file(name, "svg"))).map { String(decoding: $0, as: UTF8.self) }
    }
    try orCannotWrite {
      try write(MarkdownReport(report: report, figures: figures).lines, "report.md")
      try Data(page.html.utf8).write(to: folder.appending(path: "report.html"), options: .atomic)
    }
    let names =
      ["comparison.csv", "report.md", "report.html"]
      + charts.flatMap { chart in
        ["gp", "svg", "png"].map { "\(chart.name).\($0)" }
      }
    written(names.filter { FileManager.default.fileExists(atPath: folder.appending(path: $0).path) })
    if let failure = failures.min(by: { $0.key.path < $1.key.path })?.value { throw failure }
  }

  private func file(_ name: String, _ ending: String) -> URL { folder.appending(path: "\(name).\(ending)") }

  private func write(_ lines: [String], _ name: String) throws {
    let text = lines.map { $0 + "\n" }.joined()
    try Data(text.utf8).write(to: folder.appending(path: name), options: .atomic)
  }

  private func orCannotWrite(_ work: () throws -> Void) throws {
    do {
      try work()
    } catch {
      throw ReportError.cannotWrite(folder: folder.relativePath, reason: Wording.reason(of: error))
    }
  }
}

/// Why a report can't be made, worded for the user.
enum ReportError: Error, CustomStringConvertible {
  case cannotWrite(folder: String, reason: String)
  case noRun(Int64, database: String)
  case notDrawn(String, NotDrawn)

  var description: String {
    switch self {
    case .cannotWrite(let folder, let reason):
      "\(folder): can't be written (\(reason)). Make the folder writable, or name another with --output."
    case .notDrawn(let figure, let reason): "\(figure) isn't drawn: \(reason.reason)."
    case .noRun(let id, let database):
      "\(database): there is no run \(id); `select id, config, seed from runs` lists them."
    }
  }
}
