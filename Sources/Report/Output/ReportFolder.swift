import Foundation
import Store
import Terminal

/// The files of one experiment's report.
struct ReportFolder {
  let results: ExperimentResults
  let folder: URL

  /// Writes tables, chart scripts and charts; each file whole or not at all. Without gnuplot the scripts are written all
  /// the same.
  ///
  /// - Throws: `ReportError.cannotWrite`, or `Gnuplot.Failure` once everything else is written.
  func write(charts: [Chart], gnuplot: Gnuplot?) throws {
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try write(CSVTable.lines(Table.comparison(results).forPrograms), "comparison.csv")
      for chart in charts {
        try Data(GnuplotScript(chart: chart).text.utf8)
          .write(to: folder.appending(path: "\(chart.name).gp"), options: .atomic)
      }
      try write(markdown(gnuplot == nil ? [] : charts), "comparison.md")
    } catch {
      throw ReportError.cannotWrite(folder: folder.relativePath, reason: Wording.reason(of: error))
    }
    guard let gnuplot else { return }
    for chart in charts { try gnuplot.draw(folder.appending(path: "\(chart.name).gp")) }
  }

  private func write(_ lines: [String], _ name: String) throws {
    let text = lines.map { $0 + "\n" }.joined()
    try Data(text.utf8).write(to: folder.appending(path: name), options: .atomic)
  }

  private func markdown(_ charts: [Chart]) -> [String] {
    let experiment = results.experiment
    let description = experiment.description.isEmpty ? [] : [MarkdownTable.escaped(experiment.description), ""]
    let table = Table.comparison(results).forPeople
    let facts = [results.counts] + results.floorSentences + [table.caption]
    let sentences = results.learningRateCurves.compactMap(\.sentence)
    return ["# \(MarkdownTable.escaped(experiment.name))", ""] + description
      + facts.map { "- " + MarkdownTable.escaped($0) } + [""] + MarkdownTable.lines(table) + [""]
      + sentences.map { "- " + MarkdownTable.escaped($0) } + (sentences.isEmpty ? [] : [""])
      + charts.flatMap { ["![\($0.yLabel) against \($0.xLabel)](\($0.name).svg)", ""] }
  }
}

/// Why a report can't be made, worded for the user.
enum ReportError: Error, CustomStringConvertible {
  case cannotWrite(folder: String, reason: String)
  case noRun(Int64, database: String)

  var description: String {
    switch self {
    case .cannotWrite(let folder, let reason):
      "\(folder): can't be written (\(reason)). Make the folder writable, or name another with --output."
    case .noRun(let id, let database):
      "\(database): there is no run \(id); `select id, config, seed from runs` lists them."
    }
  }
}
