import Foundation
import Model
import Store
import Words

/// A first spec for a text: a question that every text has, with sizes that suit the text, and steps that suit this machine.
package struct FirstSpec {
  /// A key with its value, and why it has it.
  package struct Entry {
    package let key: SpecKey
    /// The value as it stands in the spec.
    package let json: String
    package let why: String
  }

  /// The keys in the order in which the spec has them.
  package let entries: [Entry]
  /// The spec as JSON.
  package let text: String
  /// Number of runs.
  package let runs: Int
  /// Seconds that training all of them takes; nil where this machine can't tell.
  package let seconds: Double?

  /// A text without enough for a model to learn from and be measured on.
  package struct TooShort: Error, CustomStringConvertible {
    package let description: String
  }

  /// What the spec asks.
  private static let rates = [0.001, 0.003, 0.01]
  private static let seeds = 3
  private static let batchSize = 8
  /// More passes over a text than this teach a small model little that is new.
  private static let passes = 10
  /// More different characters than this make most of a small model its embedding.
  private static let mostCharacters = 2000

  /// Chooses the values.
  ///
  /// - Parameters:
  ///   - corpus: The text.
  ///   - path: What the spec calls it.
  ///   - jobs: Runs that go side by side.
  ///   - wanted: Seconds that all training may take, about.
  /// - Throws: `TooShort`, or what the tokenizer says of the text.
  package init(for corpus: Corpus, path: String, jobs: Int = Machine.cores, seconds wanted: Double = 60) throws {
    let characters = Tokenizer(kind: .char, fittedTo: corpus.utf8).size
    let kind = characters > Self.mostCharacters ? Tokenizer.Kind.byte : .char
    let text = try TokenizedCorpus(
      corpus: corpus, tokenizer: Tokenizer(kind: kind, fittedTo: corpus.utf8),
      validationFraction: Configuration([:]).number(.validationFraction))
    let shorter = min(text.training.count, text.validation.count)
    guard let context = [64, 32, 16].first(where: { shorter > $0 }) else {
      throw TooShort(
        description: "has \(Wording.number(corpus.utf8.count, "byte")), too few to learn from; name a longer text.")
    }
    let width = text.training.count < 100_000 ? 32 : 64

    func planned(_ steps: Int) -> [PlannedRun] {
      Self.rates.flatMap { rate in
        (0..<Self.seeds).map { seed in
          var measuring = Measuring()
          (measuring.evalEvery, measuring.sampleEvery) = Self.cadences(steps)
          return PlannedRun(
            Configuration([
              .corpus: .text(path), .tokenizer: .text(kind.rawValue), .dModel: .integer(width),
              .contextLength: .integer(context), .lr: .number(rate), .batchSize: .integer(Self.batchSize),
              .steps: .integer(steps),
            ]), seed: Int64(seed), text: text, measuring: measuring)
        }
      }
    }
    let estimate = Estimate(planned(1000), jobs: jobs)
    func seconds(_ steps: Int) -> Double? { estimate.seconds(planned(steps).map { ($0, 0) }, jobs: jobs) }
    let perPass = text.training.count / (Self.batchSize * context)
    let most = min(max(50, Self.passes * perPass), 20_000)
    let steps = Self.steps(in: wanted, most: most, seconds)
    let (evalEvery, sampleEvery) = Self.cadences(steps)

    runs = Self.rates.count * Self.seeds
    self.seconds = seconds(steps)
    let passes = Double(steps * Self.batchSize * context) / Double(text.training.count)
    let times = "\(String(format: passes < 9.95 ? "%.1f" : "%.0f", passes)) times through the text"
    let limit =
      steps < most
      ? "what this machine trains in about a minute, all runs together: \(times)"
      : "\(times); more would teach a small model little that is new"
    func whole(_ value: Int) -> JSONValue { .integer(value) }
    let rates = Self.rates.map(JSONValue.number)
    let chosen: [(SpecKey, JSONValue, String)] = [
      (
        .description, .string("Which learning rate suits \(corpus.name)?"),
        "the question, which the report repeats"
      ),
      (
        .corpus, .string(path),
        "\(Wording.bytes(Double(corpus.utf8.count))) of text, its path from the spec; the last tenth is held out to measure the loss"
      ),
      (
        .tokenizer, .string(kind.rawValue),
        kind == .char
          ? "a token is a character, of which there are \(characters); \"word\" and \"byte\" are the others"
          : "a token is a byte, since \(characters) characters are many for a small model; \"char\" and \"word\" are the others"
      ),
      (
        .dModel, whole(width),
        "the width; [32, 64, 128] would try three. The text is \(width == 32 ? "short" : "long enough") for it"
      ),
      (.contextLength, whole(context), "tokens that the model sees at once; twice as many take about twice the time"),
      (.lr, .array(rates), "an axis: each value is a configuration. What suits a model best is seldom known before"),
      (.batchSize, whole(Self.batchSize), "sequences in a step"),
      (.steps, whole(steps), limit),
      (.evalEvery, whole(evalEvery), "steps between two evaluations, of which curves are drawn"),
      (.sampleEvery, whole(sampleEvery), "steps between two samples of what the model writes"),
      (.seeds, whole(Self.seeds), "each configuration so many times, so that differences get an interval"),
    ]
    entries = chosen.map { Entry(key: $0, json: SpecChanges.json($1), why: $2) }
    self.text = SpecChanges.text(
      Dictionary(uniqueKeysWithValues: chosen.map { ($0.0.rawValue, $0.1) }), order: chosen.map(\.0.rawValue))
  }

  /// Steps between evaluations and between samples: ten and two of them.
  private static func cadences(_ steps: Int) -> (evaluations: Int, samples: Int) {
    (max(1, steps / 10), max(1, steps / 2))
  }

  /// As many steps as take so long, at least 50 and at most so many, in two digits.
  static func steps(in wanted: Double, most: Int, _ seconds: (Int) -> Double?) -> Int {
    guard let few = seconds(100), let many = seconds(1100), many > few else { return min(most, 500) }
    let perStep = (many - few) / 1000
    let steps = 100 + (wanted - few) / perStep
    guard steps < Double(most) else { return most }
    let whole = max(50, Int(steps))
    let unit = whole >= 1000 ? 100 : whole >= 100 ? 10 : 1
    return whole / unit * unit
  }
}
