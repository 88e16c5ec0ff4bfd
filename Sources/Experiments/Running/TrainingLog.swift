import Model
import Store

/// What a run's outcome is made of, gathered while it is trained.
package struct TrainingLog {
  /// What a checkpoint keeps of the log, so that a resumed run ends as if it had never stopped.
  package struct Totals: Codable, Equatable {
    /// How far the run's measurements reach.
    package var rows = RecordedRows(step: 0, evaluations: 0, samples: 0)
    package var tokens = 0
    /// Wall time in seconds, and the part of it spent in training steps.
    package var seconds = 0.0
    package var trainingSeconds = 0.0
    /// Processor time in seconds; nil where an earlier version of this program began the run.
    package var cpuSeconds: Double? = 0
    /// Sum and number of the training losses of the last tenth of the steps.
    package var lastLosses = 0.0
    package var lastLossCount = 0
    package var final: Evaluation?
    package var best: Evaluation?
    /// The most threads that made a step; nil where none is made.
    package var threads: Int?
  }

  /// Why the run has diverged, if it has.
  package var divergence: String?
  private let steps: Int
  private var gathered: Totals
  private let clock = ContinuousClock()
  /// To write it out each time costs a debug build more than to read the clock.
  private static let second = Duration.seconds(1)
  private let start: ContinuousClock.Instant
  /// Processor time of the threads that train the run, in seconds, and what it was at the start.
  private let cpu: () -> Double
  private let cpuStart: Double

  /// The log of a run with so many steps that goes on from these totals.
  ///
  /// - Parameter helperSeconds: Processor time of the threads that help the calling one, in seconds.
  package init(steps: Int, _ totals: Totals = Totals(), helperSeconds: @escaping () -> Double = { 0 }) {
    self.steps = steps
    gathered = totals
    start = clock.now
    cpu = { SystemThread.cpuSeconds + helperSeconds() }
    cpuStart = cpu()
  }

  /// All that was gathered until now.
  package var totals: Totals {
    var totals = gathered
    totals.seconds = seconds
    totals.cpuSeconds = cpuSeconds
    return totals
  }

  /// Wall time so far, in seconds; that of earlier processes included.
  package var seconds: Double { gathered.seconds + (clock.now - start) / Self.second }

  /// Processor time so far, in seconds; that of earlier processes included, and nil where it isn't known of them.
  package var cpuSeconds: Double? { gathered.cpuSeconds.map { $0 + cpu() - cpuStart } }

  /// Runs a step and counts its time as training.
  package mutating func timed<Result>(threads: Int, _ step: () -> Result) -> Result {
    let begin = clock.now
    let result = step()
    gathered.threads = max(gathered.threads ?? 1, threads)
    gathered.trainingSeconds += (clock.now - begin) / Self.second
    return result
  }

  /// Adds a step that saw `count` tokens and returns its record.
  package mutating func add(step: Int, loss: Double, lr: Double, gradNorm: Double, tokens count: Int) -> Step {
    gathered.rows.step = step
    gathered.tokens += count
    if step > steps - max(1, steps / 10) {
      gathered.lastLosses += loss
      gathered.lastLossCount += 1
    }
    return Step(
      step: step, loss: loss, lr: lr, gradNorm: gradNorm, tokens: gathered.tokens, seconds: seconds,
      cpuSeconds: cpuSeconds)
  }

  /// Adds an evaluation.
  package mutating func add(_ evaluation: Evaluation) {
    gathered.rows.evaluations += 1
    gathered.final = evaluation
    guard let loss = evaluation.loss else {
      divergence = "the validation loss isn't finite at step \(evaluation.step)"
      return
    }
    if loss < gathered.best?.loss ?? .infinity { gathered.best = evaluation }
  }

  /// Counts a sample.
  package mutating func addSample() { gathered.rows.samples += 1 }

  /// What the run came to.
  package func outcome(_ state: RunState, reason: String? = nil, weights: String? = nil) -> RunOutcome {
    RunOutcome(
      state: state, reason: reason, stepsDone: gathered.rows.step,
      trainLoss: gathered.lastLossCount > 0 ? gathered.lastLosses / Double(gathered.lastLossCount) : nil,
      final: state == .finished ? gathered.final : nil, best: gathered.best, seconds: seconds,
      cpuSeconds: cpuSeconds,
      tokensPerSecond: gathered.trainingSeconds > 0 ? Double(gathered.tokens) / gathered.trainingSeconds : nil,
      threads: gathered.threads ?? 1, weights: weights)
  }
}
