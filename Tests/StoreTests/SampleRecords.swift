import Foundation
import GRDB
import Store

/// An experiment as a spec brings it.
func experiment(_ name: String = "widths", spec: String = "{}") -> Experiment {
  Experiment(name: name, description: "How wide?", spec: spec, specPath: "widths.json", floorBitsPerByte: 0.375)
}

/// A queued run.
func run(dModel: Int = 32, lr: Double = 0.1, seed: Int64 = 0) -> Run {
  Run(
    config: #"{"d_model":\#(dModel),"lr":\#(lr)}"#, seed: seed, corpus: "stories", tokenizer: "char", vocabSize: 56,
    dModel: dModel, heads: 4, layers: 2, dFF: 4 * dModel, contextLength: 16, optimizer: "adamw", lr: lr,
    schedule: "cosine", warmupSteps: 0, batchSize: 8, steps: 4, parameters: 1000 * dModel, trainingFlops: 1e9,
    floorLoss: 0.25, floorBitsPerByte: 0.375)
}

let provenance = Provenance(host: "a host", cpu: "a cpu", threads: 1, version: "0.1.0", blas: "a blas")

/// A process, told from others by its number.
func worker(_ process: Int = 1) -> Worker {
  Worker(host: "a host", numbering: "a machine", process: process, processStart: "10")
}

extension ResultsDatabase {
  /// Claims the run for the first worker and begins it anew.
  func begin(_ id: Int64) throws {
    guard let (run, lease) = try standing(of: id) else { throw SampleError() }
    guard try claim(run, replacing: lease, for: worker()) else { throw SampleError() }
    guard try start(id, from: nil, for: worker(), provenance: provenance) else { throw SampleError() }
  }
}

struct SampleError: Error {}

/// A folder that goes away with the value.
final class TemporaryFolder {
  let url = FileManager.default.temporaryDirectory.appending(path: "store-tests-\(UUID().uuidString)")

  init() throws { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true) }
  deinit { try? FileManager.default.removeItem(at: url) }

  func path(_ name: String) -> String { url.appending(path: name).path }

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
