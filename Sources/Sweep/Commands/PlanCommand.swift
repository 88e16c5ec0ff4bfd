import ArgumentParser
import Experiments
import Foundation
import Store
import Terminal
import Words

extension SweepCommand {
  /// `sweep plan SPEC...`
  struct PlanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "plan", abstract: "Validate specs, expand them and estimate; train nothing.")

    @OptionGroup var specs: SpecArguments
    @OptionGroup var jobs: JobsOption
    @OptionGroup var database: DatabaseOptions

    func run() throws {
      let start = ContinuousClock.now
      let plan = try Plan(telling: specs)
      // Reading the specs and their texts is a part of what the sweep will do.
      let reading = (ContinuousClock.now - start) / .seconds(1)
      let runs = plan.distinctRuns
      let store = try store(specs.database(database))
      let known = try known(runs, store)
      let jobs = jobs.count()
      let estimate = Estimate(runs, jobs: jobs)
      for warning in plan.warnings { Console.standard.note(warning) }
      for experiment in plan.experiments {
        for line in lines(experiment, known, estimate) { Console.standard.data(line) }
        if let store, let missing = try LateSamples(experiment, in: store)?.missing {
          Console.standard.data("\(missing)\n")
        }
      }
      let missing = runs.filter { !(known[$0.key]?.state.isOver ?? false) }
        .sorted { $0.trainingFlops > $1.trainingFlops }
        .map { (run: $0, done: known[$0.key].map { $0.isBegun ? $0.stepsDone : 0 } ?? 0) }
      let begunCount = missing.filter { known[$0.run.key]?.isBegun ?? false }.count
      let begun = begunCount > 0 ? ", \(begunCount) begun" : ""
      let training = missing.isEmpty ? 0 : estimate.seconds(missing, jobs: jobs)
      let time = training.map { "about " + Wording.duration($0 + (missing.isEmpty ? 0 : reading)) } ?? "an unknown time"
      let flops = missing.reduce(0) { $0 + $1.run.trainingFlops * (1 - Double($1.done) / Double($1.run.steps)) }
      let memory =
        missing.isEmpty ? 0 : missing.map(\.run.memory).sorted(by: >).prefix(jobs).reduce(plan.textMemory, +)
      Console.standard.data(
        "\(Wording.number(runs.count, "run")), \(runs.count - missing.count) done\(begun). The rest: \(time) on "
          + "\(Wording.number(jobs, "core")), \(Wording.count(flops))FLOP, "
          + "\(Wording.bytes(memory)) of memory.")
    }

    /// The database; nil where there is none yet.
    private func store(_ database: DatabaseOptions) throws -> ResultsDatabase? {
      do {
        return try database.reading()
      } catch ResultsDatabaseError.missing {
        return nil
      }
    }

    /// The runs as the database holds them; one that it doesn't hold is absent.
    private func known(_ runs: [PlannedRun], _ store: ResultsDatabase?) throws -> [PlannedRun.Key: Run] {
      guard let store else { return [:] }
      return try zip(runs, store.known(runs.map(\.record))).reduce(into: [:]) { $0[$1.0.key] = $1.1 }
    }

    private func lines(
      _ experiment: Plan.PlannedExperiment, _ known: [PlannedRun.Key: Run], _ estimate: Estimate
    ) -> [String] {
      let spec = experiment.spec
      var table = TextTable(
        spec.axes.map(\.key) + ["parameters", "training FLOPs", "memory", "time a run", "runs", "done"])
      let labels = spec.axes.map { (key: $0.key, label: $0.label) }
      let runsOf = Dictionary(grouping: experiment.runs, by: \.configuration)
      for configuration in spec.configurations {
        guard let runs = runsOf[configuration], let first = runs.first else { continue }
        let done = runs.filter { known[$0.key]?.state.isOver ?? false }.count
        let point = spec.point(of: configuration)
        table.add(
          labels.map { axis in point[axis.key].map(axis.label) ?? "-" } + [
            "\(first.parameters)", Wording.count(first.trainingFlops), Wording.bytes(first.memory),
            estimate.seconds(first).map(Wording.duration) ?? "unknown", "\(runs.count)", "\(done)",
          ])
      }
      let collapsed = spec.collapsed > 0 ? ", \(spec.collapsed) repeated and left out" : ""
      let size =
        "\(Wording.number(spec.configurations.count, "configuration"))\(collapsed), "
        + Wording.number(spec.seeds.count, "seed")
      return ["\(spec.name): \(size)"] + (spec.description.isEmpty ? [] : [spec.description.visible()])
        + table.lines(within: Console.standard.output.width, dropping: [2, 1, 5, 0, 4].map { spec.axes.count + $0 }) + [
          ""
        ]
    }
  }
}

extension Run {
  /// Whether some of its steps are done, of which the next sweep repeats those since the last checkpoint.
  fileprivate var isBegun: Bool { [.interrupted, .running].contains(state) }
}
