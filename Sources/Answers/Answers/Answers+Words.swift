import Foundation
import Store
import Words

/// Every sentence says what was computed, in the unit in which the runs compare, with its interval; "told apart" and "not told apart" are
/// the words.
extension Answers {
  /// All sentences, what matters most first.
  package var sentences: [String] { headline + findings + notes }

  /// The answer for each axis; where not all runs compare, what each part shows.
  package var findings: [String] {
    let parted = parts.flatMap { part in
      (part.answers.headline + part.answers.axes.map(\.sentence) + part.answers.settingWords).map { sentence in
        part.name.isEmpty ? sentence : "\(part.name): \(sentence)"
      }
    }
    return parted + axes.map(\.sentence)
  }

  /// The lowest score, in two sentences or three.
  package var headline: [String] { parts.isEmpty ? leaderWords + flatteredWords : [divideWords] }

  /// The best learning rates, what lies at an edge, what all have in common, what the answers rest on, what diverged or is missing.
  package var notes: [String] {
    let first = parts.first?.answers ?? self
    return unitWords + settingWords + fixedWords + first.basisWords + textWords + machineWords + unknownWords
      + countWords
      + nextWords
  }

  private var settingWords: [String] { rateWords + transferWords + edgeWords }

  private var unit: String { results.measure.unit }

  private func name(_ result: ConfigurationResult) -> String {
    let label = result.label(results.tellingKeys)
    return label.isEmpty ? "The only configuration" : label
  }

  private var divideWords: String {
    switch results.choice {
    case .heldOutTextsDiffer:
      "The runs were held to \(parts.count) different texts, and a loss on one says nothing about a loss on another: each is reported by itself."
    case .unknownWordsHidden, .metric:
      "The runs predict different tokens, and some were measured by an older version without what unknown words cost to spell: each kind is "
        + "reported by itself."
    }
  }

  /// Why the unit or the evaluated text leaves a doubt.
  private var unitWords: [String] {
    guard parts.isEmpty, results.choice != .metric(.finalLoss) else { return [] }
    guard results.measure.name == Measure.bitsPerByte.name else {
      return ["The runs predict different tokens, so nats per token don't say which is better; bits per byte do."]
    }
    let runs = results.comparable.flatMap(\.runs)
    let bytes = runs.compactMap(\.facts.evaluatedBytes)
    guard let least = bytes.min(), let most = bytes.max(), least < most,
      runs.contains(where: { $0.settings["eval_bytes"] == nil })
    else { return [] }
    return [
      "The evaluations cover different lengths of the held-out text, \(least) to \(most) bytes, so a part of each difference may be the text's; "
        + "\"eval_bytes\" instead of \"eval_tokens\" covers the same for all."
    ]
  }

  private var textWords: [String] {
    let sources = parts.isEmpty ? [(name: "", answers: self)] : parts
    let errors = sources.compactMap { source -> String? in
      let results = source.answers.results
      let errors = results.comparable.flatMap(\.runs).compactMap(results.measure.textError).sorted()
      guard !errors.isEmpty else { return nil }
      let error = errors[errors.count / 2]
      return String(format: "%.*f", Summary.places(to: error), error) + (source.name.isEmpty ? "" : " (\(source.name))")
    }
    guard !errors.isEmpty else { return [] }
    // What a single configuration lacks, several share.
    let several = sources.contains { $0.answers.results.comparable.count > 1 }
    let shared = several ? ", mostly the same for all configurations" : ""
    let brackets = sources.contains { $0.answers.hasIntervals } ? ", which the brackets don't count" : ""
    return [
      "The held-out text is a sample too: its windows leave a standard error of about \(Wording.list(errors)) \(unit) in "
        + "\(results.runs.count > 1 ? "each" : "the") loss\(shared)\(brackets)."
    ]
  }

  /// Whether differences have intervals: two configurations differ, and one has two seeds.
  private var hasIntervals: Bool {
    model.cells.count > 1 && leader?.equals != model.cells.count - 1 && model.cells.contains { $0.error != nil }
  }

  /// The keys that the spec gives one value.
  private var fixedWords: [String] {
    let spec = try? JSONSerialization.jsonObject(with: Data(results.experiment.spec.utf8)) as? [String: Any]
    guard let first = results.configurations.first, results.configurations.count > 1, let spec else { return [] }
    let keys = results.fixedKeys.filter { spec[$0] != nil && first.settings[$0] != nil && $0 != "prompts" }
    // A text that is held out is known to a run by its content alone.
    let validation = (spec["validation"] as? String).map { ["validation \($0)"] } ?? []
    let words = (keys.isEmpty ? [] : [first.label(keys)]) + validation
    return words.isEmpty
      ? [] : ["The same for all: \(words.joined(separator: ", ")); what the spec is silent about is as by default."]
  }

  /// What differs between the machines that trained the runs. Vectors of another width round sums otherwise; of the same width, processors
  /// differ in time alone.
  private var machineWords: [String] {
    let over = results.runs.filter(\.state.isOver)
    func kinds(_ value: (Run) -> String?) -> String? {
      let counts = Dictionary(grouping: over.compactMap(value), by: \.self).mapValues(\.count)
      guard counts.count > 1 else { return nil }
      let parts = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        .map { "\($0.key): \(Wording.number($0.value, "run"))" }
      return parts.joined(separator: "; ")
    }
    let vectors = kinds(\.provenance.blas).map {
      "The runs' products were computed in different ways (\($0)), which round differently: a part of each difference may be that. "
        + "`sweep --vectors` holds all machines to one."
    }
    let processors = kinds(\.provenance.cpu).map {
      "The runs were trained on different processors (\($0)): their times don't compare."
    }
    return [vectors, processors].compactMap(\.self)
  }

  /// How much of the evaluated text is unknown words, for each vocabulary.
  private var unknownWords: [String] {
    let shares = results.comparable.compactMap { result -> String? in
      guard let facts = result.runs.first?.facts, let tokens = facts.unknownTokens, tokens > 0,
        let allTokens = facts.evaluatedTokens, let bytes = facts.unknownBytes, let allBytes = facts.evaluatedBytes
      else { return nil }
      func percent(_ part: Int, _ whole: Int) -> String {
        String(format: "%.1f %%", 100 * Double(part) / Double(max(whole, 1)))
      }
      let size = result.settings["vocab_size"].map { "With vocab_size \($0.label)" } ?? "With this vocabulary"
      let charge =
        results.measure.name == Measure.bitsPerByte.name
        ? "; bits per byte charge their spelling" : ", which this loss doesn't spell"
      return
        "\(size) \(percent(tokens, allTokens)) of the evaluated tokens and \(percent(bytes, allBytes)) of the bytes are unknown words\(charge)."
    }
    return Set(shares).sorted()
  }

  private var nextWords: [String] {
    next.map { ["To run next, \($0.purpose): \($0.fragment) in the spec."] } ?? []
  }

  private var leaderWords: [String] {
    guard let leader, let score = leader.best.score else {
      let finished = counts[.finished] ?? 0
      if finished > 0 {
        return ["\(Wording.number(finished, "run")) finished, without a \(results.measure.phrase) to compare."]
      }
      let isAll = counts[.diverged] == results.runs.count && !results.runs.isEmpty
      return [isAll ? "Every run diverged: try lower learning rates." : "Nothing has finished yet."]
    }
    guard results.configurations.count > 1 else {
      return ["\(name(leader.best)) reached a \(results.measure.phrase) of \(score.text) \(unit)."]
    }
    let soFar = missing > 0 ? " so far" : ""
    let equals = leader.equals
    let areAllEqual = equals > 0 && equals == leader.count - 1
    let leaders =
      areAllEqual
      ? (leader.count == results.configurations.count
        ? "All \(leader.count) configurations" : "All \(leader.count) that are compared") + " have the same"
      : equals > 0
        ? "\(name(leader.best)) and \(Wording.number(equals, "other")) have the same lowest"
        : "\(name(leader.best)) has the lowest"
    var words = ["\(leaders) \(results.measure.phrase)\(soFar): \(score.text) \(unit)."]
    guard let allRivals = leader.rivals, leader.count > 1, !areAllEqual else { return words }
    let (others, rivals) = (leader.count - 1 - equals, allRivals - equals)
    let them = equals > 0 ? "them" : "it"
    // Of a single axis, its answer says the same.
    if axes.count != 1 || axes[0].entries.count != leader.count {
      let names =
        others == 1 ? "the other configuration" : rivals == 0 ? "all \(others) others" : "the \(others) others"
      words.append(
        rivals == 0
          ? "\(equals > 0 ? "They are" : "It is") told apart from \(names)."
          : others == 1
            ? "The other configuration isn't told apart from \(them)."
            : rivals == others
              ? "None of \(names) is told apart from \(them)."
              : "\(rivals) of \(names) \(rivals == 1 ? "isn't" : "aren't") told apart from \(them).")
    }
    // A correction that no digit shows isn't worth a sentence.
    if let corrected = leader.corrected.map({ String(format: "%.*f", score.places, $0) }), corrected != score.meanText {
      words.append(
        "\(equals > 0 ? "They were" : "It was") picked as the lowest of \(leader.count): fresh seeds would give about \(corrected) (parametric bootstrap)."
      )
    }
    return words
  }

  private var flatteredWords: [String] {
    guard let flattered, let score = flattered.score else { return [] }
    let ends = [(RunState.diverged, "diverged"), (.stopped, "stopped early")].compactMap { state, word in
      flattered.count(state) > 0 ? "\(flattered.count(state)) \(word)" : nil
    }
    return [
      "\(name(flattered)) has a lower mean, \(score.text), over the seeds that finished, but of its "
        + "\(flattered.runs.count) runs \(ends.joined(separator: " and ")): it isn't ranked before the others."
    ]
  }

  private var rateWords: [String] {
    guard !rates.isEmpty else { return [] }
    let digits = Scalar.digits(
      telling: rates.flatMap { rate in rate.curve.points.map(\.lr) + rate.curve.suggestions }.map(Scalar.number))
    func label(_ lr: Double) -> String { Scalar.number(lr).label(digits: digits) }
    // Curves with the same optimum share a part of the sentence.
    var optima: [(words: String, labels: [String])] = []
    for rate in rates {
      let range = rate.range.map { range in
        range.lowerBound == range.upperBound ? "" : " [\(label(range.lowerBound)) to \(label(range.upperBound))]"
      }
      let words = label(rate.lr) + (range ?? "")
      if let place = optima.firstIndex(where: { $0.words == words }) {
        optima[place].labels.append(rate.curve.label)
      } else {
        optima.append((words, [rate.curve.label]))
      }
    }
    let shown = optima.prefix(Self.mostCurves).map { words, labels in
      let place =
        rates.count == 1
        ? "" : labels.count == rates.count ? " everywhere" : " at \(Wording.values(labels, most: Self.mostCurves))"
      return words + place
    }
    let more = optima.count > shown.count ? "; others in the table" : ""
    let others = isSelection ? ", with the other axes at their best" : ""
    let brackets = rates.contains { $0.range.map { $0.lowerBound < $0.upperBound } ?? false }
    let explained = brackets ? " (in brackets: the rates not told apart from it)" : ""
    return ["Best learning rate\(others)\(explained): \(shown.joined(separator: "; "))\(more)."] + rateEdgeWords(label)
  }

  private func rateEdgeWords(_ label: (Double) -> String) -> [String] {
    // Curves that need the same values share a sentence.
    var edges: [(sentence: String, labels: [String])] = []
    for curve in rates.map(\.curve) {
      guard let edge = curve.openEdge else { continue }
      let values = curve.suggestions.map(label).joined(separator: " and ")
      let sentence =
        "the best learning rate is the \(edge == .lowest ? "lowest" : "highest") tried, so a better one may lie beyond: add \(values)."
      if let place = edges.firstIndex(where: { $0.sentence == sentence }) {
        edges[place].labels.append(curve.label)
      } else {
        edges.append((sentence, [curve.label]))
      }
    }
    return edges.map { sentence, labels in
      labels.count == rates.count && (labels == [""] || rates.count > 1)
        ? sentence.prefix(1).uppercased() + sentence.dropFirst()
        : "At \(Wording.values(labels, most: Self.mostCurves)) " + sentence
    }
  }

  private var transferWords: [String] { transfers.prefix(Self.mostCurves).map(\.sentence) }

  private var edgeWords: [String] {
    edges.map { axis, label, isGreatest in
      "\(axis.name) \(label), the best, is the \(isGreatest ? "greatest" : "least") tried: a better one may lie beyond."
    }
  }

  private var basisWords: [String] {
    let cells = model.cells
    guard cells.count > 1 else { return [] }
    guard cells.contains(where: { $0.error != nil }) else {
      return ["One seed a configuration says nothing about how far seeds spread: give the spec \"seeds\": 3 or more."]
    }
    guard hasIntervals else { return [] }
    let counts = cells.map(\.count)
    let (least, most) = (counts.min() ?? 0, counts.max() ?? 0)
    let seeds = least == most ? "\(least) seeds" : "\(least) to \(most) seeds"
    return [
      "Brackets after a difference hold the true one at 95 %, for all values of an axis at once: \(seeds) a configuration"
        + (model.hasBlocks ? ", seeds as blocks" : "") + ", variances moderated (Smyth 2004)."
    ]
  }

  private var countWords: [String] {
    let total = results.runs.count
    guard total > 0 else { return [] }
    func part(_ state: RunState, _ one: String, _ several: String) -> String? {
      counts[state].map { "\($0) \($0 == 1 ? one : several)" }
    }
    var words: [String] = []
    if let divergence {
      let place = divergence.place.map { place in
        ": \(divergence.count) of \(place.runs) at \(Wording.values(place.labels, most: Self.mostCurves))"
      }
      words.append("\(divergence.count) of \(Wording.number(total, "run")) diverged\(place ?? "").")
    }
    let rest = [part(.failed, "failed", "failed"), part(.stopped, "was stopped", "were stopped")].compactMap(\.self)
    if !rest.isEmpty { words.append("Of \(Wording.number(total, "run")) \(rest.joined(separator: " and ")).") }
    if missing > 0 {
      words.append("\(missing) of \(Wording.number(total, "run")) \(missing == 1 ? "is" : "are") missing.")
    }
    return words
  }
}

extension AxisAnswer {
  /// More values than this are counted, not named.
  private static let mostNamed = 4

  /// The answer in words: which value is best at its best over everything else, from which ones it is told apart, and by how much.
  package var sentence: String {
    guard let best = entries.first, let score = best.best.score else { return "" }
    let unit = best.best.measure.unit
    let equals = entries.dropFirst().filter { $0.best.scoreBySeed == best.best.scoreBySeed }
    let others = entries.dropFirst().filter { $0.best.scoreBySeed != best.best.scoreBySeed }
    let settings = best.best.label(otherKeys)
    let place = settings.isEmpty ? "" : ", at \(settings)"
    let leaders = Wording.values(([best] + equals).map(\.label), most: Self.mostNamed)
    guard !others.isEmpty else { return "\(axis.name): \(leaders) have the same loss\(place)." + shareWords }
    let known = others.compactMap { entry in entry.difference.map { (entry.label, $0) } }
    guard known.count == others.count else {
      let listed = others.prefix(Self.mostNamed).compactMap { entry in
        entry.best.score.map { "\(entry.label) by \(Self.amount($0.mean - score.mean))" }
      }
      let more = others.count > listed.count ? ["\(others.count - listed.count) more by at least as much"] : []
      let lie = others.count == 1 ? "lies" : "lie"
      return
        "\(axis.name): \(leaders) \(equals.isEmpty ? "has the lowest loss" : "have the same lowest loss")\(place); above it \(lie) "
        + "\(Wording.list(listed + more)) \(unit)." + shareWords
    }
    let apart = known.filter(\.1.isToldApart)
    let near = known.filter { !$0.1.isToldApart }
    func list(_ values: [(String, Estimate)], _ words: (String, String) -> String) -> String {
      let named = values.prefix(Self.mostNamed).map { words($0.0, Self.text($0.1)) }
      let more = values.count > named.count ? ["\(values.count - named.count) more"] : []
      return Wording.list(named + more, separator: axis.keys.count == 1 ? ", " : "; ")
    }
    let claim = equals.isEmpty ? (near.isEmpty ? "is best" : "has the lowest loss") : "have the same lowest loss"
    var words = "\(axis.name): \(leaders) \(claim)\(place)"
    if !apart.isEmpty { words += "; better than \(list(apart) { "\($0) by \($1)" }) \(unit)" }
    if !near.isEmpty {
      words +=
        "; not told apart from \(list(near) { "\($0): \($1)" })" + (apart.isEmpty ? " \(unit)" : "")
        + seedWords
    }
    return words + "." + shareWords
  }

  /// The telling keys but the axis's own.
  private var otherKeys: [String] { tellingKeys.filter { !axis.keys.contains($0) } }

  /// How many more seeds would tell what difference from the nearest value, if it isn't told apart: the interval's reach falls with the
  /// root of the seeds.
  package var seedsToTell: (count: Int, difference: Double)? {
    guard
      let nearest = entries.dropFirst().first(where: { $0.best.scoreBySeed != entries[0].best.scoreBySeed })?
        .difference,
      !nearest.isToldApart, nearest.reach > 0,
      let seeds = entries.map({ $0.best.scoreBySeed.count }).min()
    else { return nil }
    let goal = Self.niceNumber(below: 0.7 * nearest.reach)
    return (Int((Double(seeds) * (nearest.reach / goal) * (nearest.reach / goal)).rounded(.up)) - seeds, goal)
  }

  private var seedWords: String {
    guard let seedsToTell else { return "" }
    return
      "; about \(Wording.number(seedsToTell.count, "more seed")) would tell a difference of \(Scalar.number(seedsToTell.difference).label)"
  }

  private var shareWords: String {
    guard let share else { return "" }
    let unit = entries.first?.best.measure.unit ?? ""
    let part = "makes \(String(format: "%.0f", 100 * share)) % of the variance over the grid."
    // Of two values the difference stands there already.
    guard entries.count > 2 else { return " The axis \(part)" }
    return " From the worst value to the best the axis is worth \(Self.amount(worth)) \(unit), and it \(part)"
  }

  /// "0.105 [0.048, 0.162]".
  static func text(_ estimate: Estimate) -> String {
    let places = Summary.places(to: estimate.reach)
    func number(_ value: Double) -> String {
      let text = String(format: "%.*f", places, value)
      return (Double(text) == 0 ? String(format: "%.*f", places, 0.0) : text).replacing("-", with: "−")
    }
    return "\(number(estimate.value)) [\(number(estimate.low)), \(number(estimate.high))]"
  }

  /// Two significant digits of a difference of which no error is known.
  private static func amount(_ value: Double) -> String {
    String(format: "%.*f", Summary.places(to: abs(value)), value)
  }

  /// The greatest of …, 0.1, 0.2, 0.5, 1, … that is at most the number.
  private static func niceNumber(below number: Double) -> Double {
    let power = pow(10, log10(number).rounded(.down))
    return ([5, 2, 1].first { $0 * power <= number } ?? 1) * power
  }
}

extension Transfer {
  /// The optimum of each size with its interval, and what the exponent supports.
  package var sentence: String {
    let place = label.isEmpty ? "" : ", \(label)"
    let optima = sizes.map { "\($0.optimumWords) at \($0.label)" }
    return
      "Optimum of lr over \(key)\(place) (parabola of the loss over ln lr): \(optima.joined(separator: "; ")). \(verdictWords)"
  }

  /// What the exponent supports, for a chart's title: "transfers, d_model^0.05 [−0.25, 0.34]".
  package var verdictTitle: String {
    let word =
      switch verdict {
      case .transfers: "the best lr transfers"
      case .falls: "the best lr falls"
      case .rises: "the best lr rises"
      case .undecided: "whether the best lr moves isn't told"
      }
    return power.map { "\(word), \($0)" } ?? word
  }

  /// What the exponent supports, in a sentence.
  private var verdictWords: String {
    let inner = sizes.count { $0.optimum.logRate != nil }
    guard let power else {
      if inner < 3 {
        return
          "It takes three sizes with an optimum between others to say whether it moves: add learning rates beyond the edges, or sizes."
      }
      return sizes.contains { $0.optimum.interval == nil }
        ? "One seed a configuration doesn't say whether it moves: give the spec \"seeds\": 3 or more."
        : "These data can't tell whether it moves: fewer than three sizes have an optimum whose interval ends; add seeds, or learning rates."
    }
    let others = leftOut.isEmpty ? "" : " without \(Wording.list(leftOut.map(\.label)))"
    let shift = power + others
    return switch verdict {
    case .transfers: "It transfers: it moves as \(shift)."
    case .falls: "It falls as \(shift)."
    case .rises: "It rises as \(shift)."
    case .undecided where strangers.isEmpty: "These data can't tell whether it moves: \(shift)."
    case .undecided:
      "These data can't tell how it moves: \(shift), but at \(Wording.list(strangers.map(\.label))) it lies elsewhere."
    }
  }

  /// "d_model^−0.8 [−1.0, −0.6]"; nil where there is no exponent.
  private var power: String? { exponent.map { "\(key)^\(AxisAnswer.text($0))" } }
}

extension Transfer.Size {
  /// "0.0021 [0.0018, 0.0025]", or on which side of what was tried it lies.
  fileprivate var optimumWords: String {
    func number(_ logRate: Double) -> String { Scalar.number(exp(logRate)).label(digits: 2) }
    guard let logRate = optimum.logRate else {
      let (reach, place) = (optimum.reach, curve.edge == nil ? "at the edge of what finished" : "at the edge")
      if reach.upperBound.isFinite { return "\(place), lies below \(number(reach.upperBound))" }
      return reach.lowerBound.isFinite ? "\(place), lies above \(number(reach.lowerBound))" : place
    }
    guard let interval = optimum.interval else { return number(logRate) }
    let low = interval.lowerBound.isFinite ? number(interval.lowerBound) : "beyond the lowest"
    let high = interval.upperBound.isFinite ? number(interval.upperBound) : "beyond the highest"
    return "\(number(logRate)) [\(low), \(high)]"
  }
}
