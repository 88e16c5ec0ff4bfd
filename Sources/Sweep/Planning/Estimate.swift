import Foundation
import Model

/// How long runs take, from a short calibration of this machine: a few steps of some of their shapes are really trained.
struct Estimate {
  /// What makes two runs' steps take the same time.
  private struct StepKind: Hashable {
    let shape: TransformerShape
    let batchSize: Int
    let optimizer: String
  }

  private var secondsPerStep: [StepKind: Double] = [:]

  /// Times a few steps of each kind among the runs, the least work first, until the budget is spent; at least one kind.
  /// The remaining kinds are scaled from the nearest by their floating-point operations.
  init(_ runs: [PlannedRun], budget: Duration = .seconds(2)) {
    var examples: [StepKind: PlannedRun] = [:]
    for run in runs where examples[Self.kind(of: run)] == nil { examples[Self.kind(of: run)] = run }
    let kinds = examples.sorted { Self.flopsPerStep($0.value) < Self.flopsPerStep($1.value) }
    let clock = ContinuousClock()
    let end = clock.now + budget
    for (kind, run) in kinds where secondsPerStep.isEmpty || clock.now < end && run.memory < Machine.memory / 4 {
      secondsPerStep[kind] = Self.time(run, clock, until: min(end, clock.now + budget / 8))
    }
    let timed = kinds.filter { secondsPerStep[$0.key] != nil }
    for (kind, run) in kinds where secondsPerStep[kind] == nil {
      let flops = Self.flopsPerStep(run)
      let nearest = timed.min {
        abs(log(Self.flopsPerStep($0.value) / flops)) < abs(log(Self.flopsPerStep($1.value) / flops))
      }
      if let nearest, let seconds = secondsPerStep[nearest.key] {
        secondsPerStep[kind] = seconds * flops / Self.flopsPerStep(nearest.value)
      }
    }
  }

  /// Seconds that one core takes for the run, evaluations and samples included.
  func seconds(_ run: PlannedRun) -> Double {
    guard let step = secondsPerStep[Self.kind(of: run)] else { return 0 }
    // A forward pass is a third of a step's work; a sampled token past the context costs a whole window.
    let perToken = step / Double(run.tokensPerStep) / 3
    let evaluations = Double(run.steps / run.configuration.integer(.evalEvery) + 1)
    let every = run.configuration.integer(.sampleEvery)
    let samples = Double((every > 0 ? run.steps / every : 0) + 1) * Double(run.prompts.count)
    let sampled = run.configuration.integer(.sampleTokens)
    let slid = max(0, sampled - run.shape.contextLength)
    return step * Double(run.steps) + perToken * evaluations * Double(run.evaluatedTokens.count)
      + perToken * samples * Double(sampled + slid * run.shape.contextLength)
  }

  /// Seconds until the last run ends when they go side by side, each to the first job that is free, in the order given.
  func seconds(_ runs: [PlannedRun], jobs: Int) -> Double {
    var free = [Double](repeating: 0, count: max(jobs, 1))
    for run in runs {
      let next = free.indices.min { free[$0] < free[$1] } ?? 0
      free[next] += seconds(run)
    }
    return free.max() ?? 0
  }

  private static func kind(of run: PlannedRun) -> StepKind {
    StepKind(shape: run.shape, batchSize: run.settings.batchSize, optimizer: run.configuration.text(.optimizer))
  }

  private static func flopsPerStep(_ run: PlannedRun) -> Double {
    run.shape.trainingFlopsPerToken * Double(run.tokensPerStep)
  }

  /// The median of a few steps, after one that warms up.
  private static func time(_ run: PlannedRun, _ clock: ContinuousClock, until end: ContinuousClock.Instant) -> Double {
    let trainer = Trainer(shape: run.shape, settings: run.settings, training: run.text.training, seed: 0)
    _ = trainer.step()
    var times: [Double] = []
    repeat {
      times.append(clock.measure { _ = trainer.step() } / .seconds(1))
    } while times.count < 3 || times.count < 50 && clock.now < end
    return times.sorted()[times.count / 2]
  }
}
