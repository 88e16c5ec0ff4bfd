import Answers
import Words

extension ChartSource {
  /// Training tokens per second of every run against its number of parameters.
  func throughput() -> ChartResult {
    let measured = results.configurations.flatMap { result in
      result.runs.compactMap { run in run.outcome.tokensPerSecond.map { (result: result, y: $0) } }
    }.filter { $0.y > 0 }
    guard let least = measured.map(\.y).min(), let top = measured.map(\.y).max() else {
      return .failure(NotDrawn("no run has finished"))
    }
    guard Set(measured.map(\.result.parameters)).count > 1 else {
      return .failure(NotDrawn("all models have the same number of parameters; the table has their tokens per second"))
    }
    let groups = Dictionary(grouping: measured) { colors.color(of: $0.result) }
    let series = groups.sorted { $0.key < $1.key }.map { color, points in
      Series(.marks, color: color, points: points.map { .init(x: Double($0.result.parameters), y: $0.y) })
    }
    let isLog = top > 20 * least
    return .success([
      Chart(
        name: "throughput", title: "\(Wording.count(least)) to \(Wording.count(top)) training tokens per second",
        caption:
          "Training tokens per second of every run against its parameters; the time of evaluations and samples isn't counted."
          + timeRemark,
        x: parameterAxis(measured.map(\.result)),
        y: ChartAxis(
          label: "training tokens per second", shortLabel: "tokens/s", isLog: isLog,
          range: isLog ? least / 1.3...top * 1.3 : 0...1.1 * top, isCount: true),
        series: series + legend(.marks, measured.map(\.result)))
    ])
  }
}
