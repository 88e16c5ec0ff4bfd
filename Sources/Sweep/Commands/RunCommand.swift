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
        """)

    @OptionGroup var specs: SpecArguments
    @OptionGroup var jobs: JobsOption
    @OptionGroup var threads: ThreadsOption
    @OptionGroup var memory: MemoryOption
    @Flag(name: .long, help: "Try runs again that failed earlier.")
    var retryFailed = false
    @Flag(name: .long, help: "Stop at the first run that fails.")
    var failFast = false
    @OptionGroup var database: DatabaseOptions

    func run() throws {
      let plan = try Plan(telling: specs.specs)
      let console = Console.standard
      let stop = StopSignal()
      // A reader that went away, be it a terminal or a pipe, is a terminal that was closed.
      let progress = Progress(console) { stop.set(by: SIGHUP) }
      InterruptWatch.begin(stop) {
        progress.note("Stopping after the present step; once more, after a second, stops at once.")
      }
      var counts: [RunState: Int] = [:]
      do {
        counts = try train(plan, stop, progress)
      } catch let error as ResultsDatabaseError {
        // Another process kept the database locked until this one was asked to stop.
        guard case .locked = error, stop.signal != nil else { throw error }
        console.note("\(error)")
      }
      if !counts.isEmpty { console.data(summary(counts)) }
      if let signal = stop.signal {
        console.note("Stopped. Go on with: \(commandLine)")
        throw ExitStatus.stopped(by: signal)
      }
      if counts[.failed] != nil { throw ExitStatus.failedRun }
    }

    /// Trains what is missing, and counts how all runs stand then.
    private func train(_ plan: Plan, _ stop: StopSignal, _ progress: Progress) throws -> [RunState: Int] {
      // Other processes' transactions are short: a lock that lasts longer isn't waited for once this process was asked to stop.
      let store = try ResultsDatabase(path: database.database, tell: progress.note) { stop.isSet(for: .seconds(3)) }
      var options = SweepSession.Options(
        jobs: jobs.count(threadsPerRun: threads.threadsPerRun), threadsPerRun: threads.threadsPerRun,
        memory: memory.budget(beside: plan.textMemory))
      options.retriesFailed = retryFailed
      options.stopsAtFirstFailure = failFast
      let session = SweepSession(
        plan, database: store, files: database.files, options: options, stop: stop, observer: progress)
      let counts = try session.run()
      // What can't be brought into one file now is when the database is next opened.
      try? store.close()
      return counts
    }

    private func summary(_ counts: [RunState: Int]) -> String {
      let parts = RunState.allCases.compactMap { state in counts[state].map { "\($0) \(state.rawValue)" } }
      return "\(Wording.number(counts.values.reduce(0, +), "run")): \(parts.joined(separator: ", "))"
    }

    /// The command as it was given, quoted for a shell.
    private var commandLine: String {
      CommandLine.arguments.map { word in
        word.contains { !$0.isLetter && !$0.isNumber && !"/._-=*".contains($0) }
          ? "'" + word.replacingOccurrences(of: "'", with: "'\\''") + "'" : word
      }.joined(separator: " ")
    }
  }
}
