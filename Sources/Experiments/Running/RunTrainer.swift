import Foundation
import Model
import Store

/// Trains one run from where it stands to its last step, records everything on the way, and says how it ended.
package struct RunTrainer {
  /// What trains runs, and what they share.
  package struct Context: Sendable {
    package let files: ResultFiles
    package let recorder: RunRecorder
    package let training: TrainingFactory
    package let cores: CoreBudget
    package let firstEvaluations: FirstEvaluations
    package let provenance: Provenance
    package let stop: StopSignal
    package let observer: any SweepObserver
  }

  package let job: Job
  package let context: Context
  /// What a checkpoint of before schema 3 calls the run; nil where there can be none.
  package let formerName: String?
  /// Begins the run in the database, anew or from the rows that a checkpoint relies on; says whether that can be.
  package let start: (RecordedRows?) throws -> Bool
  /// What the policy says after an evaluation.
  package let verdict: (Evaluation) -> Verdict

  private var run: PlannedRun { job.run }

  /// Seconds between two steps that the observer is told of.
  private static let tellingInterval = 0.1

  /// Trains the run. A run that diverges, or that is interrupted or stopped, ends with that outcome.
  ///
  /// - Throws: What kept a result from being had: the disk is full, say.
  package func train() throws -> RunOutcome {
    // Whether they can be made is known before hours of training, not after.
    let files = context.files
    for folder in [files.checkpointsFolder, files.checkpoints.url, files.weightsFolder] { try makeFolder(folder) }
    let training = context.training(run)
    var log = try resume(training) ?? begin(training)
    context.observer.started(job.id, at: training.stepsDone)
    training.threads = context.cores.threadsPerRun
    if log.totals.rows.evaluations == 0 { try evaluate(training, &log) }
    // A step may take no more than a quarter of a millisecond: what it needs beside the training is looked up once.
    let (run, steps, tokensPerStep) = (run, run.steps, run.tokensPerStep)
    let (evaluations, samples) = (run.observations.map(\.evaluations), run.observations.map(\.samples))
    let rule = run.divergence
    var (stored, shown) = (log.seconds, log.seconds)
    while training.stepsDone < steps, log.divergence == nil {
      if context.stop.isSet {
        try store(training, log)
        return log.outcome(.interrupted, reason: "stopped after step \(training.stepsDone)")
      }
      if log.seconds - stored >= run.checkpointSeconds {
        try store(training, log)
        stored = log.seconds
      }
      training.threads = context.cores.threadsPerRun
      let result = log.timed(threads: training.threads) { training.step() }
      let step = log.add(
        step: result.step, loss: result.loss, lr: result.learningRate, gradNorm: result.gradientNorm,
        tokens: tokensPerStep)
      try context.recorder.record(step, of: job.reference)
      log.divergence = rule.reason(for: result)
      if step.seconds - shown >= Self.tellingInterval || log.divergence != nil {
        context.observer.step(job.id, result.step, loss: result.loss)
        shown = step.seconds
      }
      guard log.divergence == nil else { break }
      let isEvaluated = evaluations.contains { $0.contains(result.step) }
      let evaluation = isEvaluated ? try evaluate(training, &log) : nil
      if samples.contains(where: { $0.contains(result.step) }) { try sample(training, &log) }
      guard let evaluation, log.divergence == nil, result.step < steps else { continue }
      switch verdict(evaluation) {
      case .goOn: break
      case .pause(let reason):
        try store(training, log)
        return log.outcome(.interrupted, reason: reason)
      case .stop(let reason): return log.outcome(.stopped, reason: reason)
      }
    }
    if let reason = log.divergence { return log.outcome(.diverged, reason: reason) }
    let weights = context.files.weightsFolder.appending(path: run.fileName + ".safetensors")
    try training.writeWeights(to: weights)
    return log.outcome(
      .finished, weights: "\(context.files.weightsFolder.lastPathComponent)/\(weights.lastPathComponent)")
  }

  // MARK: - Checkpoints

  /// Goes on from the latest checkpoint whose measurements are all in the database; nil where there is none.
  private func resume(_ training: any Training) throws -> TrainingLog? {
    let folder = context.files.checkpoints
    // One after the other, so that one at a time takes memory.
    for file in folder.candidates(of: run.fileName, number: job.id) {
      let checkpoint: Checkpoint
      do throws(CheckpointError) {
        checkpoint = try Checkpoint(contentsOf: file)
      } catch {
        if error != .missing {
          context.observer.note(
            "run \(job.id): a checkpoint can't serve (\(error)); an earlier one does, or the run starts over.")
        }
        continue
      }
      guard [run.name, formerName].contains(checkpoint.run),
        let totals = try? JSONDecoder().decode(TrainingLog.Totals.self, from: Data(checkpoint.notes)),
        totals.rows.step == checkpoint.trainer.stepsDone, totals.rows.step <= run.steps,
        training.canRestore(checkpoint.trainer), try start(totals.rows)
      else { continue }
      try training.restore(checkpoint.trainer)
      return TrainingLog(steps: run.steps, totals) { training.helperSeconds }
    }
    return nil
  }

  /// Begins anew.
  private func begin(_ training: any Training) throws -> TrainingLog {
    guard try start(nil) else { throw RunRecorder.LeaseLost() }
    return TrainingLog(steps: run.steps) { training.helperSeconds }
  }

  /// Stores a checkpoint, which never is ahead of the measurements that it relies on.
  private func store(_ training: any Training, _ log: TrainingLog) throws {
    let notes = [UInt8](try JSONEncoder().encode(log.totals))
    let checkpoint = Checkpoint(run: run.name, notes: notes, trainer: training.state)
    try context.files.checkpoints.store(checkpoint, of: run.fileName) { try context.recorder.flush(job.reference) }
  }

  // MARK: - Measuring

  @discardableResult
  private func evaluate(_ training: any Training, _ log: inout TrainingLog) throws -> Evaluation {
    let result =
      training.stepsDone == 0
      ? context.firstEvaluations.result(of: run, training.evaluate) : training.evaluate()
    let evaluation = Evaluation(
      step: training.stepsDone, loss: result.loss, bitsPerByte: run.evaluated.bitsPerByte(result.loss),
      standardError: result.standardError, averagedLoss: training.evaluateAverage()?.loss, tokens: result.tokens,
      seconds: log.seconds, cpuSeconds: log.cpuSeconds)
    try context.recorder.record(evaluation, of: job.reference)
    log.add(evaluation)
    context.observer.evaluated(job.id, evaluation)
    return evaluation
  }

  private func sample(_ training: any Training, _ log: inout TrainingLog) throws {
    for request in run.samples(after: training.stepsDone) {
      try context.recorder.record(try request.sample(of: run, by: training.sample), of: job.reference)
      log.addSample()
    }
  }
}
