import Model
import Testing

@testable import Sweep

struct EstimateTests {
  private func run(_ values: [SpecKey: Scalar] = [:], seed: Int64 = 0) throws -> PlannedRun {
    let small: [SpecKey: Scalar] = [.dModel: 4, .heads: 2, .layers: 1, .contextLength: 8, .batchSize: 2, .steps: 10]
    let configuration = RunConfiguration(small.merging(values) { $1 }, prompts: nil)
    let corpus = Corpus(name: "text.txt", text: String(repeating: "The cat's on\n", count: 80))
    var library = TextLibrary()
    return PlannedRun(
      configuration, seed: seed, text: try library.tokens(of: corpus, configuration), prompts: ["The"])
  }

  @Test("More work takes longer: steps, evaluations and samples, each only as far as it isn't done")
  func parts() throws {
    let runs = try [
      run(), run(seed: 1), run([.steps: 30]), run([.evalEvery: 2]), run([.sampleEvery: 5]), run([.sampleTokens: 200]),
    ]
    let estimate = Estimate(runs, jobs: 1, budget: .zero)
    let one = estimate.seconds(runs[0])
    #expect(one > 0)
    #expect(estimate.seconds(runs[1]) == one)
    for longer in runs.dropFirst(2) { #expect(estimate.seconds(longer) > one, "\(longer.configuration)") }
    #expect(estimate.seconds(runs[0], after: 4) < one)
    #expect(estimate.seconds(runs[3], after: 5) < estimate.seconds(runs[3], after: 3))
    #expect(estimate.seconds([(runs[0], 0), (runs[1], 0)], jobs: 1) == one + one)
    #expect(estimate.seconds([(runs[0], 4)], jobs: 1) == estimate.seconds(runs[0], after: 4))
  }

  @Test("A kind of run that wasn't timed is scaled from the nearest by its work")
  func scaled() throws {
    let runs = try [run(), run([.dModel: 16, .batchSize: 64])]
    let estimate = Estimate(runs, jobs: 1, budget: .zero)
    let ratio = runs[1].trainingFlops / runs[0].trainingFlops
    #expect(estimate.seconds(runs[1]) > estimate.seconds(runs[0]))
    #expect(estimate.seconds(runs[1]) < estimate.seconds(runs[0]) * ratio * 10)
    #expect(estimate.seconds(try run([.dModel: 64])) == 0)
  }

  @Test("Runs are estimated for as many jobs as go side by side")
  func jobs() throws {
    let runs = try (0..<4).map { try run(seed: Int64($0)) }
    let estimate = Estimate(runs, jobs: 2, cores: 2, budget: .zero)
    let one = estimate.seconds(runs[0])
    #expect(estimate.seconds(runs.map { ($0, 0) }, jobs: 2) == one + one)
  }
}
