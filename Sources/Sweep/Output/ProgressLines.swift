import Foundation
import Terminal
import Words

/// What a terminal shows live of a sweep: plain values in, lines out, none of which wraps.
struct ProgressLines {
  /// A run in training.
  struct Run {
    var label: String
    var step: Int
    var steps: Int
    /// Losses in nats per token; nil where there is none yet.
    var validation: Double?
    var training: Double?
  }

  var runs: [Run] = []
  /// The part of the whole work that is done.
  var done: Double
  /// How many runs have ended, and how many there are.
  var ended: Int
  var total: Int
  /// Seconds since the beginning, and those that are left; nil where they can't be told yet.
  var elapsed: Double
  var left: Double?
  /// What is best so far.
  var best: String?

  /// Most runs that are shown.
  private static let most = 12

  /// The lines for a terminal of that size.
  func lines(width: Int, height: Int) -> [String] {
    // A line that fills the terminal breaks on some.
    let room = width - 1
    let shown = runs.prefix(max(1, min(Self.most, height - 5)))
    let hidden = runs.count - shown.count
    let lines =
      (shown.isEmpty ? [] : table(Array(shown), room))
      + (hidden > 0 ? ["and \(Wording.number(hidden, "more run"))"] : [])
      + [wholeLine(room)] + (best.map { ["best so far: \($0)"] } ?? [])
    return lines.map { $0.shortened(to: room) }
  }

  private func table(_ runs: [Run], _ room: Int) -> [String] {
    var table = TextTable(["progress", "step", "validation loss", "training loss", "run, losses in nats/token"])
    func loss(_ loss: Double?) -> String { loss.map { String(format: "%.3f", $0) } ?? "–" }
    for run in runs {
      table.add([
        Self.bar(Double(run.step) / Double(run.steps)), "\(run.step)/\(run.steps)", loss(run.validation),
        loss(run.training), run.label,
      ])
    }
    // What tells the runs apart matters more than the training loss and the bar, and its beginning more than the step.
    var short = TextTable(table.header.map { String($0.prefix(15)) })
    for row in table.rows { short.add(row.dropLast() + [row[4].shortened(to: 24)]) }
    let isTight = !short.columns(within: room, dropping: [3, 0, 1]).contains(1)
    return table.lines(within: room, dropping: isTight ? [3, 0, 1] : [3, 0])
  }

  private func wholeLine(_ room: Int) -> String {
    let parts = [
      Self.bar(done), "\(Int(100 * done)) %", "\(ended)/\(total) runs", "\(Wording.duration(elapsed)) passed",
      left.map { "\(Wording.duration($0)) left" } ?? "estimating",
    ]
    var kept = Array(parts.indices)
    func line() -> String { kept.map { parts[$0] }.joined(separator: "  ") }
    for part in [0, 3, 2] where line().displayWidth > room { kept.removeAll { $0 == part } }
    return line()
  }

  private static func bar(_ part: Double) -> String {
    let width = 16
    let full = min(width, Int(part * Double(width)))
    return "[" + String(repeating: "#", count: full) + String(repeating: ".", count: width - full) + "]"
  }
}
