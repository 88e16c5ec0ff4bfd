import ArgumentParser
import Experiments
import Foundation
import Store
import Terminal
import Words

extension SweepCommand {
  /// `sweep clean`
  struct CleanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "clean", abstract: "Remove the files that no finished run needs.",
      discussion: """
        These are checkpoints of runs that are over, deleted or no longer in a grid, weights that no run names, and files \
        that were left half written, also those of databases that are no longer in the folder. Checkpoints of runs that can go on stay, and so does all that the database holds.
        """)

    @Flag(name: .long, help: "Say what would go, and remove nothing.")
    var dryRun = false
    @OptionGroup var database: DatabaseOptions

    func run() throws {
      let files = database.files
      // The files are listed before the databases are asked: one that comes later is not considered.
      let abandoned = files.abandonedCheckpoints.map(\.url)
      let folders = [files.checkpoints.url, files.checkpointsFolder, files.weightsFolder] + abandoned
      let found = folders.flatMap(self.files)
      let store = try dryRun ? database.reading() : database.existing()
      let neighbours = try Neighbour.all(of: files.database)
      let unneeded = Cleaning.unneeded(
        found, runs: try runs(store), neededWeights: try files.neededWeights(of: store, beside: neighbours),
        unfinishedElsewhere: ResultFiles.unfinished(in: neighbours), hasNeighbours: !neighbours.isEmpty
      ) { Worker.start(of: $0) != nil }
      for file in unneeded {
        // Another process may have removed it just now.
        if !dryRun, unlink(file.url.path) != 0, errno != ENOENT {
          throw UserError("\(file.url.relativePath): can't be removed (\(String(cString: strerror(errno)))).")
        }
        Console.standard.data("\(dryRun ? "would remove" : "removed") \(file.url.relativePath)")
      }
      // A folder that still holds something stays.
      if !dryRun { for folder in abandoned { rmdir(folder.path) } }
      let bytes = unneeded.reduce(0) { $0 + $1.bytes }
      Console.standard.data(
        unneeded.isEmpty
          ? "Nothing to remove."
          : "\(Wording.number(unneeded.count, "file")), \(Wording.bytes(Double(bytes)))"
            + (dryRun ? " would be removed." : " removed."))
    }

    /// The database's runs by the names of their files, in which earlier versions had the run's number.
    private func runs(_ store: ResultsDatabase) throws -> [String: Cleaning.KnownRun] {
      let leases = try store.leases()
      let inGrids = try store.runsInGrids()
      return try store.runStates().reduce(into: [:]) { known, run in
        let (run, state) = (run.key, run.value)
        let isHeld =
          leases[run.id].map { !LeaseRule.isGone($0, here: .here, now: Date(), start: Worker.start) } ?? false
        let standing = Cleaning.KnownRun(state: state, isInGrid: inGrids.contains(run.id), isHeld: isHeld)
        known[PlannedRun.fileName(identity: run.config, seed: run.seed)] = standing
        known["run-\(run.id)"] = standing
      }
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
