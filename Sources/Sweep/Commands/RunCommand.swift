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
      let watch = InterruptWatch(stop) {
        progress.note("Stopping after the present step; once more, after a second, stops at once.")
      }
      let store = try ResultsDatabase(path: database.database, tell: progress.note)
      var options = SweepSession.Options(
        jobs: jobs.count(threadsPerRun: threads.threadsPerRun), threadsPerRun: threads.threadsPerRun,
        memory: memory.budget)
      options.retriesFailed = retryFailed
      options.stopsAtFirstFailure = failFast
      let session = SweepSession(
        plan, database: store, files: database.files, options: options, stop: stop, observer: progress)
      let counts = try session.run()
      // What can't be brought into one file now is when the database is next opened.
      try? store.close()
      console.data(summary(counts))
      withExtendedLifetime(watch) {}
      if let signal = stop.signal {
        console.note("Stopped. Go on with: \(commandLine)")
        throw ExitStatus.stopped(by: signal)
      }
      if counts[.failed] != nil { throw ExitStatus.failedRun }
    }

    private func summary(_ counts: [RunState: Int]) -> String {
      let parts = RunState.allCases.compactMap { state in counts[state].map { "\($0) \(state.rawValue)" } }
      return "\(Wording.number(counts.values.reduce(0, +), "run")): \(parts.joined(separator: ", "))"
    }

    /// The command as it was given, quoted for a shell.
    private var commandLine: String {
      CommandLine.arguments.map { word in
        let isPlain = word.unicodeScalars.allSatisfy {
          $0.properties.isAlphabetic || "0123456789/._-=*".unicodeScalars.contains($0)
        }
        return isPlain ? word : "'" + word.replacingScalars { $0 == "'" ? "'\\''" : nil } + "'"
      }.joined(separator: " ")
    }
  }
}
