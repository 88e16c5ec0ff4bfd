import Kernels

/// Everything that says how a transformer is trained, apart from its architecture, its text and its seed.
public struct TrainingSettings: Equatable, Sendable {
  /// How gradients become updates.
  public var optimizer: Optimizer
  /// The learning rate of each step.
  public var schedule: LearningRateSchedule
  /// Sequences of a step.
  public var batchSize: Int
  /// Greatest L2 norm of the whole gradient; a greater one is scaled down to it. Nil: no limit.
  public var gradientClip: Double?
  /// How matrices are drawn before the first step.
  public var initialization = Initialization.uniform
  /// Probability with which elements of embeddings, attention weights and both layers' products are dropped in training.
  public var dropout = 0.0
  /// Horizon of the average of weights, in steps. Nil: there is none.
  public var averageHorizon: Int?
  /// Weight of log²Z beside the loss, where Z is the sum of a position's exponentials.
  public var zLoss = 0.0

  /// Settings; `batchSize` is at least 1.
  public init(optimizer: Optimizer, schedule: LearningRateSchedule, batchSize: Int, gradientClip: Double?) {
    precondition(batchSize >= 1, "batch size \(batchSize)")
    self.optimizer = optimizer
    self.schedule = schedule
    self.batchSize = batchSize
    self.gradientClip = gradientClip
  }
}

/// What one step measured.
public struct StepResult: Equatable, Sendable {
  /// The step's number, from 1.
  public let step: Int
  /// Mean loss over the batch before the update, nats per token.
  public let loss: Double
  /// The update's learning rate.
  public let learningRate: Double
  /// L2 norm of the whole gradient before clipping.
  public let gradientNorm: Double

  /// What a step measured.
  public init(step: Int, loss: Double, learningRate: Double, gradientNorm: Double) {
    self.step = step
    self.loss = loss
    self.learningRate = learningRate
    self.gradientNorm = gradientNorm
  }
}

/// Loss over held-out tokens.
public struct EvaluationResult: Equatable, Sendable {
  /// Mean loss in nats per predicted token.
  public let loss: Double
  /// Standard error of the loss over the windows of the text, in nats per predicted token; nil for a single window.
  public let standardError: Double?
  /// Number of predicted tokens.
  public let tokens: Int

  /// A loss over so many tokens.
  public init(loss: Double, standardError: Double? = nil, tokens: Int) {
    self.loss = loss
    self.standardError = standardError
    self.tokens = tokens
  }

  /// The standard error of a mean loss per token over windows, of which the last may be shorter, as a ratio of two totals. With S_i the
  /// loss and n_i the tokens of window i of W:
  ///
  ///     r = ΣS_i / Σn_i,   SE(r) = sqrt(W / (W − 1) · Σ(S_i − r·n_i)²) / Σn_i
  ///
  /// The windows count as drawn independently from all text of that kind. Cochran 1977, "Sampling Techniques", 3rd edition, section 6.4,
  /// without the correction for a finite population.
  ///
  /// - Returns: Nil for a single window.
  static func standardError(losses: [Double], tokens: [Int]) -> Double? {
    guard losses.count > 1 else { return nil }
    let (count, total) = (Double(losses.count), Double(tokens.reduce(0, +)))
    let ratio = losses.reduce(0, +) / total
    let squares = zip(losses, tokens).reduce(0.0) { sum, window in
      let residual = window.0 - ratio * Double(window.1)
      return sum + residual * residual
    }
    return (count / (count - 1) * squares).squareRoot() / total
  }
}

/// Trains one transformer on one text. A pure function of architecture, settings, tokens and seed: the same inputs give the same
/// bits, whatever runs beside it.
///
/// Batches are drawn with replacement from the training tokens, every start equally likely, from the seed's stream
/// "batches"; parameters from its stream "initialization".
public final class Trainer {
  /// The model whose parameters take the steps.
  public let model: Transformer
  /// The model that the training gives: what is evaluated, sampled and stored. It is another one where the optimizer averages weights.
  public let result: Transformer
  /// The exponential average of `result` over the steps, if there is one: over t steps the plain mean until they are as many as its horizon h,
  /// and from then on `average += (result - average) / h`. Training doesn't depend on it.
  public let average: Transformer?
  /// Steps made so far.
  public private(set) var stepsDone = 0

  /// Threads that steps and evaluations use; whatever their number, the bits are the same. It may change from step to step.
  public var threads: Int {
    get { activations.team.threads }
    set { activations.team.threads = newValue }
  }

  /// Processor time of the helper threads, in seconds; the calling thread's comes to it.
  package var helperSeconds: Double { activations.team.helperSeconds }

  private let settings: TrainingSettings
  private let training: Tokens
  let gradients: FloatBuffer
  let optimizer: OptimizerState
  let activations: Activations
  private var batches: RandomStream
  /// The state of the seed's stream "dropout".
  private let dropoutStream: UInt64
  private var tokens: [Int32]
  private var targets: [Int32]

  /// A trainer before its first step.
  ///
  /// - Parameter training: At least `contextLength + 1` tokens, each below the vocabulary's size.
  public convenience init(
    architecture: Architecture, settings: TrainingSettings, training: some Collection<Int32>, seed: UInt64
  ) {
    var initialization = RandomStream(seed: seed, name: "initialization")
    self.init(
      model: Transformer(
        architecture: architecture, initialization: settings.initialization, random: &initialization),
      settings: settings, training: training, seed: seed)
  }

  /// A trainer that goes on from a model's parameters.
  public init(model: Transformer, settings: TrainingSettings, training: some Collection<Int32>, seed: UInt64) {
    let architecture = model.architecture
    precondition(
      training.count > architecture.contextLength, "\(training.count) tokens for context \(architecture.contextLength)")
    self.model = model
    self.settings = settings
    self.training = Tokens(training)
    gradients = FloatBuffer(count: model.layout.bufferCount)
    optimizer = OptimizerState(settings.optimizer, layout: model.layout, parameters: model.parameters)
    result = optimizer.result.map { Transformer(of: model, parameters: $0) } ?? model
    average = settings.averageHorizon.map { _ in
      let average = FloatBuffer(count: model.layout.bufferCount)
      _ = average.elements.update(fromContentsOf: model.parameters.elements)
      return Transformer(of: model, parameters: average)
    }
    activations = Activations(
      architecture, sequences: Self.microBatch(of: settings.batchSize, architecture), forTraining: true,
      hasDropout: settings.dropout > 0)
    dropoutStream = RandomStream(seed: seed, name: "dropout").state
    batches = RandomStream(seed: seed, name: "batches")
    tokens = [Int32](repeating: 0, count: settings.batchSize * architecture.contextLength)
    targets = tokens
  }

  /// Sequences that go forward and back at a time. A batch's gradients add up over its micro-batches, whose activations stay
  /// nearer in the caches than those of a whole batch would, and take less memory: a step of width 128 is 4 % faster. But
  /// each of them reads all parameters and adds to all gradients. Where the matrices of a block fill a second-level cache of
  /// 2 MiB, that costs more than it gains: the bound lies between width 160, which gains 5 %, and 192, which loses 2 %.
  static func microBatch(of batchSize: Int, _ architecture: Architecture) -> Int {
    guard architecture.blockMatricesCount <= 384 * 1024 else { return batchSize }
    // The products that give the weights' gradients sum over blocks of so many rows, and a smaller block is less efficient.
    let greatest = max(1, Blocking.KC / architecture.contextLength)
    let count = (batchSize + greatest - 1) / greatest
    return (batchSize + count - 1) / count
  }

  /// Bytes of memory that a trainer takes, the text apart.
  public static func memory(architecture: Architecture, settings: TrainingSettings) -> Double {
    let layout = ParameterLayout(architecture)
    let parameters =
      (2 + settings.optimizer.momentCount + (settings.averageHorizon == nil ? 0 : 1)) * layout.bufferCount
      + settings.optimizer.scratchCount(layout)
    let activations = Activations.count(
      architecture, sequences: microBatch(of: settings.batchSize, architecture), forTraining: true,
      hasDropout: settings.dropout > 0)
    // Two numbers of a batch's tokens: what is read, and what is to be predicted.
    let batch = 2 * Double(settings.batchSize) * Double(architecture.contextLength)
    return (Double(parameters) + activations + batch + PositionTables.count(architecture))
      * Double(MemoryLayout<Float>.size)
  }

  /// The trainer's state between two steps.
  public var state: TrainerState {
    TrainerState(
      stepsDone: stepsDone, batches: batches.state, parameters: Array(model.parameters.elements),
      moments: kept.dropFirst().map { Array($0.elements) })
  }

  /// What a state holds: the parameters, the optimizer's moments, and the average of weights where there is one.
  private var kept: [FloatBuffer] {
    [model.parameters] + optimizer.moments + (average.map { [$0.parameters] } ?? [])
  }

  /// Whether the state is of this trainer's sizes.
  public func canRestore(_ state: TrainerState) -> Bool {
    ([state.parameters] + state.moments).map(\.count) == kept.map(\.count)
  }

  /// Puts the trainer where the trainer of that state stood.
  ///
  /// - Throws: `CheckpointError.foreign` where the state is of other sizes; then nothing has changed.
  public func restore(_ state: TrainerState) throws(CheckpointError) {
    guard canRestore(state) else { throw .foreign }
    for (buffer, values) in zip(kept, [state.parameters] + state.moments) {
      _ = buffer.elements.update(fromContentsOf: values)
    }
    batches = RandomStream(state: state.batches)
    stepsDone = state.stepsDone
  }

  /// Draws a batch, makes one update and says what it measured.
  public func step() -> StepResult {
    let length = model.architecture.contextLength
    for sequence in 0..<settings.batchSize {
      let start = batches.integer(below: training.count - length)
      for position in 0..<length {
        tokens[sequence * length + position] = training[start + position]
        targets[sequence * length + position] = training[start + position + 1]
      }
    }
    return step(tokens: tokens, targets: targets)
  }

  /// Makes one update on a given batch: (batchSize · contextLength) tokens and the tokens that follow each.
  func step(tokens: [Int32], targets: [Int32]) -> StepResult {
    flushingSubnormals { update(tokens: tokens, targets: targets) }
  }

  private func update(tokens: [Int32], targets: [Int32]) -> StepResult {
    let loss = addGradients(tokens: tokens, targets: targets)
    let norm = norm(gradients.pointer, gradients.count, team: activations.team)
    stepsDone += 1
    optimizer.update(
      model.parameters, gradients: gradients, gradientScale: clipFactor(norm), schedule: settings.schedule,
      step: stepsDone, team: activations.team)
    if let average, let horizon = settings.averageHorizon {
      move(
        average.parameters, to: result.parameters, by: Float(1 / Double(min(stepsDone, horizon))),
        team: activations.team)
    }
    return StepResult(
      step: stepsDone, loss: loss, learningRate: settings.schedule.rate(at: stepsDone), gradientNorm: norm)
  }

  /// Runs forward and backward, and returns the mean loss.
  private func addGradients(tokens: [Int32], targets: [Int32]) -> Double {
    let length = model.architecture.contextLength
    let rows = settings.batchSize * length
    precondition(tokens.count == rows && targets.count == rows, "\(tokens.count) tokens, \(targets.count) targets")
    var loss = 0.0
    for start in stride(from: 0, to: rows, by: activations.sequences * length) {
      let count = min(activations.sequences * length, rows - start)
      loss += tokens[start..<start + count].withUnsafeBufferPointer { tokens in
        targets[start..<start + count].withUnsafeBufferPointer { targets in
          guard let tokens = tokens.baseAddress, let targets = targets.baseAddress else { return 0 }
          return addGradients(
            tokens, targets, sequences: count / length, scale: 1 / Float(rows), dropout(fromSequence: start / length))
        }
      }
    }
    return loss / Double(rows)
  }

  /// Adds the gradients of some sequences' losses times `scale`, and returns the sum of the losses.
  private func addGradients(
    _ tokens: UnsafePointer<Int32>, _ targets: UnsafePointer<Int32>, sequences: Int, scale: Float,
    _ dropout: StepDropout?
  ) -> Double {
    let length = model.architecture.contextLength
    let rows = 0..<sequences * length
    model.forward(activations, tokens: tokens, sequences: sequences, length: length, dropout: dropout)
    let logits = model.head(activations, rows: rows)
    let loss = crossEntropy(
      logits, targets: targets, gradientScale: scale, zLoss: Float(settings.zLoss), team: activations.team)
    model.backward(
      activations, gradients: gradients, tokens: tokens, sequences: sequences, length: length, dropout: dropout)
    return loss
  }

  /// What is dropped in the next step; nil where nothing is.
  private func dropout(fromSequence first: Int) -> StepDropout? {
    guard settings.dropout > 0 else { return nil }
    return StepDropout(
      probability: settings.dropout, stream: dropoutStream, step: stepsDone + 1, firstSequence: first)
  }

  /// As PyTorch's `clip_grad_norm_`: `clip / (norm + 1e-6)`, at most 1.
  private func clipFactor(_ norm: Double) -> Float {
    guard let clip = settings.gradientClip else { return 1 }
    let factor = clip / (norm + 1e-6)
    return factor > 1 ? 1 : Float(factor)
  }

  /// The loss over the first `limit` predicted tokens of a text, in whole windows of the context's length, one after the
  /// other; at least one window.
  ///
  /// - Parameter text: At least `contextLength + 1` tokens.
  public func evaluate(_ text: some Collection<Int32>, limit: Int) -> EvaluationResult {
    let tokens = Self.evaluatedTokens(
      of: text.count, limit: limit, contextLength: model.architecture.contextLength)
    precondition(tokens > 0, "\(text.count) tokens for context \(model.architecture.contextLength)")
    return evaluate(text, predicting: 1..<1 + tokens)
  }

  /// The loss over some tokens of a text, in windows of the context's length, one after the other, the last one shorter where that
  /// doesn't divide their number. The token before them is the first window's first.
  ///
  /// - Parameter places: The predicted tokens' places in the text: at least one, and not the first.
  public func evaluate(_ text: some Collection<Int32>, predicting places: Range<Int>) -> EvaluationResult {
    evaluate(result, text, predicting: places)
  }

  /// The same of the average of weights; nil where there is none.
  public func evaluateAverage(_ text: some Collection<Int32>, predicting places: Range<Int>) -> EvaluationResult? {
    average.map { evaluate($0, text, predicting: places) }
  }

  private func evaluate(
    _ model: Transformer, _ text: some Collection<Int32>, predicting places: Range<Int>
  ) -> EvaluationResult {
    precondition(places.lowerBound > 0 && places.upperBound <= text.count, "\(places) of \(text.count) tokens")
    let read = Array(text.dropFirst(places.lowerBound - 1).prefix(places.count + 1))
    return flushingSubnormals { model.evaluate(read, tokens: places.count, activations) }
  }

  /// How many tokens `evaluate` predicts of a text with `count` tokens.
  public static func evaluatedTokens(of count: Int, limit: Int, contextLength: Int) -> Int {
    min(max(limit / contextLength, 1), (count - 1) / contextLength) * contextLength
  }
}

extension Transformer {
  /// The loss over all of a text but its first token, in windows of the context's length, the last one shorter.
  ///
  /// - Parameter text: At least 2 tokens, each below the vocabulary's size.
  public func evaluate(_ text: [Int32]) -> EvaluationResult {
    precondition(text.count > 1, "\(text.count) tokens")
    let activations = Activations(architecture, sequences: sequences(of: text.count), forTraining: false)
    return flushingSubnormals { evaluate(text, tokens: text.count - 1, activations) }
  }

  /// Bytes of memory that the evaluation of a text with `count` tokens takes, the parameters apart.
  public func memoryToEvaluate(_ count: Int) -> Double {
    Activations.count(architecture, sequences: sequences(of: count), forTraining: false)
      * Double(MemoryLayout<Float>.size)
  }

  /// Windows of a text with `count` tokens that are computed at a time: enough to keep the products large.
  private func sequences(of count: Int) -> Int { min(16, max(1, min(count, 4096) / architecture.contextLength)) }

  /// Predicts tokens `1...tokens` of the text, as many windows at a time as `activations` hold.
  fileprivate func evaluate(_ text: [Int32], tokens: Int, _ activations: Activations) -> EvaluationResult {
    let context = architecture.contextLength
    var losses = [Double](repeating: 0, count: activations.sequences * context)
    var (windows, lengths): ([Double], [Int]) = ([], [])
    let total = text.withUnsafeBufferPointer { text -> Double in
      guard let first = text.baseAddress else { return 0 }
      var total = 0.0
      var done = 0
      while done < tokens {
        let sequences = min(activations.sequences, (tokens - done) / context)
        let (sequencesOrOne, length) = sequences > 0 ? (sequences, context) : (1, tokens - done)
        let rows = sequencesOrOne * length
        forward(activations, tokens: first + done, sequences: sequencesOrOne, length: length)
        let logits = head(activations, rows: 0..<rows)
        total += losses.withUnsafeMutableBufferPointer { losses in
          crossEntropy(
            logits, targets: first + done + 1, gradientScale: nil, losses: losses.baseAddress, team: activations.team)
        }
        for window in 0..<sequencesOrOne {
          windows.append(losses[window * length..<(window + 1) * length].reduce(0, +))
          lengths.append(length)
        }
        done += rows
      }
      return total
    }
    return EvaluationResult(
      loss: total / Double(tokens), standardError: EvaluationResult.standardError(losses: windows, tokens: lengths),
      tokens: tokens)
  }
}
