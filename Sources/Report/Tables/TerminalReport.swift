import Foundation
import Terminal

/// An experiment on the terminal: its question, counts, comparison and headline.
struct TerminalReport {
  let report: ExperimentReport
  private var results: ExperimentResults { report.results }

  /// The report's lines for a terminal of that width; nil where there is none. `styled` makes a text bold, say.
  func lines(width: Int?, styled: (_ text: String, _ code: String) -> String) -> [String] {
    let table = report.table.forPeople
    let name = results.experiment.name.map { $0.isNewline ? " " : $0 }
    var lines = [styled(String(name), "1")]
    lines += results.experiment.description.wrapped(to: min(width ?? 100, 100))
    lines += [results.counts] + results.floorSentences + [table.caption, ""]
    lines += TerminalTable.lines(table, styled: styled)
    return lines + (report.headline.isEmpty ? [] : [""])
      + report.headline.flatMap { $0.wrapped(to: min(width ?? 100, 100)) }
  }
}

extension ExperimentResults {
  /// What is known of the text's information.
  var floorSentences: [String] {
    Set(
      runs.compactMap { run -> String? in
        guard let loss = run.facts.floorLoss, let bits = run.facts.floorBitsPerByte,
          let tokenizer = run.settings["tokenizer"]
        else { return nil }
        return "floor of \(run.facts.corpus) in \(tokenizer.label) tokens: "
          + "\(String(format: "%.4f", loss)) nats per token, \(String(format: "%.4f", bits)) bits per byte"
      }
    ).sorted()
  }
}
