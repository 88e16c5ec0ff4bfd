import ArgumentParser
import Foundation
import Store
import Terminal

extension SweepCommand {
  /// `sweep clean`
  struct CleanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "clean", abstract: "Remove the files that no finished run needs.",
      discussion: """
        These are checkpoints of runs that are over, deleted or no longer in a grid, weights that no run names, and files \
        that were left half written. Checkpoints of runs that can go on stay, and so does all that the database holds.
        """)

    @Flag(name: .long, help: "Say what would go, and remove nothing.")
    var dryRun = false
    @OptionGroup var database: DatabaseOptions

    func run() throws {
      // The files are listed before the database is asked: one that comes later is not considered.
      let files = [database.checkpoints.url, database.weightsFolder].flatMap(files)
      let store = try ResultsDatabase(existingAt: database.database)
      let leases = try store.leases()
      let inGrids = try store.runsInGrids()
      let runs = try store.runStates().map { run, state in
        let id = run.id
        let isHeld = leases[id].map { !LeaseRule.isGone($0, here: .here, now: Date(), start: Worker.start) } ?? false
        return (id, Cleaning.KnownRun(state: state, isInGrid: inGrids.contains(id), isHeld: isHeld))
      }
      let weights = Set(try store.weightFiles().map { URL(fileURLWithPath: $0).lastPathComponent })
      let unneeded = Cleaning.unneeded(files, runs: Dictionary(uniqueKeysWithValues: runs), namedWeights: weights)
      for file in unneeded {
        if !dryRun, unlink(file.url.path) != 0 {
          throw UserError("\(file.url.relativePath): can't be removed (\(String(cString: strerror(errno)))).")
        }
        Console.standard.data("\(dryRun ? "would remove" : "removed") \(file.url.relativePath)")
      }
      let bytes = unneeded.reduce(0) { $0 + $1.bytes }
      Console.standard.data(
        unneeded.isEmpty
          ? "Nothing to remove."
          : "\(Wording.number(unneeded.count, "file")), \(Wording.bytes(Double(bytes)))"
            + (dryRun ? " would be removed." : " removed."))
    }

    private func files(in folder: URL) -> [Cleaning.File] {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
      return names.sorted().map { name in
        let url = folder.appending(path: name)
        let size = try? FileManager.default.attributesOfItem(atPath: url.path)[.size] as? Int
        return Cleaning.File(url: url, bytes: size ?? 0)
      }
    }
  }
}
