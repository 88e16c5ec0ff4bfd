import Foundation
import Testing

@testable import Experiments

@Suite(.timeLimit(.minutes(10)))
struct ShardTests {
  @Test("A shard is what its words or the launcher's variables say")
  func words() throws {
    func shard(_ words: String, _ environment: [String: String] = [:]) throws -> [Int] {
      let shard = try Shard(words, environment: environment)
      return [shard.index, shard.count]
    }
    #expect(try shard("3/16") == [3, 16])
    #expect(try shard("1/1") == [1, 1])
    let array = ["SLURM_ARRAY_TASK_ID": "7", "SLURM_ARRAY_TASK_MIN": "4", "SLURM_ARRAY_TASK_COUNT": "16"]
    #expect(try shard("auto", array) == [4, 16])
    #expect(try shard("auto/16", array) == [4, 16])
    #expect(try shard("auto", array.merging(["SLURM_ARRAY_TASK_STEP": "3"]) { $1 }) == [2, 16])
    // Kubernetes counts from 0.
    #expect(try shard("auto/4", ["JOB_COMPLETION_INDEX": "3"]) == [4, 4])
    #expect(try Shard("3/16", environment: [:]).name == "3-of-16")
  }

  @Test(
    "A shard that isn't there says what to write",
    arguments: [
      ("3", [:], "such as 3/16"), ("", [:], "such as 3/16"), ("a/b", [:], "such as 3/16"),
      ("3/16/2", [:], "such as 3/16"),
      ("17/16", [:], "write 1/16 to 16/16"), ("0/16", [:], "write 1/16 to 16/16"), ("-1/4", [:], "write 1/4 to 4/4"),
      ("1/0", [:], "from 1 to 10000 shards"), ("1/99999", [:], "from 1 to 10000 shards"),
      ("auto", [:], "is in no array of tasks"),
      ("auto/x", ["JOB_COMPLETION_INDEX": "1"], "such as 3/16"),
      ("auto", ["JOB_COMPLETION_INDEX": "3"], "--shard auto/16"),
      ("auto/3", ["JOB_COMPLETION_INDEX": "3"], "counts from 0; there are 3 shards"),
      ("auto/3", ["JOB_COMPLETION_INDEX": "x"], "which is no number"),
      ("auto", ["SLURM_ARRAY_TASK_ID": "1"], "SLURM_ARRAY_TASK_MIN isn't set"),
      // --array=3,7
      (
        "auto", ["SLURM_ARRAY_TASK_ID": "7", "SLURM_ARRAY_TASK_MIN": "3", "SLURM_ARRAY_TASK_COUNT": "2"],
        "Write --shard $SLURM_ARRAY_TASK_ID/2"
      ),
      (
        "auto/3", ["SLURM_ARRAY_TASK_ID": "1", "SLURM_ARRAY_TASK_MIN": "1", "SLURM_ARRAY_TASK_COUNT": "2"],
        "--array=1-3"
      ),
    ] as [(String, [String: String], String)])
  func mistakes(words: String, environment: [String: String], remedy: String) {
    do {
      let shard = try Shard(words, environment: environment)
      Issue.record("\(words) is \(shard.name)")
    } catch {
      #expect(error.description.contains(remedy), "\(error)")
    }
  }

  @Test("Ten thousand runs of very different costs are shared among 256 shards within five percent of the ideal")
  func balance() {
    // A grid of widths, depths and steps, as costs grow with them.
    let costs = (0..<10_000).map { (run: Int) -> Double in
      let (width, depth, steps) = (1 << (2 * (run % 4)), 1 + run / 4 % 5, 1 + run / 20 % 7)
      return Double(width * depth * steps * (100 + run % 13))
    }
    let clock = ContinuousClock()
    var shares: [Int] = []
    let time = clock.measure { shares = Shard.shares(of: costs, among: 256) }
    var loads = [Double](repeating: 0, count: 256)
    for (cost, share) in zip(costs, shares) { loads[share] += cost }
    let ideal = costs.reduce(0, +) / 256
    for load in loads { #expect(abs(load / ideal - 1) < 0.05) }
    #expect(time < .seconds(5))
  }

  @Test("The costliest run comes first, and then each to the shard that has least; more shards than runs stay empty")
  func shares() {
    #expect(Shard.shares(of: [3, 1, 2, 2], among: 2) == [0, 0, 1, 1])
    #expect(Shard.shares(of: [5, 5], among: 4) == [0, 1])
    #expect(Shard.shares(of: [], among: 3) == [])
    #expect(Shard.shares(of: [1, 1, 1, 1, 1], among: 1) == [0, 0, 0, 0, 0])
  }

  @Test("Shards have every run of a plan once, with its place in the grid, whatever the order of the specs")
  func plan() throws {
    let folder = try SpecFolder()
    let sizes = #""heads": 2, "layers": 1, "context_length": 8, "batch_size": 1, "steps": 8"#
    let first = try folder.write("{\"d_model\": [8, 16], \"lr\": [0.01, 0.1], \"seeds\": 2, \(sizes)}", to: "a.json")
    let second = try folder.write("{\"d_model\": [8, 32], \"lr\": 0.01, \(sizes)}", to: "b.json")
    let whole = try Plan(specs: [first, second])
    let turned = try Plan(specs: [second, first])
    var keys: [PlannedRun.Key] = []
    var places: [String: [Int]] = [:]
    for index in 1...3 {
      let shard = try #require(Shard(index: index, of: 3))
      let share = whole.share(of: shard)
      keys += share.distinctRuns.map(\.key)
      #expect(Set(share.distinctRuns.map(\.key)) == Set(turned.share(of: shard).distinctRuns.map(\.key)))
      for experiment in share.experiments {
        places[experiment.spec.name, default: []] += experiment.gridRecords.map(\.position)
        let all = try #require(whole.experiments.first { $0.spec.name == experiment.spec.name })
        #expect(experiment.record == all.record)
      }
    }
    #expect(keys.count == 9)
    #expect(Set(keys) == Set(whole.distinctRuns.map(\.key)))
    #expect(places.mapValues { $0.sorted() } == ["a": Array(0..<8), "b": [0, 1]])
  }
}
