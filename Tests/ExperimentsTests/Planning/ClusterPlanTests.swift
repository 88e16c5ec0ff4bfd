import Foundation
import Testing

@testable import Experiments

@Suite(.timeLimit(.minutes(10)))
struct ClusterPlanTests {
  private func cut(_ runs: Int, of seconds: Double?, nodes: Int, cores: Int, tasks: Int? = nil) -> [Int] {
    let offer = ClusterPlan.Offer(nodes: nodes, cores: cores, seconds: 3600, tasks: tasks)
    let plan = ClusterPlan(for: Array(repeating: seconds, count: runs), on: offer)
    return [plan.tasks, plan.cores]
  }

  @Test("Every node gets a task, and there are more tasks where so many would take too long")
  func tasks() {
    // 6,000 s of work on each of 40 cores.
    #expect(cut(2400, of: 100, nodes: 5, cores: 8) == [11, 8])
    #expect(cut(2400, of: 10, nodes: 5, cores: 8) == [5, 8])
    // Nothing is known of their time.
    #expect(cut(2400, of: nil, nodes: 5, cores: 8) == [5, 8])
  }

  @Test("No task is without a run, none has more cores than runs, and there are no more tasks than Slurm takes")
  func few() {
    #expect(cut(3, of: 10, nodes: 16, cores: 8) == [3, 1])
    #expect(cut(12, of: 10, nodes: 4, cores: 8) == [4, 3])
    #expect(cut(13, of: 10, nodes: 4, cores: 8) == [4, 4])
    #expect(cut(0, of: 10, nodes: 4, cores: 8) == [1, 1])
    #expect(cut(100_000, of: 3000, nodes: 4, cores: 8) == [1000, 8])
  }

  @Test("Somebody's number of tasks stands, but for tasks without a run")
  func chosen() {
    #expect(cut(60, of: 1, nodes: 3, cores: 2, tasks: 6) == [6, 2])
    #expect(cut(4, of: 1, nodes: 3, cores: 2, tasks: 6) == [4, 1])
  }

  @Test(
    "Ten thousand runs of a spec are shared among 256 tasks within five percent of the ideal, and planned in seconds")
  func simulation() throws {
    let folder = try SpecFolder()
    let sizes = #""heads": 2, "context_length": 16, "batch_size": 4, "eval_every": 100, "sample_every": 250"#
    let spec = try folder.write(
      "{\"d_model\": [8, 16, 32, 64], \"layers\": [1, 2, 3, 4, 5], \"steps\": [300, 500], \"lr\": {\"from\": 1e-4, \"to\": 0.1, \"count\": 25}, "
        + "\"seeds\": 10, \(sizes)}", to: "large.json")
    let clock = ContinuousClock()
    let start = clock.now
    let plan = try Plan(specs: [spec])
    let shares = plan.shares(among: 256)
    print("planning: \(clock.now - start) for 10,000 runs and 256 tasks")
    let loads = shares.map { $0.reduce(0) { $0 + $1.cost } }
    let ideal = loads.reduce(0, +) / 256
    #expect(shares.reduce(0) { $0 + $1.count } == 10_000)
    for load in loads { #expect(abs(load / ideal - 1) < 0.05) }
  }
}
