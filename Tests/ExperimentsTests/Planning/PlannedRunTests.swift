import Model
import Store
import Testing

@testable import Experiments

@Suite(.timeLimit(.minutes(10)))
struct PlannedRunTests {
  /// A run on 80 short lines: 949 characters to learn from, 91 held out.
  private func run(
    _ values: [SpecKey: Scalar] = [:], seed: Int64 = 0, measuring: Measuring = Measuring()
  ) throws -> PlannedRun {
    let small: [SpecKey: Scalar] = [.dModel: 4, .heads: 2, .layers: 1, .contextLength: 8, .batchSize: 2, .steps: 10]
    let configuration = Configuration(small.merging(values) { $1 })
    let corpus = Corpus(name: "text.txt", text: String(repeating: "The cat's on\n", count: 80))
    var library = TextLibrary()
    return PlannedRun(
      configuration, seed: seed, text: try library.tokens(of: corpus, validation: nil, configuration),
      measuring: measuring)
  }

  @Test(
    "An optimizer has its literature's hyperparameters where a spec is silent, and a spec's where it isn't",
    arguments: [
      ("lion", 1e-4, [.beta1: 0.9, .beta2: 0.99, .weightDecay: 0.1]),
      ("signum", 1e-4, [.momentum: 0.9, .weightDecay: 0.0]),
      (
        "muon", 0.02,
        [
          .momentum: 0.95, .muonScale: .word("spectral"), .muonSteps: 5.0, .adamRate: 3e-4, .beta1: 0.9, .beta2: 0.95,
          .epsilon: 1e-10, .weightDecay: 0.0,
        ]
      ),
      (
        "ademamix", 1e-3,
        [.beta1: 0.9, .beta2: 0.999, .beta3: 0.9999, .alpha: 8.0, .epsilon: 1e-8, .weightDecay: 0.1]
      ),
      ("schedule_free", 0.0025, [.beta1: 0.9, .beta2: 0.999, .epsilon: 1e-8, .weightDecay: 0.0]),
    ] as [(String, Double, [Optimizer.Hyperparameter: Optimizer.Value])])
  func optimizers(word: String, lr: Double, values: [Optimizer.Hyperparameter: Optimizer.Value]) throws {
    let kind = try #require(Optimizer.Kind(rawValue: word))
    let settings = try run([.optimizer: .text(word)]).settings
    #expect(settings.optimizer == Optimizer(kind, values))
    #expect(settings.schedule.peak == lr)
    #expect(settings.schedule.shape == (kind.needsConstantRate ? .constant : .cosine(finalFraction: 0.1)))
    let others: [SpecKey: Scalar] = [.weightDecay: 0.5, .weightDecayKind: "independent", .cautiousDecay: true]
    let choices: [Optimizer.Hyperparameter: Optimizer.Value] = [
      .weightDecay: 0.5, .weightDecayKind: .word("independent"), .cautiousDecay: .flag(true),
    ]
    #expect(
      try run(others.merging([.optimizer: .text(word)]) { $1 }).settings.optimizer
        == Optimizer(kind, values.merging(choices) { $1 }))
  }

  @Test("Every hyperparameter and every number of a schedule is a spec's key")
  func names() {
    for hyperparameter in Optimizer.Hyperparameter.allCases {
      #expect(SpecKey(rawValue: hyperparameter.rawValue) != nil)
    }
    for parameter in LearningRateSchedule.Parameter.allCases { #expect(SpecKey(rawValue: parameter.rawValue) != nil) }
  }

  @Test(
    "A configuration's training keys become the trainer's settings",
    arguments: [
      ([:], .adamW(beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01), .cosine(finalFraction: 0.1), 1),
      (
        [.optimizer: "adam", .beta1: 0.5, .beta2: 0.6, .epsilon: 0.7, .gradClip: 2.5],
        .adam(beta1: 0.5, beta2: 0.6, epsilon: 0.7), .cosine(finalFraction: 0.1), 2.5
      ),
      (
        [.optimizer: "adamw", .weightDecay: 0.5, .schedule: "linear", .finalLRFraction: 0.25],
        .adamW(beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.5), .linear(finalFraction: 0.25), 1
      ),
      (
        [.optimizer: "sgd", .momentum: 0.75, .schedule: "constant", .gradClip: 0.0], .sgd(momentum: 0.75), .constant,
        nil
      ),
      ([.optimizer: "sgd"], .sgd(momentum: 0), .cosine(finalFraction: 0.1), 1),
      (
        [.optimizer: "sgd", .schedule: "wsd", .decayShape: "cosine"], .sgd(momentum: 0),
        .wsd(.cosine, fraction: 0.2, finalFraction: 0), 1
      ),
      ([.optimizer: "sgd", .schedule: "power"], .sgd(momentum: 0), .power(exponent: 2, finalFraction: 0), 1),
      ([.optimizer: "sgd", .schedule: "inverse_sqrt"], .sgd(momentum: 0), .inverseSqrt, 1),
    ] as [([SpecKey: Scalar], Optimizer, LearningRateSchedule.Shape, Double?)])
  func settings(
    values: [SpecKey: Scalar], optimizer: Optimizer, shape: LearningRateSchedule.Shape, clip: Double?
  ) throws {
    let run = try run(values.merging([.lr: 0.02, .warmupSteps: 3]) { $1 })
    #expect(
      run.settings
        == TrainingSettings(
          optimizer: optimizer,
          schedule: LearningRateSchedule(peak: 0.02, shape: shape, warmupSteps: 3, steps: 10), batchSize: 2,
          gradientClip: clip))
  }

  @Test("A run's architecture comes from its model keys and from its text's vocabulary")
  func shape() throws {
    let run = try run([.dFF: 12])
    #expect(
      run.architecture == Architecture(vocabularySize: 12, contextLength: 8, dModel: 4, heads: 2, layers: 1, dFF: 12))
    #expect(try self.run([.tokenizer: "byte"]).architecture.vocabularySize == 256)
    #expect(try self.run([.tokenizer: "word"]).architecture.vocabularySize == 4)
    #expect(try self.run([.tokenizer: "word", .vocabSize: 3]).architecture.vocabularySize == 3)
    #expect(run.tokensPerStep == 16)
    // Embedding 12·4, positions 8·4, four matrices 4·4, two 4·12, three gammas of 4.
    #expect(run.parameters == 48 + 32 + 64 + 96 + 12)
    #expect(run.trainingFlops == run.architecture.trainingFlopsPerToken * 160)
  }

  @Test("The row of a run says what its configuration says")
  func record() throws {
    let run = try run([.lr: 0.25, .warmupSteps: 1, .optimizer: "sgd", .schedule: "linear"], seed: 7)
    var facts = Run.Facts(corpus: "text.txt", vocabSize: 12, parameters: 284, trainingFlops: run.trainingFlops)
    facts.heldOutSHA256 = SHA256.hexDigest(of: Array(String(repeating: "The cat's on\n", count: 7).utf8))
    (facts.evaluatedTokens, facts.evaluatedBytes, facts.unknownTokens, facts.unknownBytes) = (88, 88, 0, 0)
    #expect(run.record == Run(config: run.identity, seed: 7, facts: facts))
    #expect(run.record.settings["lr"] == 0.25)
    #expect(run.record.settings["optimizer"] == "sgd")
  }

  @Test("Runs are the same by identity and seed, and no others by what is looked at")
  func key() throws {
    #expect(try run().key == run([.lr: 0.001]).key)
    #expect(try run().key != run(seed: 1).key)
    var measuring = Measuring()
    measuring.prompts = ["cat"]
    measuring.temperature = 0
    #expect(try run(measuring: measuring).key == run().key)
    #expect(try run(measuring: measuring).fileName == run().fileName)
    #expect(try run().key != run([.lr: 0.002]).key)
  }

  @Test("Evaluations follow every so many steps, from the untrained model on, and the last step")
  func evaluations() throws {
    func steps(_ every: Int) throws -> [Int] {
      var measuring = Measuring()
      measuring.evalEvery = every
      let run = try run(measuring: measuring)
      #expect(run.evaluations(after: 0) == (0...10).count(where: run.observations[0].evaluations.contains))
      // Another experiment's cadence adds what is its own alone; its prompts add nothing.
      var shared = run
      measuring.prompts = ["cat"]
      shared.observations += try self.run(measuring: measuring).observations
      #expect(shared.evaluations(after: 0) == run.evaluations(after: 0))
      measuring.evalEvery = 3
      shared.observations += try self.run(measuring: measuring).observations
      #expect(
        shared.evaluations(after: 2)
          == (3...10).count { step in shared.observations.contains { $0.evaluations.contains(step) } })
      return (0...10).filter(run.observations[0].evaluations.contains)
    }
    #expect(try steps(4) == [0, 4, 8, 10])
    #expect(try steps(5) == [0, 5, 10])
    #expect(try steps(100) == [0, 10])
  }

  @Test("Samples follow every so many steps, but not the untrained model, and the last step")
  func samples() throws {
    func steps(_ every: Int) throws -> [Int] {
      var measuring = Measuring()
      measuring.sampleEvery = every
      let run = try run(measuring: measuring)
      return (0...10).filter { !run.samples(after: $0).isEmpty }
    }
    #expect(try steps(4) == [4, 8, 10])
    #expect(try steps(0) == [10])
    #expect(try steps(100) == [10])
  }

  @Test(
    "An evaluation covers whole windows, at least one, up to eval_tokens and to the text's end",
    arguments: [(1, 1..<9), (8, 1..<9), (23, 1..<17), (24, 1..<25), (88, 1..<89), (1_000_000, 1..<89)])
  func evaluatedTokens(limit: Int, expected: Range<Int>) throws {
    #expect(try run([.evalTokens: .integer(limit)]).evaluatedTokens == expected)
  }

  @Test("With eval_bytes the same bytes are evaluated with every tokenizer, vocabulary and context")
  func evaluatedBytes() throws {
    let variants: [[SpecKey: Scalar]] = [
      [:], [.tokenizer: "byte"], [.tokenizer: "word"], [.tokenizer: "word", .vocabSize: 3], [.contextLength: 5],
      [.contextLength: 40],
    ]
    let runs = try variants.map { try run($0.merging([.evalBytes: 50]) { $1 }) }
    // From the end of "The" on: "The cat's on\n" three times more than once, and " cat's on\nThe".
    #expect(runs.map(\.evaluated.bytes) == [Int](repeating: 49, count: 6))
    #expect(runs.map(\.evaluatedTokens.count) == [49, 49, 15, 15, 49, 49])
    #expect(Set(runs.map(\.text.heldOutSHA256)).count == 1)
    #expect(RankingMetric.choice(for: runs.map(\.record.basis)) == .metric(.finalBitsPerByte))
    #expect(RankingMetric.choice(for: [runs[0], runs[4], runs[5]].map(\.record.basis)) == .metric(.finalLoss))
    #expect(
      try RankingMetric.choice(for: [run(), run([.contextLength: 40])].map(\.record.basis))
        == .metric(.finalBitsPerByte))
  }

  @Test("Bits per byte don't depend on what a token is")
  func bitsPerByte() throws {
    let ln2 = 0.6931471805599453
    #expect(abs(try run().evaluated.bitsPerByte(ln2) - 1) < 1e-15)
    #expect(abs(try run([.tokenizer: "byte"]).evaluated.bitsPerByte(3 * ln2) - 3) < 1e-15)
    // Two windows of 8 words are 4 lines of 13 bytes, less the first word's 3, with the next line's first word.
    let words = try run([.tokenizer: "word", .evalTokens: 16])
    #expect(words.evaluatedTokens == 1..<17)
    #expect(abs(words.evaluated.bitsPerByte(ln2) - 16.0 / 52) < 1e-15)
  }
}
