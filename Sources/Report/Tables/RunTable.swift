import Answers
import Store
import Words

extension Table {
  /// Every run of an experiment, a row each: the configurations in the order of results, and their runs by seed.
  static func runs(_ results: ExperimentResults) -> Table {
    let measure = results.measure
    let settings = results.varyingKeys + results.fixedKeys
    var table = Table(
      title: results.experiment.name, caption: "every run; loss: \(measure.phrase)",
      columns: [
        Column(name: "rank", title: "#", importance: 6),
        Column(name: "experiment", title: "experiment", audience: .programs),
        Column(name: "run_id", title: "run", importance: 9),
      ], rows: [])
    table.columns += settings.map { key in
      Column(
        name: key, title: key, isMain: results.varyingKeys.contains(key), isKey: true,
        importance: results.tellingKeys.contains(key) ? 8 : 6)
    }
    table.columns += [
      Column(name: "seed", title: "seed", importance: 9),
      Column(name: "state", title: "state", importance: 7),
    ]
    let hasAverage = results.runs.contains { $0.outcome.finalAveragedLoss != nil }
    let measured = Self.measured(measure).filter { hasAverage || $0.column.name != "final_averaged_loss" }
    table.columns += measured.map(\.column)
    table.rows = zip(results.configurations, results.places).flatMap { result, place in
      result.runs.sorted { $0.seed < $1.seed }.map { run -> [Cell] in
        var row: [Cell] = [place.map { .number(Double($0)) } ?? .empty]
        row.append(Cell(value: .text(results.experiment.name), text: results.experiment.name))
        row.append(.number(run.id.map(Double.init)))
        row += settings.map { Cell(value: result.settings[$0], text: result.label(of: $0) ?? Cell.empty.text) }
        row += [.number(Double(run.seed)), Cell(value: .text(run.state.rawValue), text: run.state.rawValue)]
        return row + measured.map { $0.cell(run) }
      }
    }
    return table
  }

  /// What is known of a run; the names are those of the table `runs`.
  private static func measured(_ measure: Measure) -> [(column: Column, cell: @Sendable (Run) -> Cell)] {
    func loss(
      _ name: String, _ title: String, _ kind: Measure, _ value: @escaping @Sendable (Run) -> Double?
    ) -> (column: Column, cell: @Sendable (Run) -> Cell) {
      let isRanking = kind.name == measure.name
      return (
        Column(
          name: name, title: isRanking ? "loss (\(measure.shortUnit))" : title, importance: isRanking ? 10 : 3,
          isRanking: isRanking),
        { value($0).map { Cell(value: .number($0), text: Summary([$0])?.meanText ?? "") } ?? .empty }
      )
    }
    let losses = [
      loss("final_loss", "final (nats/token)", .final, \.outcome.finalLoss),
      loss("best_loss", "best", .best, \.outcome.bestLoss),
      loss("final_averaged_loss", "averaged", .averaged, \.outcome.finalAveragedLoss),
      loss("final_bits_per_byte", "bits/byte", .bitsPerByte, \.outcome.finalBitsPerByte),
    ]
    let others: [(column: Column, cell: @Sendable (Run) -> Cell)] = [
      (
        Column(name: "final_standard_error", title: "standard error", isMain: false),
        { .number($0.outcome.finalStandardError) }
      ),
      (Column(name: "train_loss", title: "training loss", isMain: false), { .number($0.outcome.trainLoss) }),
      (Column(name: "best_step", title: "best step", isMain: false), { .number($0.outcome.bestStep.map(Double.init)) }),
      (Column(name: "steps_done", title: "steps done", isMain: false), { .number(Double($0.stepsDone)) }),
      (
        Column(name: "tokens_per_second", title: "tokens/s", importance: 2, isBestHighest: true),
        { $0.outcome.tokensPerSecond.map { .count($0) } ?? .empty }
      ),
      (
        Column(name: "seconds", title: "time", importance: 1),
        { $0.outcome.seconds.map { Cell(value: .number($0), text: Wording.duration($0)) } ?? .empty }
      ),
      (Column(name: "cpu_seconds", title: "processor time (s)", isMain: false), { .number($0.outcome.cpuSeconds) }),
      (Column(name: "threads", title: "threads", isMain: false), { .number($0.outcome.threads.map(Double.init)) }),
      (Column(name: "parameters", title: "parameters", isMain: false), { .count(Double($0.facts.parameters)) }),
      (Column(name: "training_flops", title: "training FLOPs", isMain: false), { .count($0.facts.trainingFlops) }),
      (
        Column(name: "state_reason", title: "reason", isMain: false),
        { $0.outcome.stateReason.map { Cell(value: .text($0), text: $0) } ?? .empty }
      ),
    ]
    return losses + others
  }
}
