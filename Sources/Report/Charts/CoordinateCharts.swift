import Answers
import Foundation
import Store
import Words

extension ChartSource {
  /// What `sweep check` measured: for each tensor its mean absolute value against the size, a line for each step (Yang et al. 2022, figure 5,
  /// https://arxiv.org/abs/2203.03466).
  func coordinates() throws -> ChartResult {
    let rows = try database.coordinates(of: results.experiment)
    guard !rows.isEmpty else { return .failure(NotDrawn("`sweep check` has measured nothing of it")) }
    let answers = CoordinateAnswer.answers(of: results, rows)
    guard !answers.isEmpty else { return .failure(NotDrawn("it has one d_model and one number of layers")) }
    return .success(
      answers.flatMap { answer in
        let place = answers.count > 1 ? " \(answer.key) \(answer.label)" : ""
        return answer.tensors.map { coordinate(answer, $0, name: "coordinates-\($0.name)\(place)") }
      })
  }

  private func coordinate(_ answer: CoordinateAnswer, _ tensor: CoordinateAnswer.Tensor, name: String) -> Chart {
    let colors = Palette.colors(tensor.means.count, isOrdered: true)
    let series = zip(tensor.means, colors).map { line, color in
      Series(
        .curve, label: line.step == 0 ? "before training" : "after \(line.step)", color: color,
        points: line.points.filter { $0.mean > 0 }.map { .init(x: $0.size, y: $0.mean) })
    }
    let values = series.flatMap { $0.points.map(\.y) }
    let range = (values.min() ?? 1) / 1.5...(values.max() ?? 1) * 1.5
    let place = answer.label.isEmpty ? "" : " with \(answer.label)"
    return Chart(
      name: FolderName.clean(name.replacing("_", with: "-")),
      title: (answer.label.isEmpty ? "" : "\(answer.label): ") + answer.sentence(tensor),
      caption:
        "Mean |x| of \(tensor.name)\(place), the mean over \(Wording.number(answer.seeds, "seed")); a line for each number of updates. \(CoordinateAnswer.rule)",
      x: ChartAxis(
        label: answer.key, isLog: true, range: answer.sizes[0] / 1.2...answer.sizes[answer.sizes.count - 1] * 1.2,
        ticks: answer.sizes.map { ChartAxis.Tick(value: $0, label: Scalar.number($0).label) }),
      y: ChartAxis(label: "mean |\(tensor.name)|", shortLabel: "mean |x|", isLog: true, range: range),
      series: series)
  }
}
