import SampleResults
import Store
import Testing

@testable import Answers

@Suite(.timeLimit(.minutes(10)))
struct AxisGroupTests {
  @Test("The axes are the varying keys with their values in order")
  func axes() {
    let axes = results(sampleRuns).axes
    #expect(axes.map(\.name) == ["d_model", "lr"])
    #expect(
      axes.map { axis in axis.values.map(axis.label) } == [
        ["d_model 32", "d_model 128"], ["lr 0.001", "lr 0.01", "lr 0.1"],
      ])
    #expect(axes.map(\.isOrdered) == [true, true])
  }

  @Test("Values that aren't numbers come in the spec's order, numbers by size")
  func order() {
    let runs = [(0.1, "rope", false), (0.01, "learned", true), (0.1, "alibi", true), (0.01, "rope", true)].map {
      run(dModel: 8, lr: $0, loss: 2, extra: ["positions": .text($1), "tied_head": .bool($2)])
    }
    let experiment = Experiment(
      name: "order", description: "", spec: "{}", specPath: "order.json",
      axes: [
        Axis(key: "positions", values: ["rope", "learned", "alibi"]), Axis(key: "tied_head", values: [true, false]),
        Axis(key: "lr", values: [0.1, 0.01]),
      ],
      measuring: nil, floorBitsPerByte: nil)
    let axes = ExperimentResults(experiment, grid: grid(runs, ["positions", "tied_head", "lr"])).axes
    #expect(
      axes.map { axis in axis.values.map(axis.label) } == [
        ["positions rope", "positions learned", "positions alibi"], ["tied_head true", "tied_head false"],
        ["lr 0.01", "lr 0.1"],
      ])
    #expect(axes.map(\.isOrdered) == [false, false, true])
  }

  @Test("Keys whose values move together are one axis")
  func together() {
    let runs = [(16, 0.1), (32, 0.01), (64, 0.001)].map { run(dModel: $0, lr: $1, loss: 2) }
    let axes = results(runs).axes
    #expect(axes.map(\.name) == ["d_model, lr"])
    #expect(
      axes.map { axis in axis.values.map(axis.label) } == [
        ["d_model 16, lr 0.1", "d_model 32, lr 0.01", "d_model 64, lr 0.001"]
      ])
  }

  @Test("Shares of the variance need two axes and a grid without holes")
  func shares() throws {
    let finished = { (result: ConfigurationResult) in Array(result.scoreBySeed.values) }
    let shares = try results(sampleRuns).varianceShares(loss: finished).get()
    #expect(shares.main.count == 2)
    #expect(
      results(Array(sampleRuns.dropLast(2))).varianceShares(loss: finished)
        == .failure(NotDrawn("the grid of d_model × lr has 1 of 6 points without a result")))
    #expect(
      results(Array(sampleRuns.prefix(2))).varianceShares(loss: finished)
        == .failure(NotDrawn("it takes two axes to compare them; this experiment has 0")))
  }
}
