import Answers
import Foundation
import GRDB
import SampleResults
import Store
import Testing

@testable import Report

@Suite(.timeLimit(.minutes(10)))
struct SampleTablesTests {
  /// Runs of the losses, one for each width from 1, with the samples (step, prompt) of each.
  private func tables(_ losses: [Double], samples: [[(Int, String)]]) throws -> SampleTables? {
    let runs = losses.enumerated().map { run(dModel: $0 + 1, lr: 0.1, loss: $1) }
    let (database, results) = try stored(runs) { index in
      samples[index].map { step, prompt in
        Sample(step: step, promptIndex: 0, prompt: prompt, text: " \(index + 1) at \(step)", temperature: 1, tokens: 8)
      }
    }
    return try SampleTables(results, database)
  }

  @Test("Texts stand side by side at the last step that all share, best to worst; the best run's in order of step")
  func sideBySide() throws {
    let tables = try #require(
      try tables([3, 2, 4], samples: [[(2, "p"), (4, "p")], [(2, "p"), (4, "p"), (6, "p")], [(2, "p"), (4, "p")]]))
    #expect(
      tables.byLoss == [
        SampleTables.ByLoss(
          prompt: "p", step: 4,
          texts: [
            SampleTables.Text(label: "d_model 2: loss 2.0000", prompt: "p", text: " 2 at 4"),
            SampleTables.Text(label: "d_model 1: loss 3.0000", prompt: "p", text: " 1 at 4"),
            SampleTables.Text(label: "d_model 3: loss 4.0000", prompt: "p", text: " 3 at 4"),
          ])
      ])
    #expect(tables.learning?.run == "run 2 (d_model 2)")
    #expect(tables.learning?.texts.map(\.label) == ["step 2", "step 4", "step 6"])
  }

  @Test("Runs without a step in common each show their last, and say which")
  func nothingShared() throws {
    let tables = try #require(try tables([2, 3], samples: [[(1, "p")], [(2, "p")]]))
    #expect(tables.byLoss.map(\.step) == [nil])
    #expect(
      tables.byLoss[0].texts.map(\.label) == ["d_model 1: loss 2.0000, step 1", "d_model 2: loss 3.0000, step 2"])
    #expect(tables.learning == nil)
  }

  @Test("Long texts are cut, and of many runs a few from best to worst are shown")
  func many() throws {
    let long = String(repeating: "x", count: 1000)
    let tables = try #require(try tables((1...20).map(Double.init), samples: Array(repeating: [(1, long)], count: 20)))
    #expect(tables.byLoss[0].texts.map { $0.label.prefix(11) }.first == "d_model 1: ")
    #expect(tables.byLoss[0].texts.last?.label == "d_model 20: loss 20.0000")
    #expect(tables.byLoss[0].texts.count == 8)
    #expect(tables.byLoss[0].prompt.count == 600)
  }

  @Test("Of a run that other experiments have too, what this one asks for is shown")
  func shared() throws {
    let measuring = Measuring(evalEvery: 1, sampleEvery: 0, prompts: ["a", "b"], sampleTokens: 8, temperature: 0.5)
    let samples = [(0, "a", 0.5, 8), (0, "b", 0.5, 8), (1, "b", 0.5, 8), (1, "b", 0.8, 8), (0, "a", 0.5, 9)].map {
      Sample(step: 4, promptIndex: $0, prompt: $1, text: "\($0)\($1) \($2) \($3)", temperature: $2, tokens: $3)
    }
    func texts(_ measuring: Measuring?) throws -> [String]? {
      let (database, results) = try stored([run(dModel: 8, lr: 0.1, loss: 2)], measuring: measuring) { _ in samples }
      return try SampleTables(results, database)?.byLoss.flatMap { $0.texts.map(\.text) }
    }
    #expect(try texts(measuring) == ["0a 0.5 8", "1b 0.5 8"])
    #expect(try texts(nil)?.count == 2)
    var other = measuring
    other.prompts = nil
    #expect(try texts(other)?.count == 2)
    other.temperature = 0.6
    #expect(try texts(other) == nil)
  }

  @Test("A database that can't be read is an error, and not an experiment without samples")
  func unreadable() throws {
    let (_, results) = try stored([run(dModel: 8, lr: 0.1, loss: 2)])
    let url = FileManager.default.temporaryDirectory.appending(path: "report-tests-\(UUID().uuidString).sqlite")
    defer { try? FileManager.default.removeItem(at: url) }
    try ResultsDatabase(path: url.path).close()
    let database = try ResultsDatabase(readingFrom: url.path)
    try DatabaseQueue(path: url.path).write { try $0.execute(sql: "DROP TABLE samples") }
    #expect(throws: ResultsDatabaseError.self) { try SampleTables(results, database) }
  }

  @Test("Without samples there is nothing to show")
  func none() throws { #expect(try tables([2], samples: [[]]) == nil) }

  @Test(
    "Places are spread evenly, first and last among them",
    arguments: [(0, []), (3, [0, 1, 2]), (9, [0, 1, 2, 3, 5, 6, 7, 8])])
  func spread(count: Int, places: [Int]) {
    #expect(SampleTables.spread(count, 8).count == places.count)
    #expect(SampleTables.spread(count, 8).first == places.first)
    #expect(SampleTables.spread(count, 8).last == places.last)
    #expect(Set(SampleTables.spread(count, 8)).count == places.count)
  }
}
