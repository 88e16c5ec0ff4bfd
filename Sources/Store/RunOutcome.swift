/// Where a run stands and what it has come to: the columns of `runs` that its training writes. A number is nil until it is known.
public struct RunOutcome: Codable, Sendable, Equatable {
  /// Where the run stands.
  public var state: RunState
  /// Why it stands there, where that needs words: what diverged, which error; else nil.
  public var stateReason: String?
  /// Steps made.
  public var stepsDone: Int
  /// Training loss at the end: the mean over the last tenth of the steps, nats per token.
  public var trainLoss: Double?
  /// Validation loss at the last step, nats per token; nil where it is not finite.
  public var finalLoss: Double?
  /// The same in bits per byte.
  public var finalBitsPerByte: Double?
  /// Standard error of `finalLoss` over the windows of the held-out text, nats per token; nil where it isn't known.
  public var finalStandardError: Double?
  /// Validation loss of the average of weights at the last step, nats per token; nil where the run has none.
  public var finalAveragedLoss: Double?
  /// Lowest validation loss of any evaluation, nats per token.
  public var bestLoss: Double?
  /// The step of that evaluation.
  public var bestStep: Int?
  /// Wall time of the training in seconds, evaluations and samples included.
  public var seconds: Double?
  /// Processor time of the threads that trained the run, in seconds; nil where it isn't known.
  public var cpuSeconds: Double?
  /// Training tokens per second of the time spent in training steps.
  public var tokensPerSecond: Double?
  /// The most threads that trained the run side by side.
  public var threads: Int?
  /// The weight file's path, relative to the database's folder; nil where there is none.
  public var weights: String?

  /// An outcome.
  public init(
    state: RunState, reason: String? = nil, stepsDone: Int = 0, trainLoss: Double? = nil, final: Evaluation? = nil,
    best: Evaluation? = nil, seconds: Double? = nil, cpuSeconds: Double? = nil, tokensPerSecond: Double? = nil,
    threads: Int? = nil, weights: String? = nil
  ) {
    self.state = state
    stateReason = reason
    self.stepsDone = stepsDone
    self.trainLoss = trainLoss.flatMap { $0.isFinite ? $0 : nil }
    finalLoss = final?.loss
    finalBitsPerByte = final?.bitsPerByte
    finalStandardError = final?.standardError
    finalAveragedLoss = final?.averagedLoss
    bestLoss = best?.loss
    bestStep = best?.step
    self.seconds = seconds
    self.cpuSeconds = cpuSeconds
    self.tokensPerSecond = tokensPerSecond
    self.threads = threads
    self.weights = weights
  }

  enum CodingKeys: String, CodingKey {
    case state, seconds, threads, weights
    case stateReason = "state_reason"
    case stepsDone = "steps_done"
    case trainLoss = "train_loss"
    case finalLoss = "final_loss"
    case finalBitsPerByte = "final_bits_per_byte"
    case finalStandardError = "final_standard_error"
    case finalAveragedLoss = "final_averaged_loss"
    case cpuSeconds = "cpu_seconds"
    case bestLoss = "best_loss"
    case bestStep = "best_step"
    case tokensPerSecond = "tokens_per_second"
  }
}
