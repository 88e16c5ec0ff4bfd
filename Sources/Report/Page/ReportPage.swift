import Answers
import Foundation
import Store
import Words

/// `report.html`: everything in one file that needs no network.
///
/// Everything stands in the page as HTML and SVG. The script adds what answers to the pointer, from the page's data.
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

  private struct Setting {
    let key: String
    let value: String
  }

  private struct RunRow {
    let id: Int64
    let configuration: String
    let seed: Int64
    let state: String
    let score: String
    let best: String
    let time: String
  }

  /// What the page says of itself.
  struct Occasion {
    /// When it was written, in UTC.
    var written = Date()
    /// The index's address beside the page; nil where there is none.
    var index: String?
    /// Seconds after which the page loads itself anew, while the experiment goes on; nil for one that doesn't.
    var refresh: Int?
  }

  private let title: String
  private let description: String?
  private let counts: String
  private let floors: [String]
  private let findings: Findings
  private let hasAxes: Bool
  private let primary: Picture?
  private let curves: Picture?
  private let heatMaps: [Picture]
  private let hasHeatMaps: Bool
  private let figures: [Picture]
  private let hasFigures: Bool
  private let missing: [Missing]
  private let hasMissing: Bool
  private let tableCaption: String
  private let hasExtras: Bool
  private let table: HTMLTable
  private let settings: [Setting]
  private let runs: [RunRow]
  private let hasRuns: Bool
  private let measure: String
  private let samples: SampleTables?
  private let facts: [Origins.Fact]
  private let spec: String
  private let queries: [FigureQuery]
  private let written: String
  private let index: String?
  private let refresh: Int?
  private let style = Template.style
  private let script = Template.pageScript
  /// Scripts that lack this word don't run, whatever a text may have brought in (https://www.w3.org/TR/CSP3/#security-nonces).
  private let nonce = Template.nonce
  private let data: PageData?

  /// The charts that may stand on the first screen.
  private static let primaries = ["loss-by-lr", "seeds", "loss-curves"]
  /// Most heat maps of a page; its script draws any other.
  private static let mostHeatMaps = 3

  /// - Parameters:
  ///   - data: What the page answers the pointer with; nil for a page that doesn't.
  ///   - figures: The charts in order.
  ///   - drawn: What gnuplot wrote for a chart of that name; nil where it wrote nothing.
  init(
    _ report: ExperimentReport, data: PageData? = nil, figures: [Figure], occasion: Occasion = Occasion(),
    drawn: (String) -> String?
  ) {
    let results = report.results
    title = results.experiment.name
    description = results.experiment.description.isEmpty ? nil : results.experiment.description
    counts = results.counts
    floors = results.floorSentences
    findings = report.findings
    hasAxes = !report.findings.axes.isEmpty
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
    let primary = Self.primaries.lazy.compactMap { name in pictures.first { $0.name == name } }.first ?? pictures.first
    let curves = pictures.first { $0.name == "loss-curves" && $0.name != primary?.name }
    let heatMaps = pictures.filter { $0.name.hasPrefix("heat-map") && $0.name != primary?.name }
    (self.primary, self.curves) = (primary, curves)
    self.heatMaps = Array(heatMaps.prefix(Self.mostHeatMaps))
    hasHeatMaps = !heatMaps.isEmpty
    let shown = Set([primary, curves].compactMap { $0?.name } + heatMaps.map(\.name))
    self.figures = pictures.filter { !shown.contains($0.name) }
    hasFigures = !self.figures.isEmpty
    (self.missing, hasMissing) = (missing, !missing.isEmpty)

    let table = Self.arranged(report.table.keeping { $0.audience != .programs })
    let isExtra = table.columns.indices.map { !Self.isMain($0, of: table, keys: results.tellingKeys) }
    tableCaption = table.caption
    hasExtras = isExtra.contains(true)
    self.table = HTMLTable(table, hasNames: true) { isExtra[$0] }
    settings = Self.settings(results)
    runs = Self.rows(results)
    hasRuns = !runs.isEmpty
    measure = "\(results.measure.phrase) (\(results.measure.shortUnit))"
    samples = report.samples
    facts = report.origins.facts
    spec = results.experiment.spec
    queries = report.queries
    written = Self.time(occasion.written)
    (index, refresh, self.data) = (occasion.index, occasion.refresh, data)
  }

  /// The page's text.
  var html: String {
    // The data is put in last: no template has to read it, and no text of the user's holds this mark, since "<" is escaped.
    Template.render("page", self).replacingOccurrences(of: "<!-- data -->", with: data?.json ?? "null")
  }

  static func time(_ date: Date) -> String {
    date.formatted(
      Date.ISO8601FormatStyle(timeZone: .gmt).year().month().day().dateTimeSeparator(.space).time(
        includingFractionalSeconds: false))
  }

  /// The table with the loss first after the rank, so that a narrow window shows it.
  private static func arranged(_ table: Table) -> Table {
    guard let place = measured(table) else { return table }
    var order = table.columns.indices.filter { $0 != place }
    order.insert(place, at: table.columns.first?.name == "rank" ? 1 : 0)
    var arranged = table
    arranged.columns = order.map { table.columns[$0] }
    arranged.rows = table.rows.map { row in order.map { row[$0] } }
    return arranged
  }

  /// The column that configurations are ranked by.
  private static func measured(_ table: Table) -> Int? {
    table.columns.indices.first { column in table.rows.contains { $0[column].isBest } }
      ?? table.columns.firstIndex { $0.name == "mean_final_loss" }
  }

  /// Whether a column is seen unasked: the rank, the loss, the keys that tell configurations apart, and how their runs ended where
  /// that differs.
  private static func isMain(_ column: Int, of table: Table, keys: [String]) -> Bool {
    let name = table.columns[column].name
    if name == "rank" || column == measured(table) { return true }
    guard table.columns[column].isMain, table.rows.count < 2 || table.varies(column) else { return false }
    // Beside many keys there is no room for what follows from them.
    return table.columns[column].isKey && keys.contains(name) || name == "states"
      || name == "parameters" && keys.count < 3
  }

  /// What all configurations have in common, the text first.
  private static func settings(_ results: ExperimentResults) -> [Setting] {
    guard let first = results.configurations.first else { return [] }
    let keys = results.fixedKeys.filter { key in
      results.configurations.allSatisfy { $0.settings[key] == first.settings[key] }
    }
    let texts = ["corpus", "tokenizer"]
    return (texts.filter(keys.contains) + keys.filter { !texts.contains($0) }).compactMap { key in
      first.label(of: key).map { Setting(key: key, value: $0) }
    }
  }

  private static func rows(_ results: ExperimentResults) -> [RunRow] {
    func number(_ value: Double?) -> String { value.map { String(format: "%.4f", $0) } ?? "–" }
    return results.configurations.flatMap { result in
      result.runs.map { run in
        RunRow(
          id: run.id ?? 0, configuration: result.label(results.tellingKeys), seed: run.seed,
          state: run.state.rawValue + (run.outcome.stateReason.map { ": \($0)" } ?? ""),
          score: number(run.state == .finished ? results.measure.value(run) : nil), best: number(run.outcome.bestLoss),
          time: run.outcome.seconds.map(Wording.duration) ?? "–")
      }
    }
  }
}
