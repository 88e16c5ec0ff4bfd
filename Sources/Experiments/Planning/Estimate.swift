import Foundation
import Model
import Store

/// How long runs take, from a short calibration of this machine.
package struct Estimate {
  private let pace: [TimingKind: Pace]
  private let cores: Int

  /// Trains a little of up to eight kinds of runs among these, spread evenly from the least work to the most; the others
  /// are scaled from the nearest by their floating-point operations.
  ///
  /// - Parameters:
  ///   - runs: All runs that will be asked about.
  ///   - jobs: Runs that will go side by side: as many are timed side by side, since one slows the other.
  ///   - budget: What the calibration may take. It takes longer only where two steps of the kinds do.
  package init(_ runs: [PlannedRun], jobs: Int, cores: Int = Machine.cores, budget: Duration = .seconds(2)) {
    self.cores = min(jobs, cores)
    var examples: [TimingKind: PlannedRun] = [:]
    for run in runs where examples[run.kind] == nil { examples[run.kind] = run }
    let kinds = examples.values.sorted { ($0.flopsPerStep, $0.identity) < ($1.flopsPerStep, $1.identity) }
    let count = min(kinds.count, 8)
    let clock = ContinuousClock()
    let end = clock.now + budget
    var timed: [PlannedRun] = []
    var pace: [TimingKind: Pace] = [:]
    for index in 0..<count {
      let run = kinds[count == 1 ? 0 : index * (kinds.count - 1) / (count - 1)]
      // On fewer cores where memory doesn't do for all of them, and not at all where it doesn't do for one.
      let fitting = Int(min(Double(self.cores), Machine.availableMemory / run.memory))
      guard fitting > 0 else { continue }
      guard timed.isEmpty || clock.now < end && run.memory * Double(self.cores) < Machine.memory / 4 else { break }
      timed.append(run)
      pace[run.kind] = Pace(of: run, cores: fitting, seconds: budget / .seconds(1) / Double(max(count, 4)))
    }
    for run in kinds where pace[run.kind] == nil {
      let nearest = timed.min {
        abs(log($0.flopsPerStep / run.flopsPerStep)) < abs(log($1.flopsPerStep / run.flopsPerStep))
      }
      if let nearest, let known = pace[nearest.kind] { pace[run.kind] = known.scaled(from: nearest, to: run) }
    }
    self.pace = pace
  }

  /// Seconds that a run takes on one core from after its first `done` steps on, evaluations and samples included; nil where
  /// nothing is known of its kind, as on a machine without memory for any run.
  package func seconds(_ run: PlannedRun, after done: Int = 0) -> Double? { work(run, after: done)?.seconds }

  /// Seconds until the last of some runs ends when `jobs` go side by side; each goes on after the steps that are done. Nil where
  /// nothing is known of one of them.
  package func seconds(_ runs: [(run: PlannedRun, done: Int)], jobs: Int) -> Double? {
    let known = runs.compactMap { work($0.run, after: $0.done) }
    return known.count == runs.count ? Makespan.seconds(known, jobs: jobs, cores: cores) : nil
  }

  private func work(_ run: PlannedRun, after done: Int) -> Makespan.Work? {
    guard let pace = pace[run.kind] else { return nil }
    let evaluated = Double(run.evaluations(after: done) * run.evaluatedTokens.count)
    let shared = pace.step * Double(max(0, run.steps - done)) + pace.evaluatedToken * evaluated
    let alone = pace.start + pace.seconds(ofSamplesOf: run, after: done)
    let seconds = alone + shared
    return Makespan.Work(seconds: seconds, speedup: seconds / (alone + shared / pace.speedup))
  }
}

/// What makes two runs take the same time for a step.
package struct TimingKind: Hashable {
  package let architecture: Architecture
  package let batchSize: Int
  package let optimizer: Optimizer.Kind
  package let hasDropout: Bool
}

extension PlannedRun {
  fileprivate var kind: TimingKind {
    TimingKind(
      architecture: architecture, batchSize: settings.batchSize, optimizer: settings.optimizer.kind,
      hasDropout: settings.dropout > 0)
  }

  fileprivate var flopsPerStep: Double { architecture.trainingFlopsPerToken * Double(tokensPerStep) }
}

/// What the parts of a run take, in seconds on one core while the other cores train as well.
private struct Pace {
  /// From a run's beginning to its first step, and from its last step to its end.
  var start: Double
  var step: Double
  var evaluatedToken: Double
  /// What readies a sample.
  var sample: Double
  /// A token of a sample with the cache, and one past the context, which needs the whole window anew.
  var cachedToken: Double
  var window: Double
  /// How many times faster steps and evaluations are with all the cores for one run.
  var speedup: Double

  /// Storing a run's weights, which waits for the disk a few times.
  private static let storing = 0.02

  /// Times them for about so many seconds.
  init(of run: PlannedRun, cores: Int, seconds: Double) {
    let times = Locked<[Pace]>([])
    DispatchQueue.concurrentPerform(iterations: cores) { _ in
      let pace = Pace(ofOne: run, seconds: 0.75 * seconds)
      times.withLock { $0.append(pace) }
    }
    let all = times.withLock { $0 }
    func mean(_ part: KeyPath<Pace, Double>) -> Double { all.reduce(0) { $0 + $1[keyPath: part] } / Double(all.count) }
    start = mean(\.start)
    step = mean(\.step)
    evaluatedToken = mean(\.evaluatedToken)
    sample = mean(\.sample)
    cachedToken = mean(\.cachedToken)
    window = mean(\.window)
    guard cores > 1 else {
      speedup = 1
      return
    }
    let trainer = Trainer(architecture: run.architecture, settings: run.settings, training: run.text.training, seed: 0)
    trainer.threads = cores
    speedup = step / Self.median(0.25 * seconds) { _ = trainer.step() }
  }

  /// Times them on the present thread.
  private init(ofOne run: PlannedRun, seconds: Double) {
    let clock = ContinuousClock()
    let begun = clock.now
    let trainer = Trainer(architecture: run.architecture, settings: run.settings, training: run.text.training, seed: 0)
    start = (clock.now - begun) / .seconds(1) + Self.storing
    step = Self.median(0.5 * seconds) { _ = trainer.step() }
    var evaluated = 1
    let evaluation = Self.median(0.25 * seconds) {
      evaluated = trainer.evaluate(run.text.validation, limit: run.tokensPerStep).tokens
    }
    evaluatedToken = evaluation / Double(evaluated)
    func generator() -> Generator {
      Generator(trainer.model, temperature: 1, random: RandomStream(seed: 0, name: "samples"))
    }
    sample = Self.median(0.05 * seconds) { _ = generator() }
    var writer = generator()
    func generation(after count: Int, _ tokens: Int) -> Double {
      let prompt = Array(run.text.validation.prefix(count))
      return Self.median(0.1 * seconds) { _ = writer.generate(after: prompt, count: tokens) }
    }
    let length = run.architecture.contextLength
    window = generation(after: length, 1)
    // The middle of the window stands for all its places.
    let few = min(8, length / 2)
    cachedToken = few > 0 ? max(0, generation(after: length / 2, 1 + few) - window / 2) / Double(few) : window
    speedup = 1
  }

  /// The median of the times of some work, repeated for so many seconds. The first warms up, and counts only where there is
  /// no time for a second.
  private static func median(_ seconds: Double, _ work: () -> Void) -> Double {
    let clock = ContinuousClock()
    let end = clock.now + .seconds(seconds)
    let first = clock.measure(work) / .seconds(1)
    var times: [Double] = []
    while clock.now < end, times.count < 1000 { times.append(clock.measure(work) / .seconds(1)) }
    return times.isEmpty ? first : times.sorted()[times.count / 2]
  }

  /// The pace of another kind of run.
  func scaled(from timed: PlannedRun, to run: PlannedRun) -> Pace {
    let perToken = run.architecture.trainingFlopsPerToken / timed.architecture.trainingFlopsPerToken
    var pace = self
    pace.step *= run.flopsPerStep / timed.flopsPerStep
    pace.evaluatedToken *= perToken
    pace.cachedToken *= perToken
    pace.window *= perToken * Double(run.architecture.contextLength) / Double(timed.architecture.contextLength)
    return pace
  }

  /// Seconds for the samples after the first `done` steps.
  package func seconds(ofSamplesOf run: PlannedRun, after done: Int) -> Double {
    run.observations.reduce(0) { sum, observation in
      sum + seconds(ofOne: observation, of: run) * Double(observation.samples.count(after: done))
    }
  }

  /// Seconds for one sample of each prompt.
  private func seconds(ofOne observation: Observation, of run: PlannedRun) -> Double {
    let length = run.architecture.contextLength
    let count = observation.sampleTokens
    return observation.prompts.reduce(0) { sum, prompt in
      let known = min((try? run.text.tokenizer.encode(prompt.exact).tokens.count) ?? 1, length)
      // The first token takes the prompt; then the window fills up, and from there on it slides.
      let cached = min(max(0, count - 1), length - known)
      return sum + sample + window * Double(known) / Double(length) + cachedToken * Double(cached)
        + window * Double(max(0, count - 1 - cached))
    }
  }
}
