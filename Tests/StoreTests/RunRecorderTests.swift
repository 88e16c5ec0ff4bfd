import Foundation
import GRDB
import Testing

@testable import Store

@Suite struct RunRecorderTests {
  @Test("speed probe") func speed() throws {
    let path = NSTemporaryDirectory() + "probe-\(UUID().uuidString).sqlite"
    let database = try ResultsDatabase(path: path)
    let run = Run(
      config: "{}", seed: 1, corpus: "stories", tokenizer: "char", vocabSize: 3, dModel: 4, heads: 1, layers: 1, dFF: 4,
      contextLength: 4, optimizer: "sgd", lr: 0.1, schedule: "cosine", warmupSteps: 0, batchSize: 1, steps: 10,
      parameters: 10, trainingFlops: 1, floorLoss: nil, floorBitsPerByte: nil)
    let id = try #require(
      try database.store(
        Experiment(name: "e", description: "", spec: "{}", specPath: "e.json", floorBitsPerByte: nil), runs: [run])[0]
        .id)
    let recorder = RunRecorder(database)
    let n = 40_000
    let start = Date()
    for i in 1...n {
      try recorder.record(Step(step: i, loss: 1.5, lr: 0.1, gradNorm: 0.3, tokens: i * 64, seconds: Double(i)), of: id)
    }
    let a = Date()
    try recorder.flush()
    print(
      "record µs", a.timeIntervalSince(start) / Double(n) * 1e6, "store µs",
      Date().timeIntervalSince(a) / Double(n) * 1e6)
  }
}
