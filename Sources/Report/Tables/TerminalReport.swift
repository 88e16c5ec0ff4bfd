import Answers
import Foundation
import Terminal
import Words

/// An experiment on the terminal: its question, counts, comparison and headline.
struct TerminalReport {
  let report: ExperimentReport
  private var results: ExperimentResults { report.results }

  /// The report's lines for a terminal of that width; nil where there is none. `styled` makes a text bold, say.
  func lines(width: Int?, styled: (_ text: String, _ code: String) -> String) -> [String] {
    let table = report.table.forPeople
    var lines = [styled(results.experiment.name.visible(), "1")]
    lines += results.experiment.description.visible().wrapped(to: min(width ?? 100, 100))
    lines += ([results.counts] + results.floorSentences + [table.caption]).flatMap { text in
      width.map { text.visible().wrapped(to: $0) } ?? [text.visible()]
    }
    if results.parts.isEmpty {
      lines += [""] + TerminalTable.lines(table, width: width, styled: styled)
    }
    for part in results.parts {
      lines += ["", styled(results.name(of: part).visible(), "1")]
      lines += TerminalTable.lines(Table.comparison(part).forPeople, width: width, styled: styled)
    }
    return lines + (report.headline.isEmpty ? [] : [""])
      + report.headline.flatMap { $0.visible().wrapped(to: min(width ?? 100, 100)) }
  }
}
