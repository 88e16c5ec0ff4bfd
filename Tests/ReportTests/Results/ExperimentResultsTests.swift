import Testing

@testable import Report

struct ExperimentResultsTests {
  @Test("Configurations stand best first, by the mean over their finished seeds")
  func order() {
    let means = results(sampleRuns).configurations.map { $0.finalLoss?.mean }
    #expect(means == [1.5, 2.125, 2.375, 2.5, 2.625, 3.25])
  }

  @Test("A configuration without a finished run comes last")
  func unfinished() {
    let ordered = results([run(dModel: 32, lr: 1, loss: nil), run(dModel: 32, lr: 0.1, loss: 5)])
    #expect(ordered.configurations.map { $0.finalLoss?.mean } == [5, nil])
  }

  @Test("The columns are the keys that vary, in the spec's order; the hash of the text is none")
  func varyingKeys() {
    #expect(results(sampleRuns).varyingKeys == ["d_model", "lr"])
    #expect(results(sampleRuns, spec: #"{"lr": [], "d_model": []}"#).varyingKeys == ["lr", "d_model"])
    #expect(results([sampleRuns[0]]).varyingKeys == [])
  }

  @Test("Runs are counted by state, configurations and seeds")
  func counts() {
    #expect(results(sampleRuns).counts == "12 runs: 11 finished, 1 diverged; 6 configurations, 2 seeds")
    #expect(results([sampleRuns[0]]).counts == "1 run: 1 finished; 1 configuration, 1 seed")
    #expect(results([]).counts == "0 runs: none; 0 configurations, 0 seeds")
  }

  @Test("Labels leave out a key that only some configurations have, where the others suffice")
  func tellingKeys() {
    let momentum = #","momentum":0.9"#
    let runs = [
      run(dModel: 32, lr: 0.1, loss: 2, optimizer: "sgd", extra: momentum), run(dModel: 32, lr: 0.01, loss: 3),
    ]
    let spec = #"{"optimizer": 0, "momentum": 0, "lr": 0}"#
    #expect(results(runs, spec: spec).varyingKeys == ["optimizer", "momentum", "lr"])
    #expect(results(runs, spec: spec).tellingKeys == ["optimizer", "lr"])
    let without = run(dModel: 32, lr: 0.1, loss: 2, optimizer: "sgd")
    #expect(results(runs + [without], spec: spec).tellingKeys == ["optimizer", "momentum", "lr"])
  }
}
