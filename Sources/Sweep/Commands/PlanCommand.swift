import ArgumentParser
import Foundation
import Store
import Terminal

extension SweepCommand {
  /// `sweep plan SPEC...`
  struct PlanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "plan", abstract: "Validate specs, expand them and estimate; train nothing.")

    @OptionGroup var specs: SpecArguments
    @OptionGroup var jobs: JobsOption
    @OptionGroup var database: DatabaseOptions

    func run() throws {
      let plan = try Plan(specs: specs.specs)
      let runs = plan.distinctRuns
      let states = try states(of: runs)
      let estimate = Estimate(runs)
      for experiment in plan.experiments {
        for line in lines(experiment, states, estimate) { Console.standard.data(line) }
      }
      let missing = runs.filter { !(states[$0.key]?.hasResult ?? false) }
        .sorted { $0.trainingFlops > $1.trainingFlops }
      let begunCount = missing.filter { [.interrupted, .running].contains(states[$0.key]) }.count
      let begun = begunCount > 0 ? ", \(begunCount) begun" : ""
      let jobs = jobs.count()
      let time = Wording.duration(estimate.seconds(missing, jobs: jobs))
      let memory = missing.map(\.memory).sorted(by: >).prefix(jobs).reduce(0, +)
      Console.standard.data(
        "\(Wording.number(runs.count, "run")), \(runs.count - missing.count) done\(begun). The rest: about \(time) on "
          + "\(Wording.number(jobs, "core")), \(Wording.count(missing.reduce(0) { $0 + $1.trainingFlops }))FLOP, "
          + "\(Wording.bytes(memory)) of memory.")
    }

    /// How the runs stand in the database; a run that it doesn't hold is absent.
    private func states(of runs: [PlannedRun]) throws -> [PlannedRun.Key: RunState] {
      guard FileManager.default.fileExists(atPath: database.database) else { return [:] }
      let known = try ResultsDatabase(readingFrom: database.database).known(runs.map(\.record))
      return zip(runs, known).reduce(into: [:]) { states, pair in states[pair.0.key] = pair.1?.state }
    }

    private func lines(
      _ experiment: Plan.PlannedExperiment, _ states: [PlannedRun.Key: RunState], _ estimate: Estimate
    ) -> [String] {
      let spec = experiment.spec
      let axes = spec.axes
      var table = TextTable(
        axes.map(\.rawValue) + ["parameters", "training FLOPs", "memory", "time a run", "runs", "done"])
      let runsOf = Dictionary(grouping: experiment.runs, by: \.configuration)
      for configuration in spec.configurations {
        guard let runs = runsOf[configuration], let first = runs.first else { continue }
        let done = runs.filter { states[$0.key]?.hasResult ?? false }.count
        table.add(
          axes.map { configuration[$0]?.shortLabel ?? "-" } + [
            "\(first.parameters)", Wording.count(first.trainingFlops), Wording.bytes(first.memory),
            Wording.duration(estimate.seconds(first)), "\(runs.count)", "\(done)",
          ])
      }
      let collapsed = spec.collapsed > 0 ? ", \(spec.collapsed) repeated and left out" : ""
      let size =
        "\(Wording.number(spec.configurations.count, "configuration"))\(collapsed), "
        + Wording.number(spec.seeds.count, "seed")
      return ["\(spec.name): \(size)"] + (spec.description.isEmpty ? [] : [spec.description]) + table.lines + [""]
    }
  }
}
