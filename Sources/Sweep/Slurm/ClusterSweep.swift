import Experiments
import Foundation
import Model
import Store

/// A sweep on a cluster: its scripts, and what its shards have done by now.
struct ClusterSweep {
  /// A run that isn't over, and how many of its steps are done.
  typealias Rest = (run: PlannedRun, done: Int)

  private let plan: Plan
  /// Where the shards are merged.
  let database: DatabaseOptions
  /// The array's name in the queue: that of the sweep's specs, with some digits that tell it from any other sweep. Editing a spec or
  /// naming another database makes it another.
  let name: String

  init(_ plan: Plan, into database: DatabaseOptions) {
    (self.plan, self.database) = (plan, database)
    let names = plan.experiments.map(\.spec.name)
    let plain = String((names.first ?? "").unicodeScalars.map { Self.isPlain($0) ? Character($0) : "-" }.prefix(40))
    let file = URL(fileURLWithPath: UserPath.followingLinks(database.database)).standardizedFileURL.path
    let identity = ([file] + plan.distinctRuns.map(\.name).sorted()).joined(separator: "\n")
    name = "\(plain)-\(SHA256.hexDigest(of: Array(identity.utf8)).prefix(8))"
  }

  private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
    scalar.isASCII && (scalar.properties.isAlphabetic || (48...57).contains(scalar.value) || scalar == "_")
  }

  /// The merge's name in the queue.
  var mergeName: String { Self.mergeName(of: name) }

  /// What the merge of an array of that name is called.
  static func mergeName(of name: String) -> String { name + "-merge" }

  /// The folder of scripts and logs.
  static func folder(of database: DatabaseOptions) -> URL {
    URL(fileURLWithPath: database.database).deletingLastPathComponent().appending(path: "slurm")
  }

  private static let ending = ".sh"
  private static let mergeEnding = "-merge.sh"

  /// The script of an array of so many tasks, relative to the working folder.
  func script(tasks: Int) -> String { path("\(name)-of-\(tasks)\(Self.ending)") }
  /// The script of the merge.
  func mergeScript(tasks: Int) -> String { path("\(name)-of-\(tasks)\(Self.mergeEnding)") }
  /// Where a task writes, as Slurm reads it: %a is its number. In a path that isn't absolute Slurm would look for such words in the
  /// working folder's name too.
  func log(tasks: Int) -> String { logs.replacing("%", with: "%%") + "/\(name)-of-\(tasks)-%a.log" }
  /// Where the merge writes.
  func mergeLog(tasks: Int) -> String { logs.replacing("%", with: "%%") + "/\(name)-of-\(tasks)-merge.log" }
  /// The folder of the logs.
  var logs: String { Self.folder(of: database).standardizedFileURL.path }

  private func path(_ file: String) -> String { Self.folder(of: database).appending(path: file).relativePath }

  /// The number of tasks that the sweep was cut into the last time; nil where it is the first.
  var formerTasks: Int? {
    let folder = Self.folder(of: database)
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    func time(_ file: String) -> Date {
      let facts = try? FileManager.default.attributesOfItem(atPath: folder.appending(path: file).path)
      return facts?[.modificationDate] as? Date ?? .distantPast
    }
    let former = names.filter { $0.hasPrefix(name + "-of-") }.compactMap { file in
      Int(file.dropFirst(name.count + 4).dropLast(Self.ending.count)).map { (tasks: $0, time: time(file)) }
    }
    return former.max { $0.time < $1.time }?.tasks
  }

  /// The names in the queue of all sweeps whose scripts lie beside the database, or of those that were cut into so many tasks.
  static func names(beside database: DatabaseOptions, tasks: Int? = nil) -> [String] {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder(of: database).path)) ?? []
    let names = files.filter {
      $0.hasSuffix((tasks.map { "-of-\($0)" } ?? "") + ending) && !$0.hasSuffix(mergeEnding)
    }.compactMap { file in
      file.ranges(of: "-of-").last.map { String(file[..<$0.lowerBound]) }
    }
    return Set(names).sorted()
  }

  /// How the shards stand.
  struct Standing {
    /// What each shard has left.
    var left: [[Rest]] = []
    /// Shards, from 1, whose databases a process has for itself.
    var busy: Set<Int> = []
    /// How many runs are over, and how many of them are in the merged database.
    var over = 0, merged = 0
    /// How many have failed.
    var failed = 0

    /// How many runs are left.
    var count: Int { left.reduce(0) { $0 + $1.count } }
  }

  /// What each of so many shards has left, by its own database and the merged one.
  ///
  /// - Throws: `ResultsDatabaseError` where a database can't be read.
  func standing(tasks: Int, retriesFailed: Bool) throws -> Standing {
    var standing = Standing()
    for (index, runs) in plan.shares(among: tasks).enumerated() {
      guard let shard = Shard(index: index + 1, of: tasks) else { continue }
      let merged = try Self.known(runs, in: database)
      var own: [Run?] = []
      do {
        own = try Self.known(runs, in: database.database(of: shard))
      } catch ResultsDatabaseError.locked {
        standing.busy.insert(shard.index)
        own = runs.map { _ in nil }
      }
      var left: [Rest] = []
      for (run, (merged, own)) in zip(runs, zip(merged, own)) {
        let known = [merged, own].compactMap(\.self)
        if known.contains(where: \.state.isOver) {
          standing.over += 1
          if merged?.state.isOver ?? false { standing.merged += 1 }
        } else if own?.state ?? merged?.state == .failed, !retriesFailed {
          standing.failed += 1
        } else {
          // A task goes on from what its own shard has.
          let isBegun = own.map { [.interrupted, .running].contains($0.state) } ?? false
          left.append((run: run, done: isBegun ? own?.stepsDone ?? 0 : 0))
        }
      }
      standing.left.append(left.sorted { $0.run.trainingFlops > $1.run.trainingFlops })
    }
    return standing
  }

  /// The runs as a database holds them; nil for one that it doesn't hold.
  private static func known(_ runs: [PlannedRun], in database: DatabaseOptions) throws -> [Run?] {
    do {
      let store = try ResultsDatabase(readingFrom: database.database, waits: false)
      defer { try? store.close() }
      return try store.known(runs.map(\.record))
    } catch ResultsDatabaseError.missing {
      return runs.map { _ in nil }
    }
  }
}
