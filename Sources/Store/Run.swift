import GRDB

/// One configuration trained with one seed: a row of `runs`.
public struct Run: Codable, Sendable, Equatable, Identifiable {
  /// The row's number; nil until the run is stored.
  public var id: Int64?

  // Identity
  /// The configuration as canonical JSON: every key resolved, sorted, without the seed.
  public var config: String
  /// The seed.
  public var seed: Int64

  // State
  /// Where the run stands.
  public var state: RunState
  /// Why it stands there, where that needs words: what diverged, which error; else nil.
  public var stateReason: String?

  // The configuration's common keys
  /// "stories" or the text file's name. Its content's hash is in `config`.
  public var corpus: String
  /// "char", "word" or "byte".
  public var tokenizer: String
  /// Number of distinct tokens, V.
  public var vocabSize: Int
  /// Width of the residual stream.
  public var dModel: Int
  /// Attention heads of a block.
  public var heads: Int
  /// Number of blocks.
  public var layers: Int
  /// Width of the feed-forward layer.
  public var dFF: Int
  /// Tokens the model sees at once.
  public var contextLength: Int
  /// "adamw", "adam" or "sgd".
  public var optimizer: String
  /// The peak learning rate.
  public var lr: Double
  /// "cosine", "linear" or "constant".
  public var schedule: String
  /// Steps over which the learning rate rises.
  public var warmupSteps: Int
  /// Sequences of a step.
  public var batchSize: Int
  /// Steps to train.
  public var steps: Int

  // What follows from the configuration
  /// Number of trained numbers.
  public var parameters: Int
  /// Floating-point operations of the whole training (forward and backward).
  public var trainingFlops: Double
  /// The information of the evaluated held-out text in nats per token: the loss no model can train below; nil where
  /// it is not known.
  public var floorLoss: Double?
  /// The same in bits per byte of text.
  public var floorBitsPerByte: Double?

  // Results
  /// Results so far; every value is nil until it is known.
  public var stepsDone = 0
  /// Training loss at the end: the mean over the last tenth of the steps, nats per token.
  public var trainLoss: Double?
  /// Validation loss at the last step, nats per token.
  public var finalLoss: Double?
  /// The same in bits per byte.
  public var finalBitsPerByte: Double?
  /// Lowest validation loss of any evaluation, nats per token.
  public var bestLoss: Double?
  /// The step of that evaluation.
  public var bestStep: Int?
  /// Wall time of the training in seconds, evaluations and samples included.
  public var seconds: Double?
  /// Training tokens per second of the time spent in training steps.
  public var tokensPerSecond: Double?
  /// The weight file's path, relative to the database's folder; nil where there is none.
  public var weights: String?

  // Provenance
  /// The machine's name.
  public var host: String?
  /// The processor's model.
  public var cpu: String?
  /// The most threads that trained the run side by side.
  public var threads: Int?
  /// The version of this program.
  public var version: String?
  /// What computed the matrix products: our own kernels and their vectors, or the BLAS and its version.
  public var blas: String?
  /// The commit of the program's source, 40 or 64 hexadecimal digits; nil where it isn't known.
  public var sourceCommit: String?
  /// When training started, UTC, ISO 8601.
  public var startedAt: String?
  /// When it ended, UTC, ISO 8601.
  public var endedAt: String?

  /// A queued run, not yet stored.
  public init(
    config: String, seed: Int64, corpus: String, tokenizer: String, vocabSize: Int, dModel: Int, heads: Int,
    layers: Int, dFF: Int, contextLength: Int, optimizer: String, lr: Double, schedule: String, warmupSteps: Int,
    batchSize: Int, steps: Int, parameters: Int, trainingFlops: Double, floorLoss: Double?, floorBitsPerByte: Double?
  ) {
    self.config = config
    self.seed = seed
    state = .queued
    self.corpus = corpus
    self.tokenizer = tokenizer
    self.vocabSize = vocabSize
    self.dModel = dModel
    self.heads = heads
    self.layers = layers
    self.dFF = dFF
    self.contextLength = contextLength
    self.optimizer = optimizer
    self.lr = lr
    self.schedule = schedule
    self.warmupSteps = warmupSteps
    self.batchSize = batchSize
    self.steps = steps
    self.parameters = parameters
    self.trainingFlops = trainingFlops
    self.floorLoss = floorLoss
    self.floorBitsPerByte = floorBitsPerByte
  }

  enum CodingKeys: String, CodingKey {
    case id, config, seed, state, corpus, tokenizer, heads, layers, optimizer, lr, schedule, steps, parameters
    case seconds, weights, host, cpu, threads, version, blas
    case stateReason = "state_reason"
    case vocabSize = "vocab_size"
    case dModel = "d_model"
    case dFF = "d_ff"
    case contextLength = "context_length"
    case warmupSteps = "warmup_steps"
    case batchSize = "batch_size"
    case trainingFlops = "training_flops"
    case floorLoss = "floor_loss"
    case floorBitsPerByte = "floor_bits_per_byte"
    case stepsDone = "steps_done"
    case trainLoss = "train_loss"
    case finalLoss = "final_loss"
    case finalBitsPerByte = "final_bits_per_byte"
    case bestLoss = "best_loss"
    case bestStep = "best_step"
    case tokensPerSecond = "tokens_per_second"
    case sourceCommit = "source_commit"
    case startedAt = "started_at"
    case endedAt = "ended_at"
  }
}

extension Run: FetchableRecord, MutablePersistableRecord {
  /// The table's name.
  public static let databaseTableName = "runs"

  /// Takes over the row's number.
  public mutating func didInsert(_ inserted: InsertionSuccess) { id = inserted.rowID }
}
