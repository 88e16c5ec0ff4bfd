import Foundation
import Model
import Store

/// Trains one run from its first step to its last, records everything on the way, and says how it ended.
struct RunTrainer {
  let run: PlannedRun
  let id: Int64
  let recorder: RunRecorder
  /// Where the weights go; the file is named after the run.
  let weightsFolder: URL
  let stop: StopSignal
  /// Called after every step with the number of steps made and the step's loss.
  let progress: (_ step: Int, _ loss: Double) -> Void

  /// Trains the run. A run that diverges or is interrupted ends with that outcome.
  ///
  /// - Throws: What kept a result from being had: the disk is full, say.
  func train() throws -> RunOutcome {
    let trainer = Trainer(
      shape: run.shape, settings: run.settings, training: run.text.training, seed: UInt64(bitPattern: run.seed))
    var log = RunLog(steps: run.steps)
    try evaluate(trainer, &log)
    while trainer.stepsDone < run.steps, log.divergence == nil {
      guard !stop.isSet else { return log.outcome(.interrupted, reason: "stopped after step \(trainer.stepsDone)") }
      let result = log.timed { trainer.step() }
      try recorder.record(log.add(result, tokens: run.tokensPerStep), of: id)
      log.divergence = divergence(result)
      progress(result.step, result.loss)
      guard log.divergence == nil else { break }
      if run.evaluates(after: result.step) { try evaluate(trainer, &log) }
      if run.samples(after: result.step) { try sample(trainer) }
    }
    if let reason = log.divergence { return log.outcome(.diverged, reason: reason) }
    return log.outcome(.finished, weights: try storeWeights(trainer.model))
  }

  private func evaluate(_ trainer: Trainer, _ log: inout RunLog) throws {
    let result = trainer.evaluate(run.text.validation, limit: run.configuration.integer(.evalTokens))
    let evaluation = Evaluation(
      step: trainer.stepsDone, loss: result.loss, bitsPerByte: run.bitsPerByte(result.loss), tokens: result.tokens,
      seconds: log.seconds)
    try recorder.record(evaluation, of: id)
    log.add(evaluation)
  }

  /// Every prompt is continued from a stream of its own, so that what one writes doesn't depend on the others.
  private func sample(_ trainer: Trainer) throws {
    let step = trainer.stepsDone
    let temperature = run.configuration.number(.temperature)
    for (index, prompt) in run.prompts.enumerated() {
      let random = RandomStream(seed: UInt64(bitPattern: run.seed), name: "samples.\(step).\(index)")
      var generator = Generator(trainer.model, temperature: temperature, random: random)
      let tokenizer = run.text.tokenizer
      let written = generator.generate(
        after: try tokenizer.encode(prompt).tokens, count: run.configuration.integer(.sampleTokens))
      try recorder.record(
        Sample(
          step: step, promptIndex: index, prompt: prompt, text: tokenizer.decode(written), temperature: temperature),
        of: id)
    }
  }

  /// Why a step says that the run has diverged; nil where it hasn't. A uniform guess costs ln V: three times that (at least
  /// 5 nats, and 20 at most, since a prediction's loss is bounded) is no learning any more.
  private func divergence(_ result: StepResult) -> String? {
    guard result.loss.isFinite else { return "the loss isn't finite at step \(result.step)" }
    guard result.gradientNorm.isFinite else { return "the gradient isn't finite at step \(result.step)" }
    let limit = min(max(3 * log(Double(run.shape.vocabularySize)), 5), 20)
    guard result.loss > limit else { return nil }
    return String(format: "the loss exploded to %.2f nats at step %d", result.loss, result.step)
  }

  /// Writes the weight file and returns its path beside the database.
  private func storeWeights(_ model: Transformer) throws -> String {
    let name = "run-\(id).safetensors"
    try FileManager.default.createDirectory(at: weightsFolder, withIntermediateDirectories: true)
    try WeightFile(model: model, tokenizer: run.text.tokenizer).write(to: weightsFolder.appending(path: name))
    return "\(weightsFolder.lastPathComponent)/\(name)"
  }
}

/// What a run's outcome is made of, gathered while it is trained.
private struct RunLog {
  /// Why the run has diverged, if it has.
  var divergence: String?

  private let steps: Int
  private let clock = ContinuousClock()
  private let start: ContinuousClock.Instant
  private var training = Duration.zero
  private var stepsDone = 0
  private var tokens = 0
  private var lastLosses = (sum: 0.0, count: 0)
  private var final: Evaluation?
  private var best: Evaluation?

  init(steps: Int) {
    self.steps = steps
    start = clock.now
  }

  /// Wall time so far.
  var seconds: Double { (clock.now - start) / .seconds(1) }

  /// Runs a step and counts its time as training.
  mutating func timed(_ step: () -> StepResult) -> StepResult {
    let begin = clock.now
    let result = step()
    training += clock.now - begin
    return result
  }

  /// Adds a step and returns its record.
  mutating func add(_ result: StepResult, tokens count: Int) -> Step {
    stepsDone = result.step
    tokens += count
    if result.step > steps - max(1, steps / 10) {
      lastLosses = (lastLosses.sum + result.loss, lastLosses.count + 1)
    }
    return Step(
      step: result.step, loss: result.loss, lr: result.learningRate, gradNorm: result.gradientNorm, tokens: tokens,
      seconds: seconds)
  }

  mutating func add(_ evaluation: Evaluation) {
    final = evaluation
    guard let loss = evaluation.loss else {
      divergence = "the validation loss isn't finite at step \(evaluation.step)"
      return
    }
    if loss < best?.loss ?? .infinity { best = evaluation }
  }

  func outcome(_ state: RunState, reason: String? = nil, weights: String? = nil) -> RunOutcome {
    RunOutcome(
      state: state, reason: reason, stepsDone: stepsDone,
      trainLoss: lastLosses.count > 0 ? lastLosses.sum / Double(lastLosses.count) : nil,
      final: state == .finished ? final : nil, best: best, seconds: seconds,
      tokensPerSecond: training > .zero ? Double(tokens) / (training / .seconds(1)) : nil, weights: weights)
  }
}
