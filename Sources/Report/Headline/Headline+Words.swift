import Foundation
import Store

extension Headline {
  /// More learning-rate curves than this are left to table and chart.
  private static let mostCurves = 8

  /// The headline in sentences, what matters most first.
  var sentences: [String] { winnerWords + comparisonWords + flatteredWords + learningRateWords + [countWords] }

  private func name(_ result: ConfigurationResult) -> String {
    let label = result.label(keys)
    return label.isEmpty ? "The only configuration" : label
  }

  private var winnerWords: [String] {
    guard let winner, let loss = winner.finalLoss else {
      return [
        counts[.diverged] == total && total > 0
          ? "Every run diverged: try lower learning rates." : "Nothing has finished yet."
      ]
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
    guard let flattered, let loss = flattered.finalLoss else { return [] }
    return [
      "\(name(flattered)) has a lower mean, \(loss.text), but \(flattered.count(.diverged)) of its "
        + "\(flattered.runs.count) runs diverged."
    ]
  }

  private var learningRateWords: [String] {
    guard !curves.isEmpty else { return [] }
    let shown = curves.prefix(Self.mostCurves)
    let rates = shown.compactMap { curve in
      curve.optimum.map { Setting.number($0.lr).label + (curve.label.isEmpty ? "" : " at \(curve.label)") }
    }
    let more = curves.count > shown.count ? "; \(curves.count - shown.count) more in the table" : ""
    // Curves that need the same values share a sentence.
    var edges: [(sentence: String, labels: [String])] = []
    for curve in shown {
      guard let edge = curve.edge else { continue }
      let values = curve.suggestions.map { Setting.number($0).label }.joined(separator: " and ")
      let sentence =
        "is the \(edge == .lowest ? "lowest" : "highest") tried, so a better one may lie beyond: add \(values)."
      if let place = edges.firstIndex(where: { $0.sentence == sentence }) {
        edges[place].labels.append(curve.label)
      } else {
        edges.append((sentence, [curve.label]))
      }
    }
    let edgeWords = edges.map { sentence, labels in
      (labels == [""] ? "That" : "At " + labels.joined(separator: "; ") + ", that") + " " + sentence
    }
    return ["Best learning rate: \(rates.joined(separator: "; "))\(more)."] + edgeWords
  }

  private var countWords: String {
    func words(_ count: Int, _ one: String, _ several: String) -> String {
      "\(count == 0 ? "none" : "\(count)") \(count > 1 ? several : one)"
    }
    return "Of \(total) run\(total == 1 ? "" : "s") \(words(counts[.diverged] ?? 0, "diverged", "diverged")), "
      + "\(words(counts[.failed] ?? 0, "failed", "failed")) and \(words(missing, "is missing", "are missing"))."
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
