import Answers
import ArgumentParser
import Experiments
import Foundation
import Store
import Terminal

extension SweepCommand {
  /// `sweep check SPEC...`
  struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "check", abstract: "Check that numbers stay as large as they are when a model grows.",
      discussion: """
        A coordinate check: the first steps of every run are trained, and the mean absolute value of embedding, attention and \
        feed-forward outputs, attention logits, residual stream and logits is measured before the first update and after each, over the \
        held-out text's first windows. The spec needs several d_model or layers. A learning rate ten times the usual shows growth best. \
        `report` draws what was measured. It ends with 0 where everything passes, with 1 where something fails, and with 2 where \
        nothing fails but something is undecided.
        """)

    @OptionGroup var specs: SpecArguments
    @Option(name: .long, help: "Updates to make, at most as many as the spec's steps.")
    var steps = 4
    @OptionGroup var jobs: JobsOption
    @OptionGroup var memory: MemoryOption
    @OptionGroup var database: DatabaseOptions

    func validate() throws {
      guard (1...1000).contains(steps) else { throw ValidationError("--steps is \(steps); write 1 to 1000.") }
    }

    func run() throws {
      let plan = try Plan(telling: specs)
      for experiment in plan.experiments where !CoordinateCheck.hasSizes(experiment.runs) {
        throw Self.oneSize(experiment.spec.name)
      }
      let (console, stop) = (Console.standard, StopSignal())
      InterruptWatch.begin(stop) {
        console.note("Stopping after the present step; nothing of what is half done is kept.")
      }
      let store = try ResultsDatabase(path: specs.database(database).database, tell: console.note) {
        stop.isSet(for: .seconds(3))
      }
      let check = CoordinateCheck(steps: steps, jobs: jobs.count(), memory: memory.budget(beside: plan.textMemory))
      for experiment in plan.experiments {
        if let reason = check.refusal(of: experiment.runs) {
          throw UserError("\(experiment.spec.name): its largest run \(reason).")
        }
      }
      var verdicts: [CoordinateAnswer.Verdict] = []
      for experiment in plan.experiments {
        let measured = check.measure(experiment.runs, stop: stop) { _ in }
        guard !stop.isSet else { break }
        let runs = try store.store(experiment.record, grid: experiment.gridRecords) { stop.isSet }
        for (run, rows) in zip(runs, measured) {
          if let reference = run.reference { try store.store(rows, of: reference) }
        }
        verdicts += try tell(of: experiment.spec.name, store)
      }
      try? store.close()
      if let signal = stop.signal { throw ExitStatus.stopped(by: signal) }
      console.data(CoordinateAnswer.rule)
      if verdicts.contains(.fail) { throw ExitStatus.failedCheck }
      if verdicts.contains(.undecided) { throw ExitStatus.undecidedCheck }
    }

    private static func oneSize(_ name: String) -> UserError {
      UserError(
        "\(name): no two models differ in d_model or layers alone; give the spec several, such as \"d_model\": [32, 64, 128, 256]."
      )
    }

    /// Prints what the experiment shows, and gives the verdicts.
    private func tell(of name: String, _ store: ResultsDatabase) throws -> [CoordinateAnswer.Verdict] {
      let experiment = try store.experiment(named: name)
      let results = ExperimentResults(experiment, grid: try store.grid(of: experiment))
      let answers = CoordinateAnswer.answers(of: results, try store.coordinates(of: experiment))
      guard !answers.isEmpty else { throw Self.oneSize(name) }
      for answer in answers {
        Console.standard.data("\(name): \(answer.title)")
        for sentence in answer.sentences { Console.standard.data("  \(sentence)") }
        Console.standard.data("")
      }
      return answers.map(\.verdict)
    }
  }
}
