import ArgumentParser
import Experiments
import Foundation
import Store
import Terminal
import Words

extension SweepCommand {
  /// `sweep run SPEC...`
  struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "run", abstract: "Train what is missing (the default).",
      discussion: """
        Runs that the database holds as finished, diverged or stopped are not trained again; runs that were interrupted go on \
        from their last checkpoint. Several of these may work on one database: they share the runs.

        KEY=VALUE, such as lr=0.003 or 'lr=[0.001, 0.01]', gives a key another value in every spec, as JSON or as a word; the \
        experiment is another then, "NAME+lr=0.003", or what name=... says.
        """)

    @OptionGroup var specs: SpecArguments
    @OptionGroup var jobs: JobsOption
    @OptionGroup var threads: ThreadsOption
    @OptionGroup var memory: MemoryOption
    @Flag(name: .long, help: "Try runs again that failed earlier.")
    var retryFailed = false
    @Flag(name: .long, help: "Stop at the first run that fails.")
    var failFast = false
    @Option(
      name: .long,
      help: ArgumentHelp(
        "Train one of several machines' shares, such as 3/16, in a database of its own in the folder shards beside the other; auto takes "
          + "it from an array of Slurm, auto/16 from a job of Kubernetes.", valueName: "shard"))
    var shard: String?
    @OptionGroup var vectors: VectorsOption
    @OptionGroup var database: DatabaseOptions

    func validate() throws {
      do {
        _ = try chosenShard()
      } catch let problem as Shard.Problem {
        throw ValidationError("\(problem)")
      }
    }

    private func chosenShard() throws -> Shard? {
      try shard.map { try Shard($0, environment: ProcessInfo.processInfo.environment) }
    }

    func run() throws {
      var plan = try Plan(telling: specs)
      var database = specs.database(database)
      var overElsewhere: [PlannedRun.Key: RunState] = [:]
      let whole = database
      if let shard = try chosenShard() {
        plan = plan.share(of: shard)
        overElsewhere = try over(plan, in: whole)
        database = whole.database(of: shard)
      }
      let console = Console.standard
      let stop = StopSignal()
      // A reader that went away, be it a terminal or a pipe, is a terminal that was closed.
      let progress = Progress(console) { stop.set(by: SIGHUP) }
      InterruptWatch.begin(stop) {
        progress.note("Stopping after the present step; once more, after a second, stops at once.")
      }
      var outcome: Outcome?
      do {
        outcome = try train(plan, database, overElsewhere, stop, progress)
      } catch let error as ResultsDatabaseError {
        // Another process kept the database locked until this one was asked to stop.
        guard case .locked = error, stop.signal != nil else { throw error }
        console.note("\(error)")
      }
      if let outcome {
        console.data(summary(outcome.counts))
        for (_, standing) in outcome.standings {
          let lines = standing.lines(
            width: console.output.width, isOver: stop.signal == nil, styled: console.output.styled)
          if !lines.isEmpty { console.data("") }
          for line in lines { console.raw(line) }
        }
      }
      if let signal = stop.signal {
        console.note("Stopped. Go on with: \(ShellWords.given)")
        throw ExitStatus.stopped(by: signal)
      }
      guard let outcome else { return }
      for line in shard == nil ? next(outcome.standings, database) : next(merging: database, into: whole) {
        console.data(line)
      }
      if outcome.counts[.failed] != nil { throw ExitStatus.failedRun }
    }

    /// How all runs stand at the end, and each experiment.
    private typealias Outcome = (counts: [RunState: Int], standings: [(name: String, standing: Standing)])

    /// Trains what is missing.
    private func train(
      _ plan: Plan, _ database: DatabaseOptions, _ overElsewhere: [PlannedRun.Key: RunState], _ stop: StopSignal,
      _ progress: Progress
    ) throws -> Outcome {
      // Other processes' transactions are short: a lock that lasts longer isn't waited for once this process was asked to stop.
      let store = try ResultsDatabase(path: database.database, isAlone: shard != nil, tell: progress.note) {
        stop.isSet(for: .seconds(3))
      }
      var options = SweepSession.Options(
        jobs: jobs.count(threadsPerRun: threads.threadsPerRun), threadsPerRun: threads.threadsPerRun,
        memory: memory.budget(beside: plan.textMemory))
      options.retriesFailed = retryFailed
      options.stopsAtFirstFailure = failFast
      options.overElsewhere = overElsewhere
      progress.show(BestSoFar(store, experiments: plan.experiments.map(\.spec.name)))
      let session = SweepSession(
        plan, database: store, files: database.files, options: options, stop: stop, observer: progress)
      let counts = try session.run()
      let standings = try plan.experiments.compactMap { experiment -> (name: String, standing: Standing)? in
        do {
          return (experiment.spec.name, try store.standing(of: experiment.spec.name))
        } catch ResultsDatabaseError.noExperiment where stop.signal != nil {
          // The signal came before the experiment was stored.
          return nil
        }
      }
      // What can't be brought into one file now is when the database is next opened.
      try? store.close()
      return (counts, standings)
    }

    /// The runs that are over in the database that shards are merged into, if there is one by now.
    private func over(_ plan: Plan, in database: DatabaseOptions) throws -> [PlannedRun.Key: RunState] {
      do {
        let keys = plan.distinctRuns.map(\.key)
        let states = try database.reading().states(of: keys.map { (config: $0.identity, seed: $0.seed) })
        return zip(keys, states).reduce(into: [:]) { if let state = $1.1, state.isOver { $0[$1.0] = state } }
      } catch ResultsDatabaseError.missing {
        return [:]
      }
    }

    private func summary(_ counts: [RunState: Int]) -> String {
      if counts.isEmpty { return "0 runs: there are more shards than runs." }
      let parts = RunState.allCases.compactMap { state in counts[state].map { "\($0) \(state.rawValue)" } }
      return "\(Wording.number(counts.values.reduce(0, +), "run")): \(parts.joined(separator: ", "))"
    }

    /// The command that brings the shards together.
    private func next(merging shard: DatabaseOptions, into whole: DatabaseOptions) -> [String] {
      let folder = URL(fileURLWithPath: shard.database).deletingLastPathComponent().relativePath
      return ["", "When all shards are done: " + ShellWords.command("sweep", ["merge", folder] + whole.words)]
    }

    /// The commands that show more of the experiments that have results.
    private func next(_ standings: [(name: String, standing: Standing)], _ database: DatabaseOptions) -> [String] {
      let tried = standings.compactMap { name, standing in standing.bestRun.map { (name, $0) } }
      guard let (name, run) = tried.first else { return [] }
      let place = database.words
      // Several are reported together.
      let report = ShellWords.command("report", (tried.count == 1 ? [name] : []) + place)
      let sample = ShellWords.command("sweep", ["sample", "\(run)"] + place)
      return ["", "Next: \(report)", "      \(sample)"]
    }
  }
}
