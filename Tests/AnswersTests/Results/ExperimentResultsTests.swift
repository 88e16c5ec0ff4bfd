import SampleResults
import Store
import Testing

@testable import Answers

@Suite(.timeLimit(.minutes(10)))
struct ExperimentResultsTests {
  @Test(
    "Configurations stand best first, by the mean over their finished seeds; those that a mean flatters come after the others"
  )
  func order() {
    let means = results(sampleRuns).configurations.map { $0.finalLoss?.mean }
    #expect(means == [2.125, 2.375, 2.5, 2.625, 3.25, 1.5])
  }

  @Test("A configuration without a finished run comes last")
  func unfinished() {
    let ordered = results([run(dModel: 32, lr: 1, loss: nil), run(dModel: 32, lr: 0.1, loss: 5)])
    #expect(ordered.configurations.map { $0.finalLoss?.mean } == [5, nil])
  }

  @Test("The columns are the keys that vary, in the spec's order; the hash of the text is none")
  func varyingKeys() {
    #expect(results(sampleRuns).varyingKeys == ["d_model", "lr"])
    #expect(results(sampleRuns, axes: ["lr", "d_model"]).varyingKeys == ["lr", "d_model"])
    #expect(results([sampleRuns[0]]).varyingKeys == [])
  }

  @Test("A key is shown as the spec writes it, also what the experiment looks at; two texts of one name are told apart")
  func settings() {
    let measuring = Measuring(evalEvery: 5, sampleEvery: 0, prompts: ["a", "b"], sampleTokens: 7, temperature: 0.5)
    let texts = [("00ff", "de/input.txt"), ("ff00", "en/input.txt")]
    let experiment = Experiment(
      name: "texts", description: "", spec: "{}", specPath: "",
      axes: [Axis(key: "corpus", values: texts.map { .text($0.1) })],
      measuring: measuring, floorBitsPerByte: nil)
    let grid = texts.map { hash, path -> (run: Run, point: [String: Scalar]) in
      var run = run(dModel: 8, lr: 0.1, loss: 2, extra: ["corpus_sha256": .text(hash)])
      run.facts.corpus = "input.txt"
      return (run, ["corpus": .text(path)])
    }
    let results = ExperimentResults(experiment, grid: grid)
    #expect(
      results.configurations.map { $0.label(results.tellingKeys) } == ["corpus de/input.txt", "corpus en/input.txt"])
    let settings = results.configurations[0].settings
    #expect(settings["corpus_sha256"] == nil)
    #expect(
      ["eval_every", "sample_every", "sample_tokens", "temperature", "prompts"].map { settings[$0]?.label } == [
        "5", "0", "7", "0.5", "a | b",
      ])
  }

  @Test("Runs are counted by state, configurations and seeds")
  func counts() {
    #expect(results(sampleRuns).counts == "12 runs: 11 finished, 1 diverged; 6 configurations, 2 seeds")
    #expect(results([sampleRuns[0]]).counts == "1 run: 1 finished; 1 configuration, 1 seed")
    #expect(results([]).counts == "0 runs: none; 0 configurations, 0 seeds")
  }

  @Test("The floor is that of the text that is held out, whatever is trained on")
  func floors() {
    var other = run(dModel: 8, lr: 1, loss: 2, extra: ["validation_sha256": "bb"])
    other.facts.corpus = "my.txt"
    #expect(
      results([other]).floorSentences == [
        "floor of stories in char tokens: 0.2500 nats per token, 0.3750 bits per byte"
      ])
  }

  @Test("Labels leave out a key that only some configurations have, where the others suffice")
  func tellingKeys() {
    let momentum: [String: Scalar] = ["momentum": 0.9]
    let runs = [
      run(dModel: 32, lr: 0.1, loss: 2, optimizer: "sgd", extra: momentum), run(dModel: 32, lr: 0.01, loss: 3),
    ]
    let axes = ["optimizer", "momentum", "lr"]
    #expect(results(runs, axes: axes).varyingKeys == ["optimizer", "momentum", "lr"])
    #expect(results(runs, axes: axes).tellingKeys == ["optimizer", "lr"])
    let without = run(dModel: 32, lr: 0.1, loss: 2, optimizer: "sgd")
    #expect(results(runs + [without], axes: axes).tellingKeys == ["optimizer", "momentum", "lr"])
  }
}
