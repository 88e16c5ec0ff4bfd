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

/// Two sets of an experiment's configurations beside each other: over the cells of the grid that both have, and there over the seeds
/// that both have.
struct SideBySide {
  /// What of a side is compared: its best configuration in each cell.
  struct Side {
    let name: String
    /// In the order of the cells.
    let results: [ConfigurationResult]
    /// The mean over the cells of something that each has a mean of; nil where one has none.
    func mean(_ value: (ConfigurationResult) -> Double?) -> Double? {
      let values = results.compactMap(value)
      return values.isEmpty || values.count < results.count ? nil : values.reduce(0, +) / Double(values.count)
    }
  }

  let results: ExperimentResults
  let (a, b): (Side, Side)
  /// The first side's measure less the other's; nil where one of them has no result.
  let difference: MeanDifference?
  /// The seeds that both have in every cell or in some.
  let seeds: [Int64]
  /// What was chosen to have cells to compare, in a sentence; empty where nothing was.
  let choice: String

  /// - Throws: `TableError.badSide` where a side has no configuration, or both have one.
  init(_ results: ExperimentResults, _ a: (ComparedSide, [ConfigurationResult]), _ b: (ComparedSide, [ConfigurationResult]))
    throws
  {
    let shared = a.1.filter { one in b.1.contains { $0.settings == one.settings } }
    let areRuns = [a.0, b.0].allSatisfy { if case .run = $0 { true } else { false } }
    if let both = shared.first, !areRuns {
      throw TableError.badSide(b.0.name, "\(both.label(results.tellingKeys)) is on both sides; name more keys")
    }
    // The axes that no side names tell the cells; what moves with a named key counts as named.
    let named = Set([a.0, b.0].flatMap { side -> [String] in
      if case .configurations(let filter, _) = side { filter.conditions.map(\.column) } else { results.tellingKeys }
    })
    let axes = results.axes.filter { named.isDisjoint(with: $0.keys) }
    func cells(_ side: [ConfigurationResult]) -> [[AxisGroup.Value]: ConfigurationResult] {
      // The first of a cell is the best.
      Dictionary(side.filter { $0.score != nil }.map { result in (axes.map { $0.value(of: result) }, result) }) { first, _ in first }
    }
    let (first, second) = (cells(a.1), cells(b.1))
    var pairs = results.configurations.compactMap { result -> (ConfigurationResult, ConfigurationResult)? in
      let cell = axes.map { $0.value(of: result) }
      guard let one = first[cell], one.settings == result.settings, let other = second[cell] else { return nil }
      return (one, other)
    }
    let isSeveral = [(a.1, first), (b.1, second)].contains { side, cells in
      side.count { $0.score != nil } > cells.count
    }
    var choice = ""
    if pairs.isEmpty, let one = a.1.first, let other = b.1.first {
      pairs = [(one, other)]
      if a.1.count + b.1.count > 2 {
        let labels = [one, other].map { $0.label(results.tellingKeys) }
        choice = "They share no cell of the grid, so the best of each is compared: \(labels.joined(separator: " and "))."
      }
    } else if pairs.count > 1 || isSeveral {
      choice =
        "Compared in \(Wording.number(pairs.count, "cell")) of the grid"
        + (axes.isEmpty ? "" : " (\(axes.map(\.name).joined(separator: " × ")))")
        + (isSeveral ? ", in each the best of those that match." : ".")
    }
    let bySeed = pairs.map { one, other in (one.scoreBySeed, other.scoreBySeed) }
    let seedPairs = bySeed.map { one, other in
      Set(one.keys).intersection(other.keys).sorted().compactMap { seed in
        one[seed].flatMap { value in other[seed].map { (value, $0) } }
      }
    }
    self.results = results
    self.a = Side(name: a.0.name, results: pairs.map(\.0))
    self.b = Side(name: b.0.name, results: pairs.map(\.1))
    self.choice = choice
    seeds = Set(bySeed.flatMap { Set($0.0.keys).intersection($0.1.keys) }).sorted()
    let unpaired = bySeed.count == 1 ? MeanDifference(Array(bySeed[0].0.values), Array(bySeed[0].1.values)) : nil
    difference = MeanDifference(cells: seedPairs) ?? unpaired
  }
}

extension SideBySide {
  /// The comparison in a sentence or two.
  var sentence: String {
    guard let difference else { return "Nothing to compare yet: one of them has no finished run." }
    let unit = results.measure.unit
    let places = Self.places(difference)
    func number(_ value: Double) -> String {
      String(format: "%.\(places)f", value == 0 ? 0 : value).replacing("-", with: "−")
    }
    let basis =
      switch difference.method {
      case .paired: "over \(Wording.number(difference.count, "pair")) of \(Wording.number(seeds.count, "shared seed"))"
      case .welch: "from the spread within each, since they share no seed"
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
        "\(a.name) and \(b.name) are not told apart: \(better) is lower by \(number(amount)) \(unit), but \(basis) nothing is "
        + "known of the spread. Give the spec more seeds."
    }
    let flattered = [a, b].filter { $0.results.contains(where: \.isFlattered) }.map(\.name)
    let warning =
      flattered.isEmpty
      ? "" : " Runs of \(flattered.joined(separator: " and ")) that diverged or were stopped are left out of its mean."
    return [words + warning, choice].filter { !$0.isEmpty }.joined(separator: " ")
  }

  /// Decimal places up to two significant digits of the uncertainty, or of the difference where that isn't known.
  private static func places(_ difference: MeanDifference) -> Int {
    let error = difference.interval.map { ($0.high - $0.low) / 2 } ?? abs(difference.mean)
    return error > 0 ? min(max(1 - Int(log10(error).rounded(.down)), 0), 6) : 4
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
      let values = [a, b].map { side in Set(side.results.compactMap { $0.settings[key] }).sorted() }
      guard values[0] != values[1] else { continue }
      let digits = Scalar.digits(telling: values.flatMap { $0 })
      let cells = values.map { values -> Table.Cell in
        guard values.count == 1, let only = values.first else {
          let text = values.map { $0.label(digits: digits) }.joined(separator: ", ")
          return values.isEmpty ? .empty : Table.Cell(value: .text(text), text: text)
        }
        return Table.Cell(value: only, text: only.label(digits: digits))
      }
      table.rows.append([Table.Cell(value: .text(key), text: key)] + cells + Array(repeating: .empty, count: 4))
    }
    let measure = results.measure
    table.rows.append(measureRow("\(measure.phrase) (\(measure.shortUnit))"))
    let others: [(String, String, (ConfigurationResult) -> Double?)] = [
      (Measure.final.name, "final loss (nats/token)", \.finalLoss?.mean),
      (Measure.best.name, "best loss (nats/token)", \.bestLoss?.mean),
      (Measure.bitsPerByte.name, "bits/byte", \.bitsPerByte?.mean),
      ("", "tokens/s", \.tokensPerSecond?.mean), ("", "time (s)", \.seconds?.mean),
      ("", "parameters", { Double($0.parameters) }), ("", "finished runs", { Double($0.count(.finished)) }),
      ("", "diverged runs", { Double($0.count(.diverged)) }),
    ]
    for (name, title, value) in others where name != measure.name {
      let values = [a, b].map { $0.mean(value) }
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
      guard let mean = side.mean({ $0.score?.mean }) else { return .empty }
      let text = side.results.count == 1 ? side.results[0].score?.text : nil
      return Table.Cell(value: .number(mean), text: text ?? String(format: "%.4f", mean))
    }
    guard let difference else {
      return [Table.Cell(value: .text(title), text: title)] + cells + Array(repeating: .empty, count: 4)
    }
    let places = Self.places(difference)
    func number(_ value: Double) -> String { String(format: "%+.\(places)f", value).replacing("-", with: "−") }
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
