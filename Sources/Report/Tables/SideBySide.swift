import Answers
import Foundation
import Store
import Words

/// What `--compare` names: a run by its number, or configurations by conditions on their keys.
enum ComparedSide: Equatable {
  case run(Int64)
  case configurations(TableFilter, name: String)

  /// Reads "12", "run:12", "lr=0.003,optimizer=adamw".
  ///
  /// - Throws: `TableError`.
  init(_ text: String) throws {
    let number = text.hasPrefix("run:") ? String(text.dropFirst(4)) : text
    if let id = Int64(number) {
      self = .run(id)
    } else {
      do {
        self = .configurations(try TableFilter(text, commas: true), name: text)
      } catch TableError.badFilter(_, let reason) {
        throw TableError.badSide(text, reason)
      }
    }
  }

  var name: String {
    switch self {
    case .run(let id): "run \(id)"
    case .configurations(_, let name): name
    }
  }
}

/// Two configurations of an experiment beside each other, over the seeds that both have; each is the best of those that a side
/// names, as in the report's answers.
struct SideBySide {
  struct Side {
    let name: String
    let result: ConfigurationResult
    /// Of how many it is the best.
    let count: Int
  }

  let results: ExperimentResults
  let (a, b): (Side, Side)
  /// The first side's measure less the other's, paired over shared seeds where there are two or more; nil where one has no result.
  let difference: MeanDifference?

  /// - Parameters:
  ///   - a: What the user named, and the configurations that it names in the order of results; at least one.
  ///   - b: The same of the other side.
  /// - Throws: `TableError.badSide` where a configuration is on both sides.
  init(
    _ results: ExperimentResults, _ a: (side: ComparedSide, matches: [ConfigurationResult]),
    _ b: (side: ComparedSide, matches: [ConfigurationResult])
  ) throws {
    if let both = a.matches.first(where: { one in b.matches.contains { $0.settings == one.settings } }) {
      throw TableError.badSide(b.side.name, "\(both.label(results.tellingKeys)) is on both sides; name more keys")
    }
    self.results = results
    self.a = Side(name: a.side.name, result: a.matches[0], count: a.matches.count)
    self.b = Side(name: b.side.name, result: b.matches[0], count: b.matches.count)
    let (one, other) = (self.a.result.scoreBySeed, self.b.result.scoreBySeed)
    let pairs = Set(one.keys).intersection(other.keys).sorted().compactMap { seed in
      one[seed].flatMap { value in other[seed].map { (value, $0) } }
    }
    difference =
      pairs.count > 1
      ? MeanDifference(pairs: pairs) : MeanDifference(one.values.sorted(), other.values.sorted())
  }
}

extension SideBySide {
  /// The comparison in a sentence or two.
  var sentence: String {
    guard let difference else {
      let without = [a, b].filter { $0.result.score == nil }.map { "\($0.name) has no result (\($0.result.states))" }
      return "Nothing to compare: \(Wording.list(without))."
    }
    if a.result.scoreBySeed == b.result.scoreBySeed {
      return "\(a.name) and \(b.name) have the same \(results.measure.phrase) with "
        + "\(difference.count == 1 ? "the seed" : "each of the \(difference.count) seeds") that both have."
    }
    let unit = results.measure.unit
    let places = Self.places(difference)
    func number(_ value: Double) -> String {
      String(format: "%.\(places)f", value == 0 ? 0 : value).replacing("-", with: "−")
    }
    let basis =
      switch difference.method {
      case .paired: "over \(Wording.number(difference.count, "pair")) of runs with the same seed"
      case .welch: "from the spread within each, since they don't share two seeds"
      }
    let (better, worse) = difference.mean <= 0 ? (a.name, b.name) : (b.name, a.name)
    let amount = abs(difference.mean)
    let words: String
    if let interval = difference.interval {
      let ends = difference.mean <= 0 ? (-interval.high, -interval.low) : (interval.low, interval.high)
      let range = "\(number(amount)) [\(number(ends.0)), \(number(ends.1))] \(unit) (95 % interval, \(basis))"
      words =
        interval.contains(0)
        ? "\(a.name) and \(b.name) are not told apart: \(better) is lower by \(range)."
        : "\(better) is better than \(worse), and they are told apart: lower by \(range)."
    } else {
      words =
        "\(a.name) and \(b.name) are not told apart: \(better) is lower by \(number(amount)) \(unit), but one seed says "
        + "nothing of the spread. Give the spec more seeds."
    }
    let choices = [a, b].filter { $0.count > 1 }.map { side in
      "\(side.name) is there at the best of its \(side.count) configurations: \(side.result.label(results.tellingKeys))."
    }
    let warnings = [a, b].filter(\.result.isFlattered).map { side in
      "Runs of \(side.name) that diverged or were stopped are left out of its mean."
    }
    return ([words] + choices + warnings).joined(separator: " ")
  }

  /// Decimal places up to two significant digits of the uncertainty, or of the difference where that isn't known.
  private static func places(_ difference: MeanDifference) -> Int {
    Summary.places(to: difference.interval.map { ($0.high - $0.low) / 2 } ?? abs(difference.mean))
  }

  /// The comparison as a table: what differs, what came of it, and for programs the interval.
  var table: Table {
    var table = Table(
      title: "\(results.experiment.name): \(a.name) and \(b.name)", caption: sentence,
      columns: [
        .init(name: "what", title: "", importance: 9), .init(name: "a", title: a.name, importance: 8),
        .init(name: "b", title: b.name, importance: 8), .init(name: "difference", title: "difference", importance: 9),
        .init(name: "low", title: "low", audience: .programs), .init(name: "high", title: "high", audience: .programs),
        .init(name: "pairs", title: "pairs", audience: .programs),
      ], rows: [])
    for key in results.varyingKeys + results.fixedKeys {
      let values = [a, b].map { $0.result.settings[key] }
      guard values[0] != values[1] else { continue }
      let digits = Scalar.digits(telling: values.compactMap(\.self))
      let cells = values.map { $0.map { Table.Cell(value: $0, text: $0.label(digits: digits)) } ?? .empty }
      table.rows.append([Table.Cell(value: .text(key), text: key)] + cells + Array(repeating: .empty, count: 4))
    }
    let measure = results.measure
    table.rows.append(measureRow("\(measure.phrase) (\(measure.shortUnit))"))
    let others: [(String, String, (ConfigurationResult) -> Double?)] = [
      (Measure.final.name, "final loss (nats/token)", \.finalLoss?.mean),
      (Measure.best.name, "best loss (nats/token)", \.bestLoss?.mean),
      (Measure.averaged.name, "averaged loss (nats/token)", \.averagedLoss?.mean),
      (Measure.bitsPerByte.name, "bits/byte", \.bitsPerByte?.mean),
      ("", "tokens/s", \.tokensPerSecond?.mean), ("", "time (s)", \.seconds?.mean),
      ("", "parameters", { Double($0.parameters) }), ("", "finished runs", { Double($0.count(.finished)) }),
      ("", "diverged runs", { Double($0.count(.diverged)) }),
    ]
    for (name, title, value) in others where name != measure.name {
      let values = [a, b].map { value($0.result) }
      guard values[0] != values[1] else { continue }
      let cells = values.map { $0.map(Self.cell) ?? .empty }
      let difference = values[0].flatMap { one in values[1].map { $0 - one } }
      table.rows.append(
        [Table.Cell(value: .text(title), text: title)] + cells
          + [difference.map { Self.cell($0, signed: true) } ?? .empty, .empty, .empty, .empty])
    }
    return table
  }

  private func measureRow(_ title: String) -> [Table.Cell] {
    let cells = [a, b].map { side -> Table.Cell in
      side.result.score.map { Table.Cell(value: .number($0.mean), text: $0.text) } ?? .empty
    }
    guard let difference else {
      return [Table.Cell(value: .text(title), text: title)] + cells + Array(repeating: .empty, count: 4)
    }
    let places = Self.places(difference)
    func number(_ value: Double) -> String {
      value == 0
        ? String(format: "%.\(places)f", 0.0) : String(format: "%+.\(places)f", value).replacing("-", with: "−")
    }
    // The other less the first, as in the other rows.
    let ends = difference.interval.map { (-$0.high, -$0.low) }
    let text = number(-difference.mean) + (ends.map { " [\(number($0.0)), \(number($0.1))]" } ?? "")
    return [Table.Cell(value: .text(title), text: title)] + cells + [
      Table.Cell(value: .number(-difference.mean), text: text), .number(ends?.0), .number(ends?.1),
      .number(difference.method == .paired ? Double(difference.count) : nil),
    ]
  }

  /// Four significant digits.
  private static func cell(_ value: Double, signed: Bool) -> Table.Cell {
    let text = String(format: abs(value) >= 1000 ? "%.0f" : "%.4g", value)
    return Table.Cell(value: .number(value), text: (signed && value > 0 ? "+" : "") + text.replacing("-", with: "−"))
  }

  private static func cell(_ value: Double) -> Table.Cell { cell(value, signed: false) }
}
