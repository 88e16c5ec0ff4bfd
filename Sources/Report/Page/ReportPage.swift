import Answers
import Foundation

/// `report.html`: everything in one file that needs no network.
struct ReportPage {
  private struct Picture {
    let name: String
    let title: String
    let caption: String?
    let svg: String
  }

  private struct Missing {
    let title: String
    let reason: String
  }

  private let title: String
  private let description: String?
  private let counts: String
  private let floors: [String]
  private let headline: [String]
  private let figures: [Picture]
  private let missing: [Missing]
  private let hasMissing: Bool
  private let tableCaption: String
  private let hasExtras: Bool
  private let table: HTMLTable
  private let samples: SampleTables?
  private let facts: [Origins.Fact]
  private let spec: String
  private let queries: [FigureQuery]
  private let style = Template.style
  private let script = Template.script

  /// - Parameters:
  ///   - figures: The charts in order.
  ///   - drawn: What gnuplot wrote for a chart of that name; nil where it wrote nothing.
  init(_ report: ExperimentReport, figures: [Figure], drawn: (String) -> String?) {
    let experiment = report.results.experiment
    title = experiment.name
    description = experiment.description.isEmpty ? nil : experiment.description
    counts = report.results.counts
    floors = report.results.floorSentences
    headline = report.headline
    var (pictures, missing): ([Picture], [Missing]) = ([], [])
    for figure in figures {
      let file = figure.reason == nil ? drawn(figure.name) : nil
      let svg = file.flatMap { InlineSVG($0, name: figure.name, escapedTitle: Template.escaped(figure.title)).text }
      if let svg {
        let caption = figure.caption.isEmpty ? nil : figure.caption
        pictures.append(Picture(name: figure.name, title: figure.title, caption: caption, svg: svg))
      } else {
        missing.append(Missing(title: figure.title, reason: figure.reason ?? "gnuplot wrote no picture"))
      }
    }
    (self.figures, self.missing, hasMissing) = (pictures, missing, !missing.isEmpty)
    let table = report.table.keeping { $0.audience != .programs }
    let isExtra = table.columns.indices.map { column in
      !table.columns[column].isMain || table.rows.count > 1 && !table.varies(column)
    }
    tableCaption = table.caption
    hasExtras = isExtra.contains(true)
    self.table = HTMLTable(table) { isExtra[$0] }
    samples = report.samples
    facts = report.origins.facts
    spec = experiment.spec
    queries = report.queries
  }

  var html: String { Template.render("page", self) }
}
