import Foundation
import Model

/// What trains one run: the seam between a run and the arithmetic. `CPUTraining` is this program's; tests script one, and
/// another backend can stand beside it.
package protocol Training: AnyObject {
  /// Steps made so far.
  var stepsDone: Int { get }
  /// Threads that steps and evaluations use; the bits don't depend on them.
  var threads: Int { get set }
  /// Processor time, in seconds, of threads beside the one that calls.
  var helperSeconds: Double { get }
  /// Makes one optimizer update and says what it measured.
  func step() -> StepResult
  /// The loss over the run's part of the held-out text.
  func evaluate() -> EvaluationResult
  /// The same of the average of weights; nil where the run has none.
  func evaluateAverage() -> EvaluationResult?
  /// The `count` tokens that follow the prompt's tokens.
  func sample(after prompt: [Int32], count: Int, temperature: Double, random: RandomStream) -> [Int32]
  /// All that the next step depends on.
  var state: TrainerState { get }
  /// Whether a state is of this training's sizes.
  func canRestore(_ state: TrainerState) -> Bool
  /// Goes on from a state.
  ///
  /// - Throws: `CheckpointError.foreign` where the state is of other sizes; then nothing has changed.
  func restore(_ state: TrainerState) throws(CheckpointError)
  /// Stores the model as it is.
  ///
  /// - Throws: `FileError`.
  func writeWeights(to url: URL) throws
}

/// Makes the training of a run, before its first step.
package typealias TrainingFactory = @Sendable (PlannedRun) -> any Training

/// The training by `Model`'s trainer.
package final class CPUTraining: Training {
  private let run: PlannedRun
  private let trainer: Trainer

  package init(_ run: PlannedRun) {
    self.run = run
    trainer = run.trainer()
  }

  package var stepsDone: Int { trainer.stepsDone }
  package var threads: Int {
    get { trainer.threads }
    set { trainer.threads = newValue }
  }
  package var helperSeconds: Double { trainer.helperSeconds }
  package func step() -> StepResult { trainer.step() }
  package func evaluate() -> EvaluationResult {
    trainer.evaluate(run.text.validation, predicting: run.evaluated.tokens)
  }
  package func evaluateAverage() -> EvaluationResult? {
    trainer.evaluateAverage(run.text.validation, predicting: run.evaluated.tokens)
  }
  package func sample(after prompt: [Int32], count: Int, temperature: Double, random: RandomStream) -> [Int32] {
    var generator = Generator(trainer.result, temperature: temperature, random: random)
    return generator.generate(after: prompt, count: count)
  }
  package var state: TrainerState { trainer.state }
  package func canRestore(_ state: TrainerState) -> Bool { trainer.canRestore(state) }
  package func restore(_ state: TrainerState) throws(CheckpointError) { try trainer.restore(state) }
  package func writeWeights(to url: URL) throws {
    try WeightFile(model: trainer.result, tokenizer: run.text.tokenizer).write(to: url)
  }
}

extension PlannedRun {
  /// Its trainer before the first step.
  func trainer() -> Trainer {
    let seed = UInt64(bitPattern: seed)
    guard let weights = initialWeights else {
      return Trainer(architecture: architecture, settings: settings, training: text.training, seed: seed)
    }
    let model = Transformer(copying: weights.file.model, contextLength: architecture.contextLength)
    return Trainer(model: model, settings: settings, training: text.training, seed: seed)
  }
}
