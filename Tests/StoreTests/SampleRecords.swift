import Foundation
import GRDB
import Store
import TestSupport

/// An experiment as a spec brings it.
func experiment(
  _ name: String = "widths", spec: String = "{}", axes: [Axis] = [], measuring: Measuring? = nil
) -> Experiment {
  Experiment(
    name: name, description: "How wide?", spec: spec, specPath: "widths.json", axes: axes, measuring: measuring,
    floorBitsPerByte: 0.375)
}

/// A queued run.
func run(dModel: Int = 32, lr: Double = 0.1, seed: Int64 = 0) -> Run {
  Run(
    config: """
      {"batch_size":8,"context_length":16,"d_ff":\(4 * dModel),"d_model":\(dModel),"heads":4,"layers":2,"lr":\(lr),\
      "optimizer":"adamw","schedule":"cosine","steps":4,"tokenizer":"char","warmup_steps":0}
      """,
    seed: seed,
    facts: Run.Facts(
      corpus: "stories", vocabSize: 56, parameters: 1000 * dModel, trainingFlops: 1e9, floorLoss: 0.25,
      floorBitsPerByte: 0.375))
}

extension Run {
  var dModel: Scalar? { settings["d_model"] }
  var lr: Scalar? { settings["lr"] }
}

/// Text that a model wrote after the first prompt.
func sample(_ step: Int, prompt: String = "p", text: String = "t", temperature: Double = 1, tokens: Int = 8) -> Sample {
  Sample(step: step, promptIndex: 0, prompt: prompt, text: text, temperature: temperature, tokens: tokens)
}

let provenance = Provenance(host: "a host", cpu: "a cpu", version: "0.1.0", blas: "a blas")

/// A process, told from others by its number.
func worker(_ process: Int = 1) -> Worker {
  Worker(host: "a host", pidNamespace: "a machine", process: process, processStart: "10")
}

extension ResultsDatabase {
  /// Stores runs without a point.
  func store(_ experiment: Experiment, _ runs: [Run]) throws -> [Run] {
    try store(experiment, runs: runs.map { ($0, [:]) })
  }

  /// Claims the run for the first worker and begins it anew.
  func begin(_ run: Run.Reference) throws {
    guard let (seen, lease) = try standing(of: run) else { throw SampleError() }
    guard try claim(seen, replacing: lease, for: worker()) else { throw SampleError() }
    guard try start(run, from: nil, for: worker(), provenance: provenance) else { throw SampleError() }
  }
}

struct SampleError: Error {}

extension TemporaryFolder {
  /// The rows of a query on a database file, each as one text, as any SQLite tool reads it.
  func query(_ name: String, _ sql: String) throws -> [String] {
    var configuration = Configuration()
    configuration.busyMode = .timeout(30)
    return try DatabaseQueue(path: path(name), configuration: configuration).read { db in
      try Row.fetchAll(db, sql: sql).map { row in
        row.map { ($1.isNull ? "NULL" : String.fromDatabaseValue($1)) ?? "\($1)" }.joined(separator: "|")
      }
    }
  }
}
