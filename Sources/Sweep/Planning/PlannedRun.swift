import Model
import Store

/// A run with everything at hand that training it needs.
struct PlannedRun: Sendable {
  /// What makes a run unique.
  struct Key: Hashable, Sendable {
    let identity: String
    let seed: Int64
  }

  let configuration: RunConfiguration
  let seed: Int64
  let text: TokenizedCorpus
  let prompts: [String]
  /// Seconds between checkpoints; no part of the run's identity.
  let checkpointSeconds: Double
  /// The configuration's identity as canonical JSON.
  let identity: String
  let shape: TransformerShape
  let settings: TrainingSettings

  init(
    _ configuration: RunConfiguration, seed: Int64, text: TokenizedCorpus, prompts: [String],
    checkpointSeconds: Double = 30
  ) {
    self.configuration = configuration
    self.seed = seed
    self.text = text
    self.prompts = prompts
    self.checkpointSeconds = checkpointSeconds
    identity = configuration.canonicalJSON(corpusSHA256: text.corpus.sha256)
    shape = TransformerShape(
      vocabularySize: text.tokenizer.size, contextLength: configuration.integer(.contextLength),
      dModel: configuration.integer(.dModel), heads: configuration.integer(.heads),
      layers: configuration.integer(.layers), dFF: configuration.integer(.dFF))
    settings = TrainingSettings(configuration)
  }

  var key: Key { Key(identity: identity, seed: seed) }
  var steps: Int { configuration.integer(.steps) }
  /// Training tokens of a step.
  var tokensPerStep: Int { configuration.integer(.batchSize) * shape.contextLength }
  /// Floating-point operations of the whole training.
  var trainingFlops: Double { shape.trainingFlopsPerToken * Double(tokensPerStep) * Double(steps) }
  /// Bytes of memory that it takes at most: the trainer's, and when it resumes its checkpoint's, as bytes and as a state.
  var memory: Double {
    Trainer.memory(shape: shape, settings: settings) + 2
      * TrainerState.memory(shape: shape, optimizer: settings.optimizer)
  }
  /// Number of trained numbers.
  var parameters: Int { ParameterLayout(shape).parameterCount }

  /// The held-out tokens that an evaluation predicts: whole windows, at least one, up to `eval_tokens`.
  var evaluatedTokens: Range<Int> {
    1..<1 + Trainer.evaluatedTokens(of: text.validation.count, limit: configuration.integer(.evalTokens), shape)
  }

  /// Bits per byte of text that a loss in nats per evaluated token amounts to.
  func bitsPerByte(_ loss: Double) -> Double {
    let tokens = evaluatedTokens
    return loss * Double(tokens.count) / 0.693_147_180_559_945_3 / Double(text.validationBytes(ofTokens: tokens))
  }

  /// The information of the evaluated tokens' text in nats per token, where the corpus knows it.
  var floorLoss: Double? {
    let tokens = evaluatedTokens
    return text.floor(ofTokens: tokens).map { $0 / Double(tokens.count) }
  }

  /// The steps that an evaluation follows, that before the first included.
  var evaluations: MeasuredSteps { MeasuredSteps(every: configuration.integer(.evalEvery), first: 0, last: steps) }

  /// The steps that samples follow.
  var samples: MeasuredSteps { MeasuredSteps(every: configuration.integer(.sampleEvery), first: 1, last: steps) }

  /// The run as the database holds it before it is trained.
  var record: Run {
    Run(
      config: identity, seed: seed,
      facts: Run.Facts(
        corpus: text.corpus.name, vocabSize: shape.vocabularySize, parameters: parameters, trainingFlops: trainingFlops,
        floorLoss: floorLoss, floorBitsPerByte: floorLoss.map(bitsPerByte)))
  }
}

extension TrainingSettings {
  /// The settings that a configuration's training keys say.
  init(_ configuration: RunConfiguration) {
    func number(_ key: SpecKey) -> Double { configuration.number(key) }
    let optimizer: Optimizer =
      switch configuration.text(.optimizer) {
      case "sgd": .sgd(momentum: number(.momentum))
      case "adam": .adam(beta1: number(.beta1), beta2: number(.beta2), epsilon: number(.epsilon))
      case "adamw":
        .adamW(
          beta1: number(.beta1), beta2: number(.beta2), epsilon: number(.epsilon), weightDecay: number(.weightDecay))
      case let other: preconditionFailure("optimizer \(other)")
      }
    let shape: LearningRateSchedule.Shape =
      switch configuration.text(.schedule) {
      case "cosine": .cosine(finalFraction: number(.finalLRFraction))
      case "linear": .linear(finalFraction: number(.finalLRFraction))
      case "constant": .constant
      case let other: preconditionFailure("schedule \(other)")
      }
    let clip = number(.gradClip)
    self.init(
      optimizer: optimizer,
      schedule: LearningRateSchedule(
        peak: number(.lr), shape: shape, warmupSteps: configuration.integer(.warmupSteps),
        steps: configuration.integer(.steps)),
      batchSize: configuration.integer(.batchSize), gradientClip: clip == 0 ? nil : clip)
  }
}
