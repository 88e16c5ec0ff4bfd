import Answers
import Store

/// What the runs write: side by side at the same prompt and step, best to worst; and one run's texts as it learns.
struct SampleTables: Equatable {
  struct Text: Equatable {
    /// Which configuration, or which step.
    let label: String
    let prompt: String
    let text: String
  }

  /// The texts of several runs after one prompt.
  struct ByLoss: Equatable {
    let prompt: String
    /// The step that all of them share; nil where they share none, and each shows its last.
    let step: Int?
    let texts: [Text]
  }

  /// The texts of one run, in order of step.
  struct Learning: Equatable {
    let run: String
    let texts: [Text]
  }

  /// Most texts beside each other, and most prompts.
  private static let mostTexts = 8
  private static let mostPrompts = 4
  /// Characters shown of a text.
  private static let mostCharacters = 600

  let byLoss: [ByLoss]
  let learning: Learning?

  /// - Returns: Nil where no run has a sample.
  init?(_ results: ExperimentResults, _ database: ResultsDatabase) throws {
    let ranked = results.configurations.filter { $0.score != nil }
    let chosen = try Self.spread(ranked.count, Self.mostTexts).compactMap {
      place -> (ConfigurationResult, Run, [Sample])? in
      let runs = ranked[place].runs.filter { $0.state == .finished && $0.outcome.finalLoss != nil }
      let best = runs.min { ($0.outcome.finalLoss ?? 0) < ($1.outcome.finalLoss ?? 0) }
      guard let best, let id = best.id else { return nil }
      // Of a run that other experiments have too, what this one asks for.
      let samples = try database.samples(of: id).filter { results.experiment.measuring?.asksFor($0) ?? true }
      return samples.isEmpty ? nil : (ranked[place], best, samples)
    }
    guard let first = chosen.first else { return nil }

    var prompts: [Scalar] = []
    for prompt in first.2.map({ Scalar.text($0.prompt) }) where !prompts.contains(prompt) { prompts.append(prompt) }
    byLoss = prompts.prefix(Self.mostPrompts).map { prompt in
      let texts = chosen.map { ($0.0, $0.1, $0.2.filter { .text($0.prompt) == prompt }) }.filter { !$0.2.isEmpty }
      let shared = texts.map { Set($0.2.map(\.step)) }.reduce(Set(first.2.map(\.step))) { $0.intersection($1) }
      let step = shared.max()
      return ByLoss(
        prompt: Self.shortened(prompt.exact), step: step,
        texts: texts.compactMap { result, run, samples in
          guard let sample = samples.last(where: { step == nil || $0.step == step }) else { return nil }
          let name = results.varyingKeys.isEmpty ? "run \(run.id ?? 0)" : result.label(results.tellingKeys)
          let loss = result.score.map { ": loss \($0.meanText)" } ?? ""
          let place = step == nil ? ", step \(sample.step)" : ""
          return Self.text(name + loss + place, sample)
        })
    }
    let own = first.2.filter { .text($0.prompt) == prompts[0] }
    learning =
      own.count < 2
      ? nil
      : Learning(
        run: "run \(first.1.id ?? 0)\(results.varyingKeys.isEmpty ? "" : " (\(first.0.label(results.tellingKeys)))")",
        texts: Self.spread(own.count, Self.mostTexts).map { Self.text("step \(own[$0].step)", own[$0]) })
  }

  /// Up to `most` places of `count`, evenly spread, first and last among them.
  static func spread(_ count: Int, _ most: Int) -> [Int] {
    count <= most ? Array(0..<count) : (0..<most).map { ($0 * (count - 1) + (most - 1) / 2) / (most - 1) }
  }

  private static func text(_ label: String, _ sample: Sample) -> Text {
    Text(label: label, prompt: shortened(sample.prompt), text: shortened(sample.text))
  }

  private static func shortened(_ text: String) -> String {
    text.count <= mostCharacters ? text : text.prefix(mostCharacters - 1) + "…"
  }
}
