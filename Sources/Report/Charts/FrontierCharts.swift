import Answers
import Foundation
import Store

extension ChartSource {
  /// Validation loss of every run against its training FLOPs, the lower envelope and the runs on it (Hoffmann et al. 2022,
  /// figure 2, https://arxiv.org/abs/2203.15556).
  func lossByFlops() -> ChartResult {
    guard Set(results.runs.map { $0.facts.trainingFlops / Double(max($0.steps, 1)) }).count > 1 else {
      return .failure(NotDrawn("every run spends the same FLOPs a step, so loss-curves shows the same"))
    }
    return frontier(name: "loss-by-flops", xLabel: "training FLOPs", atTime: nil) { run, evaluation in
      run.facts.trainingFlops * Double(evaluation.step) / Double(max(run.steps, 1))
    }
  }

  /// Validation loss of every run against wall time, the lower envelope, and the losses when the fastest run was done.
  func lossAtEqualTime() -> ChartResult {
    let ends = results.runs.filter { $0.state == .finished }.compactMap {
      $0.id.flatMap { evaluations[$0]?.last?.seconds }
    }
    return frontier(
      name: "equal-time", xLabel: "wall time (s), evaluations and samples included", atTime: ends.min()
    ) {
      $1.seconds
    }
  }

  /// The lines of one run's evaluations.
  private struct Path {
    let result: ConfigurationResult
    let run: Run
    let points: [Series.Point]
  }

  private func frontier(
    name: String, xLabel: String, atTime: Double?, x: (Run, Evaluation) -> Double
  ) -> ChartResult {
    guard results.configurations.count > 1 else {
      return .failure(NotDrawn("there is one configuration: nothing to compare"))
    }
    // So many points as a page can carry.
    let budget = max(4, 12_000 / max(results.runs.count, 1))
    let paths = results.configurations.flatMap { result in
      result.runs.compactMap { run -> Path? in
        let all = (run.id.flatMap { evaluations[$0] } ?? []).compactMap { evaluation in
          evaluation.loss.map { Series.Point(x: x(run, evaluation), y: $0) }
        }.filter { $0.x > 0 }
        guard let last = all.last else { return nil }
        let stride = max(1, (all.count + budget - 1) / budget)
        return Path(
          result: result, run: run,
          points: all.indices.filter { $0 % stride == 0 }.map { all[$0] }
            + (all.count % stride == 1 || stride == 1 ? [] : [last]))
      }
    }
    let points = paths.flatMap(\.points)
    guard let low = points.map(\.x).min(), let high = points.map(\.x).max(), low < high,
      let losses = lossRange(points.map(\.y))
    else {
      return .failure(NotDrawn("fewer than two evaluations after the first step"))
    }
    // Room for the names below the envelope.
    let space = losses.upperBound - losses.lowerBound
    let range = max(0, losses.lowerBound - 0.1 * space)...losses.upperBound
    let groups = Dictionary(grouping: paths) { colors.color(of: $0.result) }
    var series = groups.sorted { $0.key < $1.key }.map { Series(.trace, color: $0.key, lines: $0.value.map(\.points)) }
    let envelope = Self.envelope(paths.flatMap { path in path.points.map { (point: $0, path: path) } })
    series.append(Series(.envelope, color: Palette.ink, points: envelope.map(\.point)))
    let names = labels(envelope, in: range, from: low, to: high)

    var caption =
      "Validation loss of every run; the thick line is the lowest at each \(atTime == nil ? "number of FLOPs" : "time"). "
    if let time = atTime {
      let crossings = groups.sorted { $0.key < $1.key }.map { color, paths in
        Series(
          .marks, color: color,
          points: paths.compactMap { Self.value(of: $0.points, at: time) }.map { .init(x: time, y: $0) })
      }
      series += crossings.filter { !$0.points.isEmpty }
      series.append(
        Series(
          .floor, label: "when the fastest run was done", color: Palette.neutral,
          points: [.init(x: time, y: range.lowerBound), .init(x: time, y: range.upperBound)]))
      let best = paths.compactMap { path in Self.value(of: path.points, at: time).map { (path, $0) } }.min {
        $0.1 < $1.1
      }
      if let (path, loss) = best {
        caption +=
          "After \(String(format: "%.3g", time)) s, when the fastest run was done, \(self.name(path.result)) led with \(String(format: "%.4f", loss)). "
      }
    }
    var seen: Set<String> = []
    let onIt = envelope.map { self.name($0.path.result) }.filter { seen.insert($0).inserted }
    caption +=
      "On it, from left to right: \(onIt.prefix(8).joined(separator: "; "))\(onIt.count > 8 ? "; and \(onIt.count - 8) more" : "")."
      + (atTime == nil ? "" : timeRemark)
    series += legend(.line, paths.map(\.result)) + [Series(.envelope, label: "lower envelope", color: Palette.ink)]
    series += floor(from: low / 1.1, to: high * 1.1, in: range)
    return .success([
      Chart(
        name: name, title: title(), caption: caption,
        x: ChartAxis(label: xLabel, isLog: true, range: low / 1.1...high * 1.1),
        y: ChartAxis(label: "validation loss (nats per token)", range: range), series: series, texts: names)
    ])
  }

  /// The points that no other undercuts at as little expense, from left to right.
  private static func envelope(_ points: [(point: Series.Point, path: Path)]) -> [(point: Series.Point, path: Path)] {
    var least = Double.infinity
    return points.sorted { ($0.point.x, $0.point.y) < ($1.point.x, $1.point.y) }.filter { item in
      guard item.point.y < least else { return false }
      least = item.point.y
      return true
    }
  }

  /// A name under the envelope for each stretch of one configuration, where it has room: nothing lies below.
  private func labels(
    _ envelope: [(point: Series.Point, path: Path)], in range: ClosedRange<Double>, from low: Double, to high: Double
  ) -> [ChartText] {
    let height = range.upperBound - range.lowerBound
    var texts: [ChartText] = []
    for (index, item) in envelope.enumerated().reversed() {
      let name = self.name(item.path.result)
      let isLast = index == envelope.count - 1 || self.name(envelope[index + 1].path.result) != name
      let across = log(item.point.x / low) / log(high / low)
      // A name is written to the left of its point, so it needs the room there.
      let fits = across > 0.012 * Double(min(name.count, 40)) + 0.02
      guard isLast, fits, texts.allSatisfy({ abs($0.y - item.point.y) > 0.06 * height && $0.text != short(name) })
      else { continue }
      let isAboveFloor = item.point.y - range.lowerBound > 0.08 * height
      guard isAboveFloor else { continue }
      texts.append(
        ChartText(
          x: item.point.x, y: item.point.y, text: short(name), color: Palette.ink, anchor: .right,
          shift: (-0.6, -0.7)))
    }
    return texts
  }

  private func short(_ name: String) -> String { name.count > 40 ? name.prefix(39) + "…" : name }

  /// The loss at a place between two points of a line; nil outside.
  private static func value(of points: [Series.Point], at x: Double) -> Double? {
    guard let right = points.firstIndex(where: { $0.x >= x }) else { return nil }
    guard right > 0 else { return points[0].x == x ? points[0].y : nil }
    let (a, b) = (points[right - 1], points[right])
    return a.y + (b.y - a.y) * (x - a.x) / (b.x - a.x)
  }
}
