import Model
import Store
import Testing

@testable import Experiments

@Suite(.timeLimit(.minutes(10)))
struct EstimateTests {
  private func run(
    _ values: [SpecKey: Scalar] = [:], seed: Int64 = 0, measuring change: (inout Measuring) -> Void = { _ in }
  ) throws -> PlannedRun {
    let small: [SpecKey: Scalar] = [.dModel: 4, .heads: 2, .layers: 1, .contextLength: 8, .batchSize: 2, .steps: 10]
    let configuration = Configuration(small.merging(values) { $1 })
    var measuring = Measuring()
    measuring.prompts = ["The"]
    change(&measuring)
    let corpus = Corpus(name: "text.txt", text: String(repeating: "The cat's on\n", count: 80))
    var library = TextLibrary()
    return PlannedRun(
      configuration, seed: seed, text: try library.tokens(of: corpus, validation: nil, configuration),
      measuring: measuring)
  }

  private func seconds(_ estimate: Estimate, _ run: PlannedRun, after done: Int = 0) throws -> Double {
    try #require(estimate.seconds(run, after: done))
  }

  @Test("More work takes longer: steps, evaluations and samples, each only as far as it isn't done")
  func parts() throws {
    let runs = try [
      run(), run(seed: 1), run([.steps: 30]), run(measuring: { $0.evalEvery = 2 }),
      run(measuring: { $0.sampleEvery = 5 }),
      run(measuring: { $0.sampleTokens = 200 }),
    ]
    let estimate = Estimate(runs, jobs: 1, budget: .zero)
    let all = try runs.map { try seconds(estimate, $0) }
    #expect(all[0] > 0 && all[1] == all[0])
    for (longer, run) in zip(all, runs).dropFirst(2) { #expect(longer > all[0], "\(run.configuration)") }
    let rest = try seconds(estimate, runs[0], after: 4)
    #expect(rest < all[0])
    let (more, less) = try (seconds(estimate, runs[3], after: 3), seconds(estimate, runs[3], after: 5))
    #expect(less < more)
    #expect(estimate.seconds([(runs[0], 0), (runs[1], 0)], jobs: 1) == all[0] + all[1])
    #expect(estimate.seconds([(runs[0], 4)], jobs: 1) == rest)
  }

  @Test(
    "A kind of run that wasn't timed is scaled from the nearest by its work; nothing is said of one that wasn't asked about"
  )
  func scaled() throws {
    let runs = try [run(), run([.dModel: 16, .batchSize: 64]), run([.dModel: 64])]
    let estimate = Estimate(Array(runs.prefix(2)), jobs: 1, budget: .zero)
    let ratio = runs[1].trainingFlops / runs[0].trainingFlops
    let (timed, scaled) = try (seconds(estimate, runs[0]), seconds(estimate, runs[1]))
    // What doesn't grow with the work, such as storing the weights, keeps the times nearer than the work.
    #expect(scaled > timed && scaled < timed * ratio)
    #expect(estimate.seconds(runs[2]) == nil)
    #expect(estimate.seconds([(runs[0], 0), (runs[2], 0)], jobs: 1) == nil)
  }

  @Test("Runs are estimated for as many jobs as go side by side")
  func jobs() throws {
    let runs = try (0..<4).map { try run(seed: Int64($0)) }
    let estimate = Estimate(runs, jobs: 2, cores: 2, budget: .zero)
    let one = try seconds(estimate, runs[0])
    #expect(estimate.seconds(runs.map { ($0, 0) }, jobs: 2) == one + one)
  }

  @Test("What no memory does for isn't timed")
  func unknown() throws {
    let huge = try run([.dModel: 16384, .layers: 64, .batchSize: 64])
    #expect(Estimate([huge], jobs: 2, budget: .zero).seconds(huge) == nil)
    let small = try run()
    let estimate = Estimate([huge, small], jobs: 2, budget: .zero)
    let (long, short) = try (seconds(estimate, huge), seconds(estimate, small))
    #expect(long > short)
  }
}
