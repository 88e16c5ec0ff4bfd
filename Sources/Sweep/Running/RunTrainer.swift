import Foundation
import Model
import Store

/// Trains one run from where it stands to its last step, records everything on the way, and says how it ended.
struct RunTrainer {
  let run: PlannedRun
  /// The run in the database.
  let reference: Run.Reference
  let recorder: RunRecorder
  let checkpoints: CheckpointFolder
  /// Where the weights go; the file is named after the run.
  let weightsFolder: URL
  let cores: CoreBudget
  let firstEvaluations: FirstEvaluations
  let stop: StopSignal
  /// Begins the run in the database, anew or from the rows that a checkpoint relies on; says whether that can be.
  let start: (RecordedRows?) throws -> Bool
  let progress: Progress

  private var id: Int64 { reference.id }

  /// Trains the run. A run that diverges or is interrupted ends with that outcome.
  ///
  /// - Throws: What kept a result from being had: the disk is full, say.
  func train() throws -> RunOutcome {
    // Whether they can be made is known before hours of training, not after.
    for folder in [checkpoints.url, weightsFolder] { try makeFolder(folder) }
    let trainer = Trainer(
      shape: run.shape, settings: run.settings, training: run.text.training, seed: UInt64(bitPattern: run.seed))
    var log = try resume(trainer) ?? begin()
    progress.started(id, at: trainer.stepsDone)
    trainer.threads = cores.threadsPerRun
    if log.totals.rows.evaluations == 0 { try evaluate(trainer, &log) }
    // A step may take no more than a quarter of a millisecond: what it needs beside the training is looked up once.
    let (steps, tokensPerStep, evaluations, samples) = (run.steps, run.tokensPerStep, run.evaluations, run.samples)
    let greatestLoss = greatestLoss
    var (stored, shown) = (log.seconds, log.seconds)
    while trainer.stepsDone < steps, log.divergence == nil {
      if stop.isSet {
        try store(trainer, log)
        return log.outcome(.interrupted, reason: "stopped after step \(trainer.stepsDone)")
      }
      if log.seconds - stored >= run.checkpointSeconds {
        try store(trainer, log)
        stored = log.seconds
      }
      trainer.threads = cores.threadsPerRun
      let result = log.timed(threads: trainer.threads) { trainer.step() }
      let step = log.add(
        step: result.step, loss: result.loss, lr: result.learningRate, gradNorm: result.gradientNorm,
        tokens: tokensPerStep)
      try recorder.record(step, of: reference)
      log.divergence = divergence(result, above: greatestLoss)
      if step.seconds - shown >= Progress.interval || log.divergence != nil {
        progress.step(id, result.step, loss: result.loss)
        shown = step.seconds
      }
      guard log.divergence == nil else { break }
      if evaluations.contains(result.step) { try evaluate(trainer, &log) }
      if samples.contains(result.step) { try sample(trainer, &log) }
    }
    if let reason = log.divergence { return log.outcome(.diverged, reason: reason) }
    return log.outcome(.finished, weights: try storeWeights(trainer.model))
  }

  // MARK: - Checkpoints

  /// Names the run's checkpoints: numbers of runs are given anew in another database.
  private var name: String { SHA256.hexDigest(of: Array("\(run.identity) \(run.seed)".utf8)) }

  /// Goes on from the latest checkpoint whose measurements are all in the database; nil where there is none.
  private func resume(_ trainer: Trainer) throws -> RunLog? {
    // One after the other, so that one at a time takes memory.
    for file in checkpoints.files(of: id) {
      let checkpoint: Checkpoint
      do throws(CheckpointError) {
        checkpoint = try Checkpoint(contentsOf: file)
      } catch {
        if error != .missing {
          progress.note("run \(id): a checkpoint can't serve (\(error)); an earlier one does, or the run starts over.")
        }
        continue
      }
      guard checkpoint.run == name,
        let totals = try? JSONDecoder().decode(RunLog.Totals.self, from: Data(checkpoint.notes)),
        totals.rows.step == checkpoint.trainer.stepsDone, totals.rows.step <= run.steps,
        trainer.canRestore(checkpoint.trainer), try start(totals.rows)
      else { continue }
      try trainer.restore(checkpoint.trainer)
      return RunLog(steps: run.steps, totals)
    }
    return nil
  }

  /// Begins anew.
  private func begin() throws -> RunLog {
    guard try start(nil) else { throw RunRecorder.LeaseLost() }
    return RunLog(steps: run.steps)
  }

  /// Stores a checkpoint, which never is ahead of the measurements that it relies on.
  private func store(_ trainer: Trainer, _ log: RunLog) throws {
    let notes = [UInt8](try JSONEncoder().encode(log.totals))
    try checkpoints.store(Checkpoint(run: name, notes: notes, trainer: trainer.state), of: id) {
      try recorder.flush(reference)
    }
  }

  // MARK: - Measuring

  private func evaluate(_ trainer: Trainer, _ log: inout RunLog) throws {
    func result() -> EvaluationResult {
      trainer.evaluate(run.text.validation, limit: run.configuration.integer(.evalTokens))
    }
    let result = trainer.stepsDone == 0 ? firstEvaluations.result(of: run, result) : result()
    let evaluation = Evaluation(
      step: trainer.stepsDone, loss: result.loss, bitsPerByte: run.bitsPerByte(result.loss), tokens: result.tokens,
      seconds: log.seconds)
    try recorder.record(evaluation, of: reference)
    log.add(evaluation)
  }

  /// Every prompt is continued from a stream of its own, so that what one writes doesn't depend on the others.
  private func sample(_ trainer: Trainer, _ log: inout RunLog) throws {
    let step = trainer.stepsDone
    let (temperature, count) = (run.configuration.number(.temperature), run.configuration.integer(.sampleTokens))
    for (index, prompt) in run.prompts.enumerated() {
      let random = RandomStream(seed: UInt64(bitPattern: run.seed), name: "samples.\(step).\(index)")
      var generator = Generator(trainer.model, temperature: temperature, random: random)
      let tokenizer = run.text.tokenizer
      let written = generator.generate(after: try tokenizer.encode(prompt).tokens, count: count)
      try recorder.record(
        Sample(
          step: step, promptIndex: index, prompt: prompt, text: tokenizer.decode(written), temperature: temperature,
          tokens: count),
        of: reference)
      log.addSample()
    }
  }

  /// A loss above which a run has diverged. A uniform guess costs ln V: three times that (at least 5 nats, and 20 at most,
  /// since a prediction's loss is bounded) is no learning any more.
  private var greatestLoss: Double { min(max(3 * log(Double(run.shape.vocabularySize)), 5), 20) }

  /// Why a step says that the run has diverged; nil where it hasn't.
  private func divergence(_ result: StepResult, above greatestLoss: Double) -> String? {
    guard result.loss.isFinite else { return "the loss isn't finite at step \(result.step)" }
    guard result.gradientNorm.isFinite else { return "the gradient isn't finite at step \(result.step)" }
    guard result.loss > greatestLoss else { return nil }
    return String(format: "the loss exploded to %.2f nats at step %d", result.loss, result.step)
  }

  /// Writes the weight file and returns its path beside the database.
  private func storeWeights(_ model: Transformer) throws -> String {
    let name = "run-\(id).safetensors"
    try WeightFile(model: model, tokenizer: run.text.tokenizer).write(to: weightsFolder.appending(path: name))
    return "\(weightsFolder.lastPathComponent)/\(name)"
  }
}
