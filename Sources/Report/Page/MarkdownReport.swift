import Answers

/// `report.md`: what the page says, with the charts as files beside it.
struct MarkdownReport {
  let report: ExperimentReport
  let figures: [Figure]

  var lines: [String] {
    let experiment = report.results.experiment
    let table = report.table.forPeople
    func items(_ texts: [String]) -> [String] { texts.map { "- " + MarkdownTable.escaped($0) } + [""] }
    var lines = ["# \(MarkdownTable.escaped(experiment.name))", ""]
    if !experiment.description.isEmpty { lines += [MarkdownTable.escaped(experiment.description), ""] }
    lines += items([report.results.counts] + report.results.floorSentences)
    lines += ["## What came out", ""] + items(report.headline)
    lines += ["## Charts", ""]
    for figure in figures {
      let title = MarkdownTable.escaped(figure.title)
      lines += [
        figure.reason.map { "\(title): not drawn, \(MarkdownTable.escaped($0))." } ?? "![\(title)](\(figure.name).svg)",
        "",
      ]
      if figure.reason == nil, !figure.caption.isEmpty { lines += [MarkdownTable.escaped(figure.caption), ""] }
    }
    lines +=
      ["## Configurations", "", MarkdownTable.escaped(table.caption) + ".", ""] + MarkdownTable.lines(table) + [""]
    if let samples = report.samples { lines += Self.lines(samples) }
    lines += ["## Where this comes from", ""]
    lines += items(report.origins.facts.map { "\($0.name): \($0.values.joined(separator: "; "))" })
    lines += ["The spec:", ""] + Self.block(experiment.spec, "json") + ["", "The SQL behind each figure:", ""]
    return lines + Self.block(report.queries.map { "-- \($0.title)\n\($0.sql)" }.joined(separator: "\n\n"), "sql")
  }

  private static func lines(_ samples: SampleTables) -> [String] {
    func list(_ texts: [SampleTables.Text]) -> [String] {
      texts.map {
        "- \(MarkdownTable.escaped($0.label)): **\(MarkdownTable.escaped($0.prompt))**\(MarkdownTable.escaped($0.text))"
      }
    }
    var lines = ["## Samples", ""]
    for group in samples.byLoss {
      let step = group.step.map { ", at step \($0)" } ?? ""
      lines += ["After “\(MarkdownTable.escaped(group.prompt))”, best to worst\(step):", ""] + list(group.texts) + [""]
    }
    guard let learning = samples.learning else { return lines }
    return lines + ["What \(MarkdownTable.escaped(learning.run)) writes as it learns:", ""] + list(learning.texts) + [
      ""
    ]
  }

  /// The text in a fence that is longer than any within it.
  private static func block(_ text: String, _ language: String) -> [String] {
    let runs = text.split { $0 != "`" }.map(\.count)
    let fence = String(repeating: "`", count: max(3, (runs.max() ?? 0) + 1))
    return [fence + language, text, fence]
  }
}
