import Experiments
import Foundation
import Store
import Terminal
import Words

/// How the shards of sweeps stand, as far as their databases can be read now.
struct ShardStandings {
  /// The shards' paths.
  let names: [String]
  /// A table of all shards, and what is to be said of those that can't be read.
  private(set) var lines: [String] = []

  /// Reads the databases in the folder; none where there is no such folder.
  init(in folder: URL) throws {
    names = ResultsDatabase.databases(in: folder.relativePath)
    guard !names.isEmpty else { return }
    let shown: [RunState] = [.queued, .running, .finished, .diverged, .failed, .interrupted]
    var table = TextTable(["shard", "experiment", "runs"] + shown.map(\.rawValue))
    var remarks: [String] = []
    for name in names {
      let shard = URL(fileURLWithPath: name).deletingPathExtension().lastPathComponent
      do {
        let store = try ResultsDatabase(readingFrom: name, waits: false)
        let leases = try store.leases()
        for experiment in try store.experiments() {
          let runs = try store.runs(of: experiment)
          let counts = Dictionary(grouping: runs, by: \.state).mapValues(\.count)
          table.add([shard, experiment.name, "\(runs.count)"] + shown.map { "\(counts[$0] ?? 0)" })
          let left = runs.compactMap { run in run.state == .running ? leases[run.id ?? 0] : nil }
            .filter { LeaseRule.isGone($0, here: .here, now: Date(), start: Worker.start) }
          if let first = left.first {
            remarks.append(
              "\(shard): \(Wording.number(left.count, "run")) of \(experiment.name) left by process "
                + "\(first.worker.process) on \(first.worker.host), which is gone; the same --shard goes on")
          }
        }
        try store.close()
      } catch ResultsDatabaseError.locked {
        remarks.append("\(shard): in use on a file system of several machines, so it can't be read now")
      } catch let error as ResultsDatabaseError {
        remarks.append("\(error)")
      }
    }
    if !table.rows.isEmpty {
      lines = table.lines(within: Console.standard.output.width, dropping: [8, 3, 6, 7])
    }
    lines += remarks
  }
}
