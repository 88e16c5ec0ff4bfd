import Answers
import Foundation
import Store

/// A run of width `dModel` as it stands in the database; finished if it has a loss, diverged if not.
package func run(
  dModel: Int, lr: Double, seed: Int64 = 0, loss: Double?, optimizer: String = "adamw", extra: [String: Scalar] = [:]
) -> Run {
  let settings: [String: Scalar] = [
    "batch_size": 8, "context_length": 64, "corpus_sha256": "00ff", "d_ff": .integer(4 * dModel),
    "d_model": .integer(dModel),
    "heads": 4, "layers": 2, "lr": .number(lr), "optimizer": .text(optimizer), "schedule": "cosine", "steps": 4,
    "tokenizer": "char", "warmup_steps": 0,
  ]
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  let config = (try? encoder.encode(settings.merging(extra) { $1 })).map { String(decoding: $0, as: UTF8.self) } ?? ""
  var run = Run(
    config: config, seed: seed,
    facts: Run.Facts(
      corpus: "stories", vocabSize: 56, parameters: 1000 * dModel, trainingFlops: 1e9, floorLoss: 0.25,
      floorBitsPerByte: 0.375))
  run.outcome.state = loss == nil ? .diverged : .finished
  run.outcome.finalLoss = loss
  run.outcome.bestLoss = loss.map { $0 - 0.125 }
  run.outcome.finalBitsPerByte = loss.map { $0 * 1.5 }
  run.outcome.tokensPerSecond = loss.map { _ in 50_000 }
  return run
}

/// The same as it stands before its end.
package func run(dModel: Int, lr: Double, seed: Int64 = 0, state: RunState) -> Run {
  var run = run(dModel: dModel, lr: lr, seed: seed, loss: nil)
  run.outcome.state = state
  return run
}

/// Two widths at three learning rates with two seeds; the widest diverges with one seed at the highest.
package let sampleRuns = runs(batchOfWide: 8)

/// The same with another batch size for the wider ones.
package func runs(batchOfWide batch: Int) -> [Run] {
  [
    (32, 0.001, [2.5, 2.75]), (32, 0.01, [2.25, 2.5]), (32, 0.1, [3.0, 3.5]),
    (128, 0.001, [2.0, 2.25]), (128, 0.01, [2.375, 2.625]), (128, 0.1, [1.5, nil]),
  ].flatMap { (width, lr, losses: [Double?]) in
    losses.enumerated().map {
      run(
        dModel: width, lr: lr, seed: Int64($0), loss: $1, extra: ["batch_size": .integer(width == 128 ? batch : 8)])
    }
  }
}

/// The runs of a grid with these axes.
package func grid(_ runs: [Run], _ axes: [String]) -> [(run: Run, point: [String: Scalar])] {
  runs.map { run in (run, run.settings.filter { axes.contains($0.key) }) }
}

/// An experiment with these runs and axes.
package func results(
  _ runs: [Run], axes: [String] = ["d_model", "lr"], name: String = "widths", measuring: Measuring? = nil
) -> ExperimentResults {
  let experiment = Experiment(
    name: name, description: "How wide?", spec: #"{"d_model": [32, 128], "lr": [0.001, 0.01, 0.1]}"#,
    specPath: "widths.json",
    axes: axes.map { key in Axis(key: key, values: Set(runs.compactMap { $0.settings[key] }).sorted()) },
    measuring: measuring, floorBitsPerByte: 0.375)
  return ExperimentResults(experiment, grid: grid(runs, axes))
}

/// The runs stored with a loss for every step and three evaluations each, and the samples given for their places; and the experiment read
/// back from there. A queued run has none of it, and one that is running stands half way.
package func stored(
  _ runs: [Run], axes: [String] = ["d_model", "lr"], name: String = "widths", measuring: Measuring? = nil,
  steps: Int = 4, hasValidation: Bool = true, samples: (Int) -> [Sample] = { _ in [] }
) throws -> (ResultsDatabase, ExperimentResults) {
  let database = try ResultsDatabase.inMemory()
  let sample = results(runs, axes: axes, name: name, measuring: measuring)
  let worker = Worker(host: "h", pidNamespace: "n", process: 1, processStart: "s")
  let recorder = RunRecorder(database, for: worker)
  let queued = runs.map { Run(config: $0.config, seed: $0.seed, facts: $0.facts) }
  for run in try database.store(sample.experiment, runs: grid(queued, axes)) {
    guard let id = run.reference, let original = runs.first(where: { $0.config == run.config && $0.seed == run.seed }),
      original.state != .queued
    else { continue }
    let last = original.outcome.finalLoss ?? .nan
    let provenance = Provenance(host: "h", cpu: "c", version: "v", blas: "b", sourceCommit: "c0ffee")
    _ = try database.claim(run, replacing: nil, for: worker)
    _ = try database.start(id, from: nil, for: worker, provenance: provenance)
    let done = original.state == .running ? max(steps / 2, 1) : steps
    for step in 1...done {
      let loss = 4 + ((original.state == .running ? 3 : last) - 4) * Double(step) / Double(steps)
      try recorder.record(
        Step(step: step, loss: loss, lr: 0.1, gradNorm: 1, tokens: 512 * step, seconds: Double(step)), of: id)
    }
    let middle = steps > 1 ? [(steps / 2, (4 + last) / 2)] : []
    let evaluations = ([(0, 4.0)] + middle + [(steps, last)]).map { step, loss in
      Evaluation(step: step, loss: loss, bitsPerByte: loss * 1.5, tokens: 64, seconds: Double(step))
    }
    if hasValidation {
      for evaluation in evaluations where evaluation.step <= done { try recorder.record(evaluation, of: id) }
    }
    let place = runs.firstIndex { $0.config == run.config && $0.seed == run.seed } ?? 0
    for sample in samples(place) { try recorder.record(sample, of: id) }
    guard original.state != .running else { continue }
    try recorder.end(
      id,
      RunOutcome(
        state: original.state, stepsDone: steps,
        final: original.outcome.finalLoss == nil || !hasValidation ? nil : evaluations.last,
        best: hasValidation ? evaluations.last : nil, seconds: Double(steps), tokensPerSecond: 512))
  }
  try recorder.flush()
  let experiment = try database.experiments()[0]
  return (database, ExperimentResults(experiment, grid: try database.grid(of: experiment)))
}
