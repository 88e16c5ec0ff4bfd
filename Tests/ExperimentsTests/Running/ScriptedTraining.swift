import Foundation
import Model
import Store

@testable import Experiments

/// A training that follows a script: what a step and an evaluation measure is given, and takes no time.
final class ScriptedTraining: Training {
  /// What a training measures at each step.
  struct Script: Sendable {
    /// The training loss of a step, from 1.
    var loss: @Sendable (Int) -> Double = { 4 - 0.01 * Double($0) }
    var gradientNorm: @Sendable (Int) -> Double = { _ in 1 }
    /// The held-out loss after so many steps.
    var evaluation: @Sendable (Int) -> Double = { 4 - 0.01 * Double($0) }
    /// Called with the step before it is made.
    var beforeStep: @Sendable (Int) -> Void = { _ in }
  }

  private let script: Script
  private(set) var stepsDone = 0
  var threads = 1
  var helperSeconds: Double { Double(stepsDone) }

  init(_ script: Script) { self.script = script }

  func step() -> StepResult {
    stepsDone += 1
    script.beforeStep(stepsDone)
    return StepResult(
      step: stepsDone, loss: script.loss(stepsDone), learningRate: 0.1, gradientNorm: script.gradientNorm(stepsDone))
  }
  func evaluate() -> EvaluationResult {
    EvaluationResult(loss: script.evaluation(stepsDone), standardError: 0.125, tokens: 8)
  }
  func evaluateAverage() -> EvaluationResult? { nil }
  func sample(after prompt: [Int32], count: Int, temperature: Double, random: RandomStream) -> [Int32] { prompt }
  var state: TrainerState { TrainerState(stepsDone: stepsDone, batches: 0, parameters: [], moments: []) }
  func canRestore(_ state: TrainerState) -> Bool { true }
  func restore(_ state: TrainerState) { stepsDone = state.stepsDone }
  func writeWeights(to url: URL) throws { try Data().write(to: url) }
}

/// What a sweep tells, in order.
final class Notes: SweepObserver {
  private let gathered = Locked<[String]>([])
  private let onNote: @Sendable () -> Void

  init(onNote: @escaping @Sendable () -> Void = {}) { self.onNote = onNote }

  var lines: [String] { gathered.withLock { $0 } }

  private func add(_ line: String) { gathered.withLock { $0.append(line) } }
  func begin(_ items: [SweepItem]) {}
  func started(_ id: Int64, at step: Int) { add("run \(id) from step \(step)") }
  func step(_ id: Int64, _ step: Int, loss: Double) {}
  func evaluated(_ id: Int64, _ evaluation: Evaluation) {}
  func ended(_ id: Int64, _ outcome: RunOutcome) { add("run \(id) \(outcome.state.rawValue) at \(outcome.stepsDone)") }
  func endedElsewhere(_ id: Int64) { add("run \(id) elsewhere") }
  func note(_ line: String) {
    add(line)
    onNote()
  }
  func end() {}
}

/// A database with what a spec makes of it when trainings follow a script.
final class ScriptedSweep {
  let folder: SpecFolder
  let notes = Notes()
  let stop = StopSignal()

  init() throws { folder = try SpecFolder() }

  var files: ResultFiles { ResultFiles(database: folder.path("results.sqlite")) }

  /// A small spec with these members beside the sizes.
  static func spec(_ members: String) -> String {
    #"{"d_model": 4, "heads": 2, "layers": 1, "context_length": 8, "batch_size": 1, "eval_tokens": 8, \#(members)}"#
  }

  /// Trains what is missing of the spec, one run at a time.
  @discardableResult
  func run(
    _ spec: String, _ script: ScriptedTraining.Script = .init(), policy: any Policy = LongestFirst(),
    stop: StopSignal? = nil, notes: Notes? = nil
  ) throws -> [RunState: Int] {
    let plan = try Plan(specs: [try folder.write(spec)])
    let database = try ResultsDatabase(path: folder.path("results.sqlite"))
    let memory = MemoryBudget(total: .infinity, available: .infinity)
    let session = SweepSession(
      plan, database: database, files: files, options: .init(jobs: 1, memory: memory), policy: policy,
      training: { _ in ScriptedTraining(script) }, stop: stop ?? self.stop, observer: notes ?? self.notes)
    let counts = try session.run()
    try database.close()
    return counts
  }

  /// What the database holds of the runs, in their order.
  func runs() throws -> [Run] {
    let database = try ResultsDatabase(existingAt: folder.path("results.sqlite"))
    return try database.runStates().keys.map(\.id).sorted().compactMap(database.run)
  }
  func steps(of run: Int64) throws -> [Step] {
    try ResultsDatabase(existingAt: folder.path("results.sqlite")).steps(of: run)
  }
}
