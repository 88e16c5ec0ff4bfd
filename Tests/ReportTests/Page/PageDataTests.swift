import Answers
import Foundation
import SampleResults
import Store
import Testing

@testable import Report

/// The numbers that a page has for its script.
@Suite(.timeLimit(.minutes(10)))
struct PageDataTests {
  private func json(_ runs: [Run], steps: Int = 4, samples: (Int) -> [Sample] = { _ in [] }) throws -> String {
    let (database, results) = try stored(runs, steps: steps, samples: samples)
    let source = try ChartSource(results, database)
    return try PageData(source, source.drawings()).json
  }

  private func object(_ json: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
  }

  @Test("Configurations stand in the order of results, each with its runs, its place on every axis and its score")
  func configurations() throws {
    let data = try object(json(sampleRuns))
    let configurations = try #require(data["configurations"] as? [[String: Any]])
    let runs = try #require(data["runs"] as? [[String: Any]])
    #expect(configurations.count == 6 && runs.count == 12)
    #expect(configurations[0]["label"] as? String == "d_model 128, lr 0.001")
    #expect(configurations[0]["at"] as? [Int] == [1, 0])
    #expect((configurations[0]["score"] as? [Double])?[0] == 2.125)
    #expect(configurations[5]["flattered"] as? Bool == true)
    let places = try #require(configurations[0]["runs"] as? [Int])
    #expect(places.map { runs[$0]["score"] as? Double } == [2, 2.25])
    #expect(configurations[0]["own"] as? [String: String] == ["d_ff": "512", "d_model": "128", "lr": "0.001"])
    #expect((data["common"] as? [String: String])?["tokenizer"] == "char")
    let axes = try #require(data["axes"] as? [[String: Any]])
    #expect(axes.map { $0["name"] as? String } == ["d_model", "lr"])
    #expect(axes[1]["values"] as? [Double] == [0.001, 0.01, 0.1])
  }

  @Test("Runs share their steps and learning rates, and long curves are thinned")
  func curves() throws {
    let data = try object(json(sampleRuns, steps: 1000))
    let runs = try #require(data["runs"] as? [[String: Any]])
    let grids = try #require(data["grids"] as? [[Int]])
    #expect(grids.count == 2)
    #expect((data["rates"] as? [[Double]])?.count == 1)
    let curve = try #require(runs[0]["curve"] as? [String: Any])
    let steps = grids[try #require(curve["grid"] as? Int)]
    #expect(steps.count == 200 && steps.last == 998)
    #expect((curve["loss"] as? [Double])?.count == 200)
    #expect((curve["norm"] as? [Double])?.first == 1)
  }

  @Test("Student's t is as in any book: 12.706 and 4.303 for one and two degrees of freedom")
  func quantiles() throws {
    let quantiles = try #require(try object(json(sampleRuns))["quantiles"] as? [Double])
    #expect(quantiles.count == 2)
    #expect(abs(quantiles[0] - 12.7062) < 1e-4 && abs(quantiles[1] - 4.3027) < 1e-4)
  }

  @Test("Nothing that users wrote ends the element in which the data stands, and everything is read back as it was")
  func hostile() throws {
    let hostile = "</script><!--<script>alert(1)<\u{301}\u{600}</script>"
    let text = try json(sampleRuns) { place in
      [Sample(step: 4, promptIndex: 0, prompt: hostile, text: hostile + "\u{202E}\u{1B}", temperature: 0.8, tokens: 8)]
    }
    #expect(!text.unicodeScalars.contains("<"))
    let data = try object(text)
    #expect(data["prompts"] as? [String] == [hostile])
    let samples = (data["runs"] as? [[String: Any]])?.first?["samples"] as? [[String: Any]]
    #expect(samples?.first?["text"] as? String == hostile + "␛")
  }

  @Test("Odd experiments have data too: nothing begun, all diverged, one run, none", arguments: [0, 1, 2, 3])
  func odd(kind: Int) throws {
    let runs: [Run] =
      switch kind {
      case 0: [run(dModel: 8, lr: 0.1, state: .queued)]
      case 1: [0.1, 1].map { run(dModel: 8, lr: $0, loss: nil) }
      case 2: [run(dModel: 8, lr: 0.1, loss: 2)]
      default: []
      }
    let data = try object(json(runs))
    #expect((data["runs"] as? [Any])?.count == runs.count)
  }
}
