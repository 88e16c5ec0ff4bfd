import Answers
import Foundation
import SampleResults
import Store
import Testing

@testable import Report

/// Experiments that nobody meant to be charted: every kind of chart is drawn by gnuplot, or says why not.
@Suite(.timeLimit(.minutes(10)))
struct OddExperimentTests {
  private func drawn(
    _ stored: (ResultsDatabase, ExperimentResults), sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> [String: String] {
    let gnuplot = try #require(Gnuplot(), "gnuplot isn't installed; `make test` installs it")
    let drawings = try ChartSource(stored.1, stored.0).drawings()
    try gnuplot.draw(drawings.flatMap { (try? $0.drawing.get()) ?? [] }, sourceLocation: sourceLocation)
    let reasons = drawings.map { kind, drawing -> (String, String) in
      if case .failure(let reason) = drawing { (kind.name, reason.reason) } else { (kind.name, "drawn") }
    }
    return Dictionary(uniqueKeysWithValues: reasons)
  }

  @Test("One run")
  func oneRun() throws {
    let reasons = try drawn(stored([run(dModel: 8, lr: 0.1, loss: 2)]))
    #expect(reasons["loss-curves"] == "drawn")
    #expect(reasons["loss-by-lr"] == "the learning rate doesn't vary")
    #expect(reasons["heat-map"] == "it takes two axes; this experiment has 0")
    #expect(reasons["seeds"] == "no configuration has finished with two seeds")
    #expect(reasons["throughput"]?.hasPrefix("all models have the same number of parameters") == true)
    #expect(reasons["equal-time"] == "there is one configuration: nothing to compare")
  }

  @Test("One step")
  func oneStep() throws {
    let reasons = try drawn(stored(sampleRuns, steps: 1))
    #expect(reasons["loss-curves"] == "drawn")
    #expect(reasons["loss-by-lr"] == "drawn")
  }

  @Test("All diverged")
  func allDiverged() throws {
    let runs = [8, 16].flatMap { width in [0.1, 1].map { run(dModel: width, lr: $0, loss: nil) } }
    let reasons = try drawn(stored(runs))
    #expect(reasons["loss-by-lr"] == "no run has finished")
    #expect(reasons["importance"] == "all results are the same")
    #expect(reasons["heat-map"] == "drawn")
    #expect(reasons["loss-by-flops"] != "drawn")
  }

  @Test("Results that differ in nothing that a picture shows", arguments: [0, 0.3, 4.2332145, 10.0588123, 1e4])
  func equalResults(loss: Double) throws {
    var runs: [Run] = []
    for width in [8, 16] {
      for rate in [0.001, 0.001_000_000_1] {
        let factor = 1 + 1e-9 * Double(runs.count)
        runs.append(run(dModel: width, lr: rate, loss: loss * factor))
      }
    }
    let reasons = try drawn(stored(runs))
    #expect(reasons["loss-by-lr"] == "drawn")
    #expect(reasons["heat-map"] == "drawn")
  }

  @Test("No validation")
  func noValidation() throws {
    let reasons = try drawn(stored(sampleRuns, hasValidation: false))
    #expect(reasons["loss-curves"] == "drawn")
    #expect(reasons["loss-by-lr"] == "no run has finished with a validation loss")
    #expect(reasons["equal-time"] == "fewer than two evaluations after the first step")
  }

  @Test("300 configurations")
  func manyConfigurations() throws {
    let runs = (0..<300).map { number -> Run in
      let (width, rate) = (number / 15 + 1, number % 15)
      return run(dModel: 8 * width, lr: 0.001 * pow(1.4, Double(rate)), loss: 2 + Double(rate * width % 17) / 10)
    }
    let stored = try stored(runs)
    #expect(stored.1.configurations.count == 300)
    let reasons = try drawn(stored)
    for name in ["loss-by-lr", "lr-sensitivity", "importance", "heat-map", "loss-curves", "equal-time", "throughput"] {
      #expect(reasons[name] == "drawn", "\(name)")
    }
  }

  @Test("A name of 200 characters, with everything that gnuplot could mistake")
  func longName() throws {
    let name = String((String(repeating: "it's \"`date`\" $(x) {/b} %d 🦊 <b>&amp; \n", count: 6)).prefix(200))
    let reasons = try drawn(stored(sampleRuns, name: name))
    #expect(reasons["loss-by-lr"] == "drawn")
  }

  @Test("Axes of texts")
  func texts() throws {
    let runs = ["it's", "<b>", "`x`"].flatMap { optimizer in
      ["cosine", "linear"].map { schedule in
        run(dModel: 8, lr: 0.1, loss: 2, optimizer: optimizer, extra: ["schedule": .text(schedule)])
      }
    }
    let stored = try stored(runs, axes: ["optimizer", "schedule"])
    let reasons = try drawn(stored)
    #expect(reasons["heat-map"] == "drawn")
    #expect(reasons["importance"] == "all results are the same")
    #expect(try ChartSource(stored.1, stored.0).colors.axis?.isOrdered == false)
  }

  @Test("Two axes that move together are one")
  func together() throws {
    let runs = [(8, 0.1), (16, 0.01), (32, 0.001)].map { run(dModel: $0, lr: $1, loss: Double($0) / 8) }
    let reasons = try drawn(stored(runs))
    #expect(reasons["loss-by-lr"] == "no two configurations differ in the learning rate alone")
    #expect(reasons["heat-map"] == "it takes two axes; this experiment has 1")
    #expect(reasons["loss-curves"] == "drawn")
  }

  @Test("A run still going on, others still queued")
  func goingOn() throws {
    let runs =
      sampleRuns.dropLast(2) + [
        run(dModel: 128, lr: 0.1, state: .running), run(dModel: 128, lr: 0.1, seed: 1, state: .queued),
      ]
    let reasons = try drawn(stored(Array(runs)))
    #expect(reasons["importance"] == "the grid of d_model × lr has 1 of 6 points without a result")
    #expect(reasons["lr-sensitivity"] == "fewer than two model sizes have a result at every learning rate")
    #expect(reasons["heat-map"] == "drawn")
    #expect(reasons["seeds"] == "drawn")
  }

  @Test("No run at all")
  func nothing() throws {
    let reasons = try drawn((try ResultsDatabase.inMemory(), results([])))
    #expect(!reasons.values.contains("drawn"))
    #expect(reasons["loss-curves"] == "no run has a loss yet")
  }
}
