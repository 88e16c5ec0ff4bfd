import Foundation
import Store

/// What an experiment came to, computed: the best configuration and how many aren't told apart from it, an answer for each axis, the best
/// learning rates, what diverged and where, what lies at an edge and what to run next.
package struct Answers {
  /// The lowest score, and what is known of it.
  package struct Leader {
    package let best: ConfigurationResult
    /// Its mean as it would be with fresh seeds: the lowest of many means is picked, and lies below its true value on average. Nil where
    /// there is no rival or no error is known.
    package let corrected: Double?
    /// How many configurations are compared, itself included.
    package let count: Int
    /// How many of the others aren't told apart from it; nil where no error is known.
    package let rivals: Int?
    /// How many of the others have the same score with every seed.
    let equals: Int
  }

  /// The best learning rate beside certain values of the other axes.
  package struct BestRate {
    package let curve: LearningRateCurve
    package let lr: Double
    /// The lowest and the highest of the learning rates that aren't told apart from it; nil where no error is known.
    package let range: ClosedRange<Double>?
  }

  package let results: ExperimentResults
  /// Where not all runs compare, the answers for each part that does, with the part's name.
  package let parts: [(name: String, answers: Answers)]
  /// Nil where nothing finished.
  package let leader: Leader?
  /// A configuration with a lower mean than the leader's over the seeds that finished, while others of its seeds did not.
  package let flattered: ConfigurationResult?
  /// In the order of the spec's axes.
  package let axes: [AxisAnswer]
  /// More learning-rate curves than this are told by one axis alone.
  static let mostCurves = 8
  /// For each combination of the other axes; of many, for each value of the first of them, the combination with the best optimum.
  package let rates: [BestRate]
  /// Where a width or a depth varies beside the learning rate: whether the best rate moves with it.
  package let transfers: [Transfer]
  /// Whether each of `rates` stands for others too.
  let isSelection: Bool
  /// The model from which the errors are.
  let model: CellModel

  package init(_ results: ExperimentResults) {
    self.results = results
    parts = results.parts.map { part in (results.name(of: part), Answers(part)) }
    let cells = results.comparable
    model = CellModel(cells.map(\.scoreBySeed))
    let everyCell = cells.isEmpty ? nil : BestOfGroups(model, groups: cells.indices.map { [$0] })
    leader = (cells.first ?? (results.parts.isEmpty ? results.ranked.first : nil)).map { best in
      let rivals = everyCell.map { bests in bests.differences.dropFirst().compactMap(\.self).filter { !$0.isToldApart }
      }
      let isKnown = everyCell?.optimism != nil
      return Leader(
        best: best,
        corrected: isKnown ? everyCell?.optimism.flatMap { optimism in best.score.map { $0.mean + optimism } } : nil,
        count: cells.count, rivals: isKnown ? rivals?.count : nil,
        equals: cells.dropFirst().count { $0.scoreBySeed == best.scoreBySeed })
    }
    let least = leader?.best.score?.mean ?? -.infinity
    flattered = leader == nil ? nil : results.ranked.first { $0.isFlattered && ($0.score?.mean ?? .infinity) < least }
    axes = AxisAnswer.answers(of: results, model)
    let all =
      results.parts.isEmpty ? results.learningRateCurves.filter { $0.points.count > 1 && $0.optimum != nil } : []
    let curves = all.count > Self.mostCurves ? Self.bestByFirstAxis(all, results) : all
    isSelection = curves.count < all.count
    transfers = Transfer.all(of: results)
    rates = curves.compactMap(Self.best)
  }

  private static func best(of curve: LearningRateCurve) -> BestRate? {
    guard let optimum = curve.optimum else { return nil }
    let points = curve.points.filter { $0.result.score != nil && !$0.result.isFlattered }
    guard points.count > 1, !optimum.result.isFlattered else {
      return BestRate(curve: curve, lr: optimum.lr, range: nil)
    }
    let bests = BestOfGroups(CellModel(points.map(\.result.scoreBySeed)), groups: points.indices.map { [$0] })
    let near = zip(points, bests.differences).filter { $1.map { !$0.isToldApart } ?? false }.map(\.0.lr)
    let range = near.min().flatMap { low in near.max().map { low...$0 } }
    return BestRate(curve: curve, lr: optimum.lr, range: range)
  }

  private static func bestByFirstAxis(_ curves: [LearningRateCurve], _ results: ExperimentResults)
    -> [LearningRateCurve]
  {
    guard let axis = results.axes.first(where: { $0.keys != ["lr"] }) else { return curves }
    return axis.values.compactMap { value in
      let here = curves.filter { curve in curve.points.contains { axis.value(of: $0.result) == value } }
      let best = here.min { one, other in
        guard let a = one.optimum?.result, let b = other.optimum?.result else { return one.optimum != nil }
        return ConfigurationResult.isBetter(a, than: b)
      }
      return best.map { LearningRateCurve(label: axis.label(value), points: $0.points) }
    }
  }

  /// The runs by their states; none is zero.
  var counts: [RunState: Int] { Dictionary(grouping: results.runs, by: \.state).mapValues(\.count) }

  /// The number of runs that have no result and may still get one.
  var missing: Int { [RunState.queued, .running, .interrupted].reduce(0) { $0 + (counts[$1] ?? 0) } }
}

extension Answers {
  /// Where runs diverged: the axis whose values with a diverged run have the fewest other runs.
  struct Divergence {
    let count: Int
    /// The values' names, and how many runs have them; nil where nothing tells the diverged runs from the others.
    let place: (labels: [String], runs: Int)?
  }

  var divergence: Divergence? {
    let count = counts[.diverged] ?? 0
    guard count > 0 else { return nil }
    let places = results.axes.map { axis in
      let here = axis.values.filter { value in
        results.configurations.contains { axis.value(of: $0) == value && $0.count(.diverged) > 0 }
      }
      let runs = results.configurations.filter { here.contains(axis.value(of: $0)) }.reduce(0) { $0 + $1.runs.count }
      return (axis: axis, values: here, runs: runs)
    }
    guard let least = places.min(by: { $0.runs < $1.runs }), least.runs < results.runs.count else {
      return Divergence(count: count, place: nil)
    }
    return Divergence(count: count, place: (least.values.map(least.axis.label), least.runs))
  }
}

extension Answers {
  /// An axis whose best value is the least or the greatest tried and is told apart from the next: a better one may lie beyond.
  var edges: [(axis: AxisGroup, label: String, isGreatest: Bool)] {
    axes.compactMap { answer in
      guard answer.axis.keys.count == 1, answer.axis.keys != ["lr"], answer.axis.isOrdered,
        answer.axis.values.count > 2,
        let best = answer.entries.first, let place = answer.axis.values.firstIndex(of: best.value),
        place == 0 || place == answer.axis.values.count - 1
      else { return nil }
      // No model has fewer heads or layers than one.
      if place == 0, case .integer(let least)? = best.value[0], least < 2 { return nil }
      // A vocabulary that holds every word can't grow.
      if place > 0, answer.axis.keys == ["vocab_size"], let size = best.best.runs.first?.facts.vocabSize,
        best.value[0]?.number ?? 0 > Double(size)
      {
        return nil
      }
      let next = answer.axis.values[place == 0 ? 1 : place - 1]
      guard answer.entries.first(where: { $0.value == next })?.difference?.isToldApart ?? false else { return nil }
      return (answer.axis, best.label, place > 0)
    }
  }
}

extension Answers {
  /// What to run next: keys with their values, to be laid over the spec.
  package struct Next: Equatable {
    /// What it is for, in half a sentence.
    package let purpose: String
    /// The JSON object.
    package let fragment: String
  }

  /// More learning rates where the best is the first or last tried; else more seeds where values aren't told apart, since seeds tell nothing
  /// of learning rates that weren't tried; nil where neither helps, or while runs are missing.
  package var next: Next? {
    guard missing == 0 else { return nil }
    let edges = rates.map(\.curve).filter { $0.openEdge != nil }
    if !edges.isEmpty {
      let purpose = "to look beyond the learning rates tried"
      func values(_ curves: [LearningRateCurve]) -> String {
        let beyond = curves.flatMap { $0.openEdge == nil ? [] : $0.suggestions }
        let lr = Set(curves.flatMap { $0.points.map(\.lr) } + beyond).sorted()
        return "\"lr\": [\(lr.map { Scalar.number($0).exact }.joined(separator: ", "))]"
      }
      if results.axes.count == 1 || axes.contains(where: { $0.axis.keys == ["lr"] }) {
        return Next(purpose: purpose, fragment: "{\(values(rates.map(\.curve)))}")
      }
      guard !isSelection else { return nil }
      // Learning rates that belong to variants can't be written beside them, so each curve becomes a variant.
      let keys = results.tellingKeys + results.variantKeys.filter { !results.tellingKeys.contains($0) }
      let variants = rates.map { rate in
        let settings = rate.curve.points.first?.result.settings ?? [:]
        let others = keys.filter { $0 != "lr" }.compactMap { key in settings[key].map { "\"\(key)\": \($0.json)" } }
        return "{\((others + [values([rate.curve])]).joined(separator: ", "))}"
      }
      return Next(purpose: purpose, fragment: "{\"variants\": [\(variants.joined(separator: ", "))]}")
    }
    guard let answer = axes.first(where: { $0.seedsToTell != nil }), let more = answer.seedsToTell,
      let seeds = model.cells.map(\.count).min(), seeds + more.count <= 20
    else { return nil }
    return Next(
      purpose: "to tell a difference of \(Scalar.number(more.difference).label) in \(answer.axis.name)",
      fragment: "{\"seeds\": \(seeds + more.count)}")
  }
}

extension ExperimentResults {
  /// The keys that the spec's `variants` hold, in alphabetical order.
  fileprivate var variantKeys: [String] {
    let spec = try? JSONSerialization.jsonObject(with: Data(experiment.spec.utf8)) as? [String: Any]
    return Set((spec?["variants"] as? [[String: Any]] ?? []).flatMap(\.keys)).sorted()
  }

  /// What tells a part from the others, of the keys that decide what compares: "corpus en.txt".
  package func name(of part: ExperimentResults) -> String {
    let keys = [
      "corpus", "validation", "split", "document_mark", "validation_fraction", "tokenizer", "vocab_size",
      "context_length",
    ]
    let varying = keys.filter { key in Set(configurations.map { $0.settings[key] }).count > 1 }
    let constant = varying.filter { key in Set(part.configurations.map { $0.settings[key] }).count == 1 }
    return part.configurations.first?.label(constant) ?? ""
  }
}

extension Scalar {
  /// As a spec writes it.
  fileprivate var json: String {
    guard number == nil else { return exact }
    return (try? JSONEncoder().encode(self)).map { String(decoding: $0, as: UTF8.self).replacing("\\/", with: "/") }
      ?? exact
  }
}
