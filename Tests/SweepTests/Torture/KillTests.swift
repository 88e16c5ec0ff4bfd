import Foundation
import Model
import Testing

@testable import Experiments
@testable import Sweep

extension TortureTests {
  @Suite(.timeLimit(.minutes(10)))
  struct KillTests {
    @Test(
      "A sweep that is killed again and again ends as if it never was, and repeats only what came after a checkpoint")
    func killed() throws {
      let reference = try TortureSpec.reference.get()
      let kills = TortureTests.amount(5, long: 25)
      // The moments are the only thing here that isn't the same every time.
      let seed = UInt64.random(in: 0...UInt64.max)
      var random = RandomStream(seed: seed, name: "kills")
      var cost = Cost()
      var sweeps = 0
      while cost.kills < kills {
        let place = try Workplace()
        try TortureSpec.write(to: place)
        var standing = Standing()
        var isDone = false
        while !isDone {
          let sweep = try place.start("sweep", ["torture.json", "--jobs", "2"])
          // On average a part of the whole such that all kills come before its end.
          let moment = reference.seconds * 1.2 / Double(kills) * random.uniformDouble()
          isDone = cost.kills == kills || sweep.ends(within: moment)
          if !isDone { sweep.kill9() }
          let outcome = sweep.outcome()
          #expect(outcome.status == (isDone ? 0 : -SIGKILL))
          let events = SweepEvent.all(in: outcome.errors)
          standing.expectContinued(by: events)
          if !isDone {
            standing = try Standing(place)
            try cost.add(standing, events, place)
          }
        }
        sweeps += 1
        try SweepResults(of: place).expectSame(as: reference.results, "killed at moments of seed \(seed)")
      }
      TortureTests.report(
        "\(cost.kills) kills survived by \(sweeps) sweeps of \(TortureSpec.runs) runs on 2 jobs, \(reference.results.count) rows "
          + "compared of each; moments of seed \(seed); \(cost.description(of: reference.results.steps))")
    }

    @Test("A merge that is killed again and again leaves a sound database, and ends as if it never was")
    func killedMerges() throws {
      let reference = try TortureSpec.reference.get()
      let kills = TortureTests.amount(8, long: 25)
      let seed = UInt64.random(in: 0...UInt64.max)
      var random = RandomStream(seed: seed, name: "kills")
      let place = try Workplace()
      try TortureSpec.write(to: place)
      for shard in 1...3 { #expect(try place.sweep("torture.json", "--shard", "\(shard)/3").status == 0) }
      func restart() throws {
        for name in ["results.sqlite", "results.sqlite-wal", "results.sqlite-shm", "weights"] {
          try? FileManager.default.removeItem(at: place.path("results/\(name)"))
        }
      }
      let start = ContinuousClock.now
      #expect(try place.sweep("merge", "results/shards").status == 0)
      let seconds = (ContinuousClock.now - start) / .seconds(1)
      try restart()
      var (killed, merges) = (0, 0)
      while killed < kills {
        let merge = try place.start("sweep", ["merge", "results/shards"])
        if merge.ends(within: seconds * random.uniformDouble()) {
          merges += 1
          try SweepResults(of: place).expectSame(as: reference.results, "killed at moments of seed \(seed)")
          try restart()
          continue
        }
        merge.kill9()
        killed += 1
        if FileManager.default.fileExists(atPath: place.path("results/results.sqlite").path) {
          _ = try SweepResults(of: place)
        }
      }
      #expect(try place.sweep("merge", "results/shards").status == 0)
      try SweepResults(of: place).expectSame(as: reference.results, "killed at moments of seed \(seed)")
      #expect(try place.sweep("clean").output == "Nothing to remove.\n")
      TortureTests.report(
        "\(killed) kills survived by merges of 3 shards, \(merges + 1) came to their end; moments of seed \(seed)")
    }
  }
}

/// How the runs of a killed sweep stand.
private struct Standing {
  /// Runs that have their result.
  var over: Set<Int> = []
  /// The last recorded step of the others.
  var recorded: [Int: Int] = [:]
  /// The step of the others' checkpoint.
  var checkpoints: [Int: Int] = [:]
  /// What the files of each run are called.
  var names: [Int: String] = [:]

  init() {}

  init(_ place: Workplace) throws {
    guard FileManager.default.fileExists(atPath: place.path("results/results.sqlite").path) else { return }
    let hasRuns = try !place.queryCopy("SELECT 1 FROM sqlite_schema WHERE name = 'runs'").isEmpty
    guard hasRuns else { return }
    for row in try place.queryCopy(
      "SELECT id, config, seed, state, (SELECT max(step) FROM steps WHERE run_id = id) AS recorded FROM runs")
    {
      let id: Int = row["id"]
      names[id] = PlannedRun.fileName(identity: row["config"], seed: row["seed"])
      if ["finished", "diverged"].contains(row["state"] as String) {
        over.insert(id)
      } else {
        recorded[id] = row["recorded"]
        let folder = CheckpointFolder.of(place)
        let checkpoint =
          (try? Checkpoint(contentsOf: folder.latest(of: names[id] ?? "")))
          ?? (try? Checkpoint(contentsOf: folder.previous(of: names[id] ?? "")))
        checkpoints[id] = checkpoint?.trainer.stepsDone
      }
    }
  }

  /// The next sweep goes on from the checkpoints, and touches nothing that is over.
  func expectContinued(by events: [SweepEvent]) {
    for event in events where ["started", "resumed"].contains(event.kind) {
      #expect(!over.contains(event.run), "run \(event.run) was trained again")
      #expect(event.step ?? 0 == checkpoints[event.run] ?? 0, "run \(event.run) doesn't go on from its checkpoint")
    }
  }
}

/// What kills have cost.
private struct Cost {
  private(set) var kills = 0
  /// Steps recorded past the checkpoint of the run, which are made again.
  private var steps = 0
  /// How old a run's checkpoint was when the process died.
  private var ages: [Double] = []

  /// Adds what the kill of a sweep has cost.
  mutating func add(_ standing: Standing, _ events: [SweepEvent], _ place: Workplace) throws {
    kills += 1
    let ended = events.filter { !["started", "resumed"].contains($0.kind) }.map(\.run)
    let training = Set(events.map(\.run)).subtracting(ended).subtracting(standing.over)
    for run in training {
      steps += max(0, (standing.recorded[run] ?? 0) - (standing.checkpoints[run] ?? 0))
      let file = CheckpointFolder.of(place).latest(of: standing.names[run] ?? "")
      if let stored = try? file.resourceValues(forKeys: [.contentModificationDateKey]).contentModificationDate {
        ages.append(-stored.timeIntervalSinceNow)
      }
    }
  }

  func description(of total: Int) -> String {
    let mean = ages.reduce(0, +) / Double(max(1, ages.count))
    return String(
      format: "%d recorded steps made again, of %d; checkpoints were %.2f s old on average, %.2f s at most", steps,
      total,
      mean, ages.max() ?? 0)
  }
}

extension CheckpointFolder {
  /// The checkpoints beside the workplace's database.
  static func of(_ place: Workplace) -> CheckpointFolder {
    CheckpointFolder(url: place.path("results/checkpoints/results.sqlite"))
  }
}
