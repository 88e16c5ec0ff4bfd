import ArgumentParser
import Experiments
import Foundation
import Store
import Terminal
import Words

extension SweepCommand {
  /// `sweep delete EXPERIMENT`
  struct DeleteCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "delete", abstract: "Delete an experiment with its runs, and ask first.",
      discussion: "Runs that another experiment has too stay. The spec file stays. What `report` has written goes too.")

    @Argument(help: "The experiment's name.")
    var experiment: String
    @Flag(name: .long, help: "Don't ask.")
    var yes = false
    @OptionGroup var database: DatabaseOptions

    func run() throws {
      let store = try database.existing()
      let experiment = try store.experiment(named: experiment)
      let deletion = try store.deletion(of: experiment)
      let leases = try store.leases()
      for lease in deletion.runs.compactMap({ leases[$0.id] })
      where !LeaseRule.isGone(lease, here: .here, now: Date(), start: Worker.start) {
        throw UserError(
          "run \(lease.runID) is being trained by process \(lease.worker.process) on \(lease.worker.host). Stop it first."
        )
      }
      let files = database.files
      let neighbours = try Neighbour.all(of: files.database)
      let runs = try deletion.runs.compactMap { try store.run($0.id) }
      guard try yes || agrees(to: experiment, deletion) else {
        Console.standard.note("Nothing was deleted.")
        return
      }
      guard try store.delete(experiment, expected: deletion) != nil else {
        throw UserError("\(database.database): the experiment has just changed. Nothing was deleted; try again.")
      }
      for run in runs { files.checkpoints.removeAll(of: PlannedRun.fileName(identity: run.config, seed: run.seed)) }
      let needed = try files.neededWeights(of: store, beside: neighbours)
      for weights in runs.compactMap({ $0.outcome.weights.map(files.url) })
      where !needed.contains(weights.lastPathComponent) {
        unlink(weights.path)
      }
      try removeReport(of: experiment, beside: files.database)
      // What the experiment took up in the file is given back, unless another process is at work there.
      try? store.compact()
      Console.standard.data(
        "Deleted \"\(experiment.name)\": \(Wording.number(deletion.runs.count, "run")), "
          + Wording.number(deletion.steps, "step") + ".")
    }

    /// Removes what `report` has written about the experiment to the database's folder.
    private func removeReport(of experiment: Experiment, beside database: URL) throws {
      let root = database.deletingLastPathComponent()
      var list = ReportList(in: root)
      let path = database.resolvingSymlinksInPath().path
      let own = list.folders.filter { $0.value.belongs(to: experiment.name, of: path) }
      guard !own.isEmpty else { return }
      for folder in own.keys { list.remove(folder: folder, in: root) }
      try list.write(to: root)
    }

    private func agrees(to experiment: Experiment, _ deletion: Deletion) throws -> Bool {
      guard isatty(STDIN_FILENO) == 1 else {
        throw ValidationError("Nobody is there to ask; add --yes to delete \"\(experiment.name)\".")
      }
      let shared =
        deletion.shared > 0 ? " \(Wording.number(deletion.shared, "run")) that other experiments have too stay." : ""
      Console.standard.errors.write(
        "Delete \"\(experiment.name.visible())\" with \(Wording.number(deletion.runs.count, "run")) and "
          + "\(Wording.number(deletion.steps, "step"))?\(shared) [y/N] ")
      return ["y", "yes"].contains((readLine() ?? "").lowercased())
    }
  }
}
