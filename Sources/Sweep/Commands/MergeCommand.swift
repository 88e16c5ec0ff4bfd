import ArgumentParser
import Experiments
import Foundation
import Store
import Terminal
import Words

extension SweepCommand {
  /// `sweep merge FROM...`
  struct MergeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "merge", abstract: "Bring databases with their weights and checkpoints into one.",
      discussion: """
        A run is known by its configuration and seed and is taken once; what the database has a result of stays. The databases that are \
        merged stay as they are, and the same command once more changes nothing. Killed at any moment, it goes on when it is run again.
        """)

    @Argument(
      help: ArgumentHelp("Databases, or folders of them, such as results/shards.", valueName: "from"),
      transform: UserPath.expanded)
    var from: [String]
    @Option(
      name: .long, parsing: .unconditional,
      help: ArgumentHelp(
        "Wait so long for databases in which runs are being trained. A process that was killed on another machine counts as gone after 60 "
          + "seconds. (default: 0)", valueName: "seconds"))
    var wait: Double?
    @OptionGroup var database: DatabaseOptions

    func validate() throws {
      if let wait, !(wait >= 0 && wait < 1e7) {
        throw ValidationError("--wait is \(wait); write a number of seconds, such as 120.")
      }
    }

    func run() throws {
      var sources = try sources()
      let store = try ResultsDatabase(path: database.database, isAlone: true, tell: Console.standard.note)
      defer { try? store.close() }
      let merger = DatabaseMerger(into: store, files: database.files)
      var isRefused = false
      let end = ContinuousClock.now + .seconds(wait ?? 0)
      while true {
        var busy: [(source: String, error: ResultsDatabaseError)] = []
        for source in sources {
          do {
            // Says what is wrong with the file before anything is read of it.
            try ResultsDatabase(readingFrom: source, waits: wait == nil, tell: Console.standard.note).close()
            tell(try merger.merge(from: source), source)
          } catch let error as ResultsDatabaseError where error.isOf(source) {
            // The others can be merged all the same.
            if error.isOfUse {
              busy.append((source, error))
            } else {
              Console.standard.note("sweep: \(error)")
              isRefused = true
            }
          }
        }
        if busy.isEmpty || .now >= end {
          for (_, error) in busy { Console.standard.note("sweep: \(error)") }
          if isRefused || !busy.isEmpty { throw ExitStatus.badData }
          return
        }
        sources = busy.map(\.source)
        Thread.sleep(forTimeInterval: 2)
      }
    }

    /// The databases to merge, each once.
    private func sources() throws -> [String] {
      let itself = path(database.database)
      var (seen, sources): (Set<String>, [String]) = ([itself], [])
      for words in from {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: words, isDirectory: &isFolder) else {
          throw ResultsDatabaseError.missing(path: words)
        }
        if !isFolder.boolValue, path(words) == itself {
          throw ValidationError("\(words) is the database that is merged into; name others, or another --database.")
        }
        let databases = isFolder.boolValue ? ResultsDatabase.databases(in: words) : [words]
        if databases.isEmpty { throw UserError("\(words): the folder holds no database of this program.") }
        sources += databases.filter { seen.insert(path($0)).inserted }
      }
      return sources
    }

    private func path(_ words: String) -> String {
      URL(fileURLWithPath: UserPath.followingLinks(words)).resolvingSymlinksInPath().standardizedFileURL.path
    }

    private func tell(_ merge: Merge, _ source: String) {
      var parts = ["\(Wording.number(merge.taken.count, "run")) merged", "\(merge.known) known before"]
      if merge.held > 0 { parts.append("\(merge.held) left alone, since a process trains them") }
      if !merge.conflicts.isEmpty { parts.append(Wording.number(merge.conflicts.count, "conflict")) }
      Console.standard.data("\(source): \(parts.joined(separator: ", "))")
      for conflict in merge.conflicts {
        Console.standard.note(
          "run \(conflict.id) has another result in \(source): \(conflict.other); kept is: \(conflict.kept)")
      }
    }
  }
}

extension ResultsDatabaseError {
  /// Whether the error is that another process uses the database, which passes.
  fileprivate var isOfUse: Bool {
    switch self {
    case .inUse, .locked: true
    default: false
    }
  }

  /// Whether the error is about that file, which can be left out, and not about the one that is written.
  fileprivate func isOf(_ source: String) -> Bool {
    switch self {
    case .inUse(let path, _, _), .otherSpec(let path, _), .missing(let path), .folder(let path),
      .notADatabase(let path),
      .foreign(let path), .newer(let path, _, _), .older(let path, _, _), .unusable(let path, _, _), .locked(let path),
      .staleLog(let path), .network(let path, _), .moved(let path), .exists(let path):
      path == source
    case .noExperiment: false
    }
  }
}
