import Foundation
import Model
import Store

/// A run with everything at hand that training it needs.
package struct PlannedRun: Sendable {
  /// What makes a run unique.
  package struct Key: Hashable, Sendable {
    package let identity: String
    package let seed: Int64
  }

  package let configuration: Configuration
  package let seed: Int64
  package let text: TokenizedCorpus
  /// What training goes on from; nil where parameters are drawn.
  package let initialWeights: InitialWeights?
  /// What of the held-out text an evaluation predicts.
  package let evaluated: EvaluatedText
  /// What is looked at on the way, for each experiment that asks for the run, each once; no part of the run's identity.
  package var observations: [Observation]
  /// Seconds between checkpoints; no part of the run's identity.
  package let checkpointSeconds: Double
  /// The configuration's identity as canonical JSON.
  package let identity: String
  package let architecture: Architecture
  package let settings: TrainingSettings

  /// - Parameter opening: The text's, where it is at hand: to find it takes longer than all the rest.
  package init(
    _ configuration: Configuration, seed: Int64, text: TokenizedCorpus, initialWeights: InitialWeights? = nil,
    evaluated: EvaluatedText? = nil,
    measuring: Measuring, checkpointSeconds: Double = 30, opening: String? = nil
  ) {
    guard let evaluated = evaluated ?? text.evaluated(configuration) else {
      preconditionFailure("nothing of \(text.heldOutCorpus.name) can be evaluated")
    }
    self.configuration = configuration
    self.seed = seed
    self.text = text
    self.initialWeights = initialWeights
    self.evaluated = evaluated
    self.checkpointSeconds = checkpointSeconds
    observations = [Observation(measuring, steps: configuration.integer(.steps), opening: opening ?? text.opening)]
    identity = configuration.canonicalJSON(
      corpusSHA256: text.corpus.sha256, validationSHA256: text.heldOutCorpus.sha256,
      initialWeightsSHA256: initialWeights?.sha256, isCutWithinLine: text.isCutWithinLine)
    architecture = Architecture(
      configuration, vocabularySize: initialWeights?.architecture.vocabularySize ?? text.tokenizer.size)
    settings = TrainingSettings(configuration)
  }

  package var key: Key { Key(identity: identity, seed: seed) }
  /// Names the run wherever its number doesn't: the SHA-256 of identity and seed, in hexadecimal. Checkpoints bear it.
  package var name: String { Self.name(identity: identity, seed: seed) }
  /// The name of the run's files, without an ending: the first half of its name.
  package var fileName: String { Self.fileName(identity: identity, seed: seed) }

  /// The name of a run with that identity and seed.
  package static func name(identity: String, seed: Int64) -> String {
    SHA256.hexDigest(of: Array("\(identity) \(seed)".utf8))
  }

  /// The name of such a run's files, without an ending.
  package static func fileName(identity: String, seed: Int64) -> String {
    String(name(identity: identity, seed: seed).prefix(32))
  }

  /// When its training has diverged.
  package var divergence: Divergence {
    Divergence(threshold: configuration[.divergenceLoss]?.number, vocabularySize: architecture.vocabularySize)
  }
  /// What its tokens follow from.
  package var textIdentity: TextIdentity { TextIdentity(text, configuration, initialWeights) }

  package var steps: Int { configuration.integer(.steps) }
  /// Training tokens of a step.
  package var tokensPerStep: Int { configuration.integer(.batchSize) * architecture.contextLength }
  /// Floating-point operations of the whole training.
  package var trainingFlops: Double { architecture.trainingFlopsPerToken * Double(tokensPerStep) * Double(steps) }
  /// Bytes of memory that it takes at most: the trainer's, and when it resumes its checkpoint's, as bytes and as a state.
  package var memory: Double {
    Trainer.memory(architecture: architecture, settings: settings) + 2
      * TrainerState.memory(architecture: architecture, settings: settings)
  }
  /// Number of trained numbers.
  package var parameters: Int { ParameterLayout(architecture).parameterCount }

  /// The held-out tokens that an evaluation predicts.
  package var evaluatedTokens: Range<Int> { evaluated.tokens }

  /// The number of evaluations that follow the first `done` steps; all, where the run hasn't begun.
  package func evaluations(after done: Int) -> Int {
    let cadences = Set(observations.map(\.evaluations))
    if cadences.count == 1, let cadence = cadences.first { return cadence.count(after: done) }
    return cadences.reduce(into: Set<Int>()) { $0.formUnion($1.steps(after: done)) }.count
  }

  /// The run as the database holds it before it is trained.
  package var record: Run {
    Run(
      config: identity, seed: seed,
      facts: Run.Facts(
        corpus: text.corpus.name, vocabSize: architecture.vocabularySize, parameters: parameters,
        trainingFlops: trainingFlops, evaluated, heldOutSHA256: text.heldOutSHA256))
  }
}

extension Run.Facts {
  fileprivate init(
    corpus: String, vocabSize: Int, parameters: Int, trainingFlops: Double, _ evaluated: EvaluatedText,
    heldOutSHA256: String
  ) {
    self.init(
      corpus: corpus, vocabSize: vocabSize, parameters: parameters, trainingFlops: trainingFlops,
      floorLoss: evaluated.floorLoss, floorBitsPerByte: evaluated.floorBitsPerByte)
    self.heldOutSHA256 = heldOutSHA256
    (evaluatedTokens, evaluatedBytes) = (evaluated.tokens.count, evaluated.bytes)
    (unknownTokens, unknownBytes) = (evaluated.unknownTokens, evaluated.unknownBytes)
  }
}

extension Architecture {
  /// The architecture that a configuration's model keys say: they are named as its members in JSON.
  init(_ configuration: Configuration, vocabularySize: Int) {
    var members = configuration.members(of: .model)
    members[SpecKey.vocabSize.rawValue] = .integer(vocabularySize)
    guard let data = try? JSONEncoder().encode(members), let read = try? JSONDecoder().decode(Self.self, from: data),
      read.isPossible
    else { preconditionFailure("\(members) is no architecture") }
    self = read
  }
}

extension TrainingSettings {
  /// The settings that a configuration's training keys say. Hyperparameters are named as their keys.
  package init(_ configuration: Configuration) {
    func value(_ name: String) -> Scalar {
      guard let value = SpecKey(rawValue: name).flatMap({ configuration[$0] }) else {
        preconditionFailure("\(name) has no value")
      }
      return value
    }
    func number(_ name: String) -> Double {
      guard let number = value(name).number else { preconditionFailure("\(name) isn't a number") }
      return number
    }
    let clip = configuration.number(.gradClip)
    self.init(
      optimizer: Optimizer(configuration.word(.optimizer)) { hyperparameter in
        switch value(hyperparameter.rawValue) {
        case .text(let word): .word(word)
        case .integer(let value): .number(Double(value))
        case .number(let value): .number(value)
        case .bool(let value): .flag(value)
        }
      },
      schedule: LearningRateSchedule(
        peak: configuration.number(.lr),
        shape: LearningRateSchedule.Shape(configuration.word(.schedule), decay: configuration.word(.decayShape)) {
          number($0.rawValue)
        },
        warmupSteps: configuration.integer(.warmupSteps), steps: configuration.integer(.steps)),
      batchSize: configuration.integer(.batchSize), gradientClip: clip == 0 ? nil : clip)
    if case .integer(let horizon)? = configuration[.averageWeights] { averageHorizon = horizon }
    // Weights that training goes on from are drawn by nothing.
    if configuration[.initialWeights] == nil { initialization = configuration.word(.initialization) }
    dropout = configuration.number(.dropout)
    zLoss = configuration.number(.zLoss)
  }
}
