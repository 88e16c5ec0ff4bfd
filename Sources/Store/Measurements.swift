import GRDB

/// One optimizer update: a row of `steps`.
public struct Step: Codable, Sendable, Equatable {
  /// The update's number, from 1.
  public var step: Int
  /// Mean training loss of its batch before the update, nats per token; nil where it is not finite.
  public var loss: Double?
  /// Learning rate of the update.
  public var lr: Double
  /// L2 norm of the whole gradient before clipping; nil where it is not finite.
  public var gradNorm: Double?
  /// Training tokens seen so far, this step's included.
  public var tokens: Int
  /// Wall time since training started, in seconds.
  public var seconds: Double
  /// Processor time since training started of the threads that train the run, in seconds; nil where it isn't known.
  public var cpuSeconds: Double?

  /// A step's measurements; numbers that aren't finite become nil.
  public init(
    step: Int, loss: Double, lr: Double, gradNorm: Double, tokens: Int, seconds: Double, cpuSeconds: Double? = nil
  ) {
    self.step = step
    self.loss = loss.isFinite ? loss : nil
    self.lr = lr
    self.gradNorm = gradNorm.isFinite ? gradNorm : nil
    self.tokens = tokens
    self.seconds = seconds
    self.cpuSeconds = cpuSeconds
  }
}

/// The loss on held-out text at a step: a row of `evaluations`.
public struct Evaluation: Codable, Sendable, Equatable {
  /// Updates made before it; 0 is the untrained model.
  public var step: Int
  /// Mean loss over the predicted tokens, nats per token; nil where it is not finite.
  public var loss: Double?
  /// The same information per byte of the text that those tokens stand for, in bits. The spelling of unknown tokens is counted, but
  /// not in evaluations of earlier versions of this program, whose run has no `unknownTokens`.
  public var bitsPerByte: Double?
  /// Standard error of `loss` over the windows of the held-out text, nats per token; nil for a single window, or where an earlier version
  /// of this program made the evaluation.
  public var standardError: Double?
  /// The loss of the average of weights, nats per token; nil where the run has none, or where it is not finite.
  public var averagedLoss: Double?
  /// Number of predicted tokens.
  public var tokens: Int
  /// Wall time since training started, in seconds.
  public var seconds: Double
  /// Processor time since training started of the threads that train the run, in seconds; nil where it isn't known.
  public var cpuSeconds: Double?

  /// An evaluation; numbers that aren't finite become nil.
  public init(
    step: Int, loss: Double, bitsPerByte: Double, standardError: Double? = nil, averagedLoss: Double? = nil,
    tokens: Int,
    seconds: Double, cpuSeconds: Double? = nil
  ) {
    self.step = step
    self.loss = loss.isFinite ? loss : nil
    self.bitsPerByte = bitsPerByte.isFinite ? bitsPerByte : nil
    self.standardError = standardError.flatMap { $0.isFinite ? $0 : nil }
    self.averagedLoss = averagedLoss.flatMap { $0.isFinite ? $0 : nil }
    self.tokens = tokens
    self.seconds = seconds
    self.cpuSeconds = cpuSeconds
  }
}

/// Text generated from a prompt at a step: a row of `samples`.
public struct Sample: Codable, Sendable, Equatable {
  /// Updates made before it.
  public var step: Int
  /// The prompt's place in the spec's list, from 0.
  public var promptIndex: Int
  /// The prompt.
  public var prompt: String
  /// What the model wrote after it.
  public var text: String
  /// Sampling temperature; 0 takes the most likely token.
  public var temperature: Double
  /// How many tokens were asked for; 0 where that isn't known.
  public var tokens: Int

  /// A sample.
  public init(step: Int, promptIndex: Int, prompt: String, text: String, temperature: Double, tokens: Int) {
    self.step = step
    self.promptIndex = promptIndex
    self.prompt = prompt
    self.text = text
    self.temperature = temperature
    self.tokens = tokens
  }
}

extension Sample {
  /// What tells a sample of a run from its others. Several experiments may ask for samples of one run at one step.
  public struct Key: Hashable, Sendable {
    /// Updates made before it.
    public var step: Int
    /// The prompt's place in the spec's list, from 0.
    public var promptIndex: Int
    /// The prompt.
    public var prompt: String { promptText.exact }
    /// Told apart by its bytes, as in the database.
    private let promptText: Scalar
    /// Sampling temperature.
    public var temperature: Double
    /// Tokens that were asked for.
    public var tokens: Int

    /// A sample that is asked for.
    public init(step: Int, promptIndex: Int, prompt: String, temperature: Double, tokens: Int) {
      self.step = step
      self.promptIndex = promptIndex
      promptText = .text(prompt)
      self.temperature = temperature
      self.tokens = tokens
    }
  }

  /// The sample of that key.
  public init(_ key: Key, text: String) {
    self.init(
      step: key.step, promptIndex: key.promptIndex, prompt: key.prompt, text: text, temperature: key.temperature,
      tokens: key.tokens)
  }
}

/// What was looked at of a run.
public struct Looked: Sendable, Equatable {
  /// Steps after which it was evaluated.
  public var evaluations: Set<Int> = []
  /// Samples that were drawn.
  public var samples: Set<Sample.Key> = []

  /// Nothing yet.
  public init() {}
}

/// A step of a run for drawing, or some neighbouring ones, averaged.
public struct TrainingPoint: Sendable, Equatable {
  /// The step, or the middle of several.
  public var step: Int
  /// Its training loss, or the mean of those that have one, nats per token.
  public var loss: Double
  /// Training tokens seen up to there.
  public var tokens: Int
  /// Wall time up to there, in seconds.
  public var seconds: Double
  /// The learning rate there, or the mean of several.
  public var lr: Double
  /// The L2 norm of the gradient before clipping, or the mean of those that are finite; nil where none is.
  public var gradNorm: Double?
  /// Processor time up to there, in seconds; nil where it isn't known.
  public var cpuSeconds: Double?
}

extension Step: FetchableRecord {
  /// `grad_norm` is read as `gradNorm`.
  public static let databaseColumnDecodingStrategy = DatabaseColumnDecodingStrategy.convertFromSnakeCase
}

extension Evaluation: FetchableRecord {
  /// `bits_per_byte` is read as `bitsPerByte`.
  public static let databaseColumnDecodingStrategy = DatabaseColumnDecodingStrategy.convertFromSnakeCase
}

extension Sample: FetchableRecord {
  /// `prompt_index` is read as `promptIndex`.
  public static let databaseColumnDecodingStrategy = DatabaseColumnDecodingStrategy.convertFromSnakeCase
}

extension TrainingPoint: FetchableRecord {
  /// Reads step, loss, tokens, seconds, learning rate, gradient norm and processor time, in this order: names would be looked up at every row.
  public init(row: Row) throws {
    step = try row.decode(Int.self, atIndex: 0)
    loss = try row.decode(Double.self, atIndex: 1)
    tokens = try row.decode(Int.self, atIndex: 2)
    seconds = try row.decode(Double.self, atIndex: 3)
    lr = try row.decode(Double.self, atIndex: 4)
    gradNorm = try row.decode(Double?.self, atIndex: 5)
    cpuSeconds = try row.decode(Double?.self, atIndex: 6)
  }
}
