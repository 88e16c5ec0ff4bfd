import Foundation
import Store
import Words

extension Headline {
  /// The headline in sentences, what matters most first.
  package var sentences: [String] { winnerWords + comparisonWords + flatteredWords + learningRateWords + countWords }

  private func name(_ result: ConfigurationResult) -> String {
    let label = result.label(keys)
    return label.isEmpty ? "The only configuration" : label
  }

  private var winnerWords: [String] {
    guard let winner, let loss = winner.score else {
      let finished = counts[.finished] ?? 0
      if finished > 0 { return ["\(Wording.number(finished, "run")) finished, without a validation loss to compare."] }
      let isAll = counts[.diverged] == total && total > 0
      return [isAll ? "Every run diverged: try lower learning rates." : "Nothing has finished yet."]
    }
    let verb = keys.isEmpty ? "reached" : missing > 0 ? "is best so far, with" : "won with"
    return ["\(name(winner)) \(verb) a final validation loss of \(loss.text) nats per token."]
  }

  private var comparisonWords: [String] {
    guard let comparison else { return [] }
    let difference = comparison.difference
    let other = "the runner-up, \(name(comparison.runnerUp))"
    var words =
      difference.mean == 0 ? "It ties with \(other)" : "It beats \(other), by \(amount(difference)) nats per token"
    if let spreads = comparison.spreads, difference.mean != 0 {
      words +=
        ", \(String(format: "%.*f", spreads < 0.095 ? 2 : spreads < 9.95 ? 1 : 0, spreads)) times the spread over seeds"
    }
    guard let interval = difference.interval, let isMoreThanNoise = difference.isMoreThanNoise else {
      return [words + ". One seed can't tell such a difference from noise: give the spec \"seeds\": 3 or more."]
    }
    let basis =
      switch difference.method {
      case .paired: "paired over \(difference.count) seeds"
      case .welch: "from the spread within each"
      }
    let places = Self.places(of: (interval.high - interval.low) / 2)
    let range = [interval.low, interval.high].map { String(format: "%.*f", places, $0).replacing("-", with: "−") }
      .joined(separator: " to ")
    let verdict = isMoreThanNoise ? "more than noise" : "no more than noise"
    return [words + " (95 % interval \(range), \(basis)): \(verdict)."]
  }

  private var flatteredWords: [String] {
    guard let flattered, let loss = flattered.score else { return [] }
    return [
      "\(name(flattered)) has a lower mean, \(loss.text), but \(flattered.count(.diverged)) of its "
        + "\(flattered.runs.count) runs diverged."
    ]
  }

  private var learningRateWords: [String] {
    guard !curves.isEmpty else { return [] }
    let digits = Scalar.digits(telling: curves.flatMap { $0.points.map(\.lr) + $0.suggestions }.map(Scalar.number))
    func label(_ lr: Double) -> String { Scalar.number(lr).label(digits: digits) }
    // Curves with the same optimum share a part of the sentence.
    var optima: [(lr: Double, labels: [String])] = []
    for curve in curves {
      guard let lr = curve.optimum?.lr else { continue }
      if let place = optima.firstIndex(where: { $0.lr == lr }) {
        optima[place].labels.append(curve.label)
      } else {
        optima.append((lr, [curve.label]))
      }
    }
    let rates = optima.prefix(Self.mostCurves).map { lr, labels in
      let place = curves.count == 1 ? "" : labels.count == curves.count ? " everywhere" : " at \(Self.list(labels))"
      return label(lr) + place
    }
    let more = optima.count > rates.count ? "; others in the table" : ""
    // Curves that need the same values share a sentence.
    var edges: [(sentence: String, labels: [String])] = []
    // While a learning rate has no result yet, nothing is known of what lies beyond it.
    for curve in curves.prefix(Self.mostCurves)
    where curve.points.allSatisfy({ $0.result.score != nil || $0.result.count(.diverged) > 0 }) {
      guard let edge = curve.edge else { continue }
      let values = curve.suggestions.map(label).joined(separator: " and ")
      let sentence =
        "is the \(edge == .lowest ? "lowest" : "highest") tried, so a better one may lie beyond: add \(values)."
      if let place = edges.firstIndex(where: { $0.sentence == sentence }) {
        edges[place].labels.append(curve.label)
      } else {
        edges.append((sentence, [curve.label]))
      }
    }
    let edgeWords = edges.map { sentence, labels in
      (labels == [""] ? "That" : "At " + Self.list(labels) + ", that") + " " + sentence
    }
    let others = isSelection ? ", with the other axes at their best" : ""
    return ["Best learning rate\(others): \(rates.joined(separator: "; "))\(more)."] + edgeWords
  }

  private var countWords: [String] {
    guard total > 0 else { return [] }
    func part(_ count: Int, _ one: String, _ several: String) -> String {
      "\(count == 0 ? "none" : "\(count)") \(count > 1 ? several : one)"
    }
    let stopped = counts[.stopped].map { ", \($0) \($0 == 1 ? "was" : "were") stopped" } ?? ""
    let words =
      "Of \(total) run\(total == 1 ? "" : "s") \(part(counts[.diverged] ?? 0, "diverged", "diverged")), "
      + "\(part(counts[.failed] ?? 0, "failed", "failed"))\(stopped) and \(part(missing, "is missing", "are missing"))."
    return [words]
  }

  /// "a; b; c", and how many more where there are many.
  private static func list(_ labels: [String]) -> String {
    let more = labels.count > mostCurves ? " and \(labels.count - mostCurves) more" : ""
    return labels.prefix(mostCurves).joined(separator: "; ") + more
  }

  /// The difference rounded to its uncertainty, or to two digits where that isn't known.
  private func amount(_ difference: MeanDifference) -> String {
    let error = difference.interval.map { ($0.high - $0.low) / 2 } ?? difference.mean
    return String(format: "%.*f", max(Self.places(of: error), Self.places(of: difference.mean) - 1), difference.mean)
  }

  /// Decimal places up to two significant digits of a number.
  private static func places(of number: Double) -> Int {
    number > 0 ? min(max(1 - Int(log10(number).rounded(.down)), 0), 6) : 4
  }
}
