import Answers
import Foundation
import Store

extension ChartSource {
  /// The lowest loss so far of every configuration against its training FLOPs, and the lowest of all (Hoffmann et al. 2022,
  /// figure 2, https://arxiv.org/abs/2203.15556).
  func lossByFlops() -> ChartResult {
    guard Set(results.runs.map { $0.facts.trainingFlops / Double(max($0.steps, 1)) }).count > 1 else {
      return .failure(NotDrawn("every run spends the same FLOPs a step, so loss-curves shows the same"))
    }
    return frontier(name: "loss-by-flops", x: ChartAxis(label: "training FLOPs", isLog: true), atTime: nil) {
      run, evaluation in run.facts.trainingFlops * Double(evaluation.step) / Double(max(run.steps, 1))
    }
  }

  /// The lowest loss so far of every configuration against time, the lowest of all, and the losses when the fastest run was
  /// done. Where runs had different numbers of threads it is the processor's time, since wall time doesn't compare them.
  func lossAtEqualTime() -> ChartResult {
    // Asked once: it looks at every run.
    let isProcessorTime = hasProcessorTime
    func seconds(_ evaluation: Evaluation) -> Double {
      isProcessorTime ? evaluation.cpuSeconds ?? evaluation.seconds : evaluation.seconds
    }
    let ends = results.runs.filter { $0.state == .finished }.compactMap {
      $0.id.flatMap { evaluations[$0]?.last.map(seconds) }
    }
    let time = isProcessorTime ? "processor time (s)" : "wall time (s)"
    return frontier(
      name: "equal-time",
      x: ChartAxis(label: "\(time), evaluations and samples included", shortLabel: time, isLog: true),
      atTime: ends.min()
    ) { seconds($1) }
  }

  /// Whether runs had different numbers of threads, and each evaluation has the processor's time.
  private var hasProcessorTime: Bool {
    !timeRemark.isEmpty
      && results.runs.allSatisfy { run in
        run.id.flatMap { evaluations[$0] }?.allSatisfy { $0.step == 0 || $0.cpuSeconds != nil } ?? true
      }
  }

  /// A configuration's lowest loss so far, the mean over its seeds: the value holds from its point to the next one's.
  private struct Path {
    let result: ConfigurationResult
    let points: [Series.Point]

    /// The value at a place; nil before the first point.
    func value(at x: Double) -> Double? { points.last { $0.x <= x }?.y }

    /// Whether anything changes along the path: a step function's corners.
    static func corners(_ points: [Series.Point]) -> [Series.Point] {
      zip(points, points.dropFirst()).reduce(into: points.prefix(1).map { $0 }) { corners, pair in
        corners += [Series.Point(x: pair.1.x, y: pair.0.y), pair.1]
      }
    }
  }

  /// - Parameter most: Most points of the path.
  private func path(_ result: ConfigurationResult, most: Int, x: (Run, Evaluation) -> Double) -> Path? {
    let finished = result.runs.filter { $0.state == .finished }
    let runs = finished.isEmpty ? result.runs.filter { $0.state != .diverged } : finished
    let seeds = runs.compactMap { run -> [Series.Point]? in
      // The untrained model says nothing of a configuration.
      let points = (run.id.flatMap { evaluations[$0] } ?? []).filter { $0.step > 0 }.compactMap { evaluation in
        measure.value(of: evaluation).map { Series.Point(x: x(run, evaluation), y: $0) }
      }.filter { $0.x > 0 }
      return points.isEmpty ? nil : points
    }
    guard let start = seeds.compactMap(\.first?.x).max() else { return nil }
    let places = Set(seeds.flatMap { $0.map(\.x) }).filter { $0 >= start }.sorted()
    let stride = max(1, (places.count + most - 1) / most)
    let kept = places.indices.filter { $0 % stride == 0 || $0 == places.count - 1 }.map { places[$0] }
    return Path(
      result: result,
      points: kept.map { place in
        let lowest = seeds.map { seed in seed.filter { $0.x <= place }.map(\.y).min() ?? .infinity }
        return Series.Point(x: place, y: lowest.reduce(0, +) / Double(lowest.count))
      })
  }

  private func frontier(name: String, x axis: ChartAxis, atTime: Double?, x: (Run, Evaluation) -> Double) -> ChartResult
  {
    guard results.configurations.count > 1 else {
      return .failure(NotDrawn("there is one configuration: nothing to compare"))
    }
    // So many points as a page can carry.
    let budget = max(8, 6_000 / results.configurations.count)
    // The mean over the seeds that didn't diverge would flatter a configuration.
    let sound = results.configurations.filter { !$0.isFlattered }
    let all = sound.compactMap { path($0, most: budget, x: x) }
    let paths = all.isEmpty ? results.configurations.compactMap { path($0, most: budget, x: x) } : all
    let leftOut = all.isEmpty ? 0 : results.configurations.count - sound.count
    let points = paths.flatMap(\.points)
    guard let low = points.map(\.x).min(), let high = points.map(\.x).max(), low < high,
      let losses = lossRange(points.map(\.y))
    else {
      return .failure(NotDrawn("fewer than two evaluations after the first step"))
    }
    // Room for the names below the lowest line.
    let space = losses.upperBound - losses.lowerBound
    let range = max(0, losses.lowerBound - 0.1 * space)...losses.upperBound
    let groups = Dictionary(grouping: paths) { colors.color(of: $0.result) }.sorted { $0.key < $1.key }
    var series = groups.map { color, paths in
      Series(.trace, color: color, lines: paths.map { Path.corners($0.points) })
    }
    let lowest = Self.lowest(paths)
    let end = Series.Point(x: high, y: lowest.last?.point.y ?? 0)
    series.append(Series(.envelope, color: Palette.ink, points: Path.corners(lowest.map(\.point) + [end])))

    var (title, caption) = ("", "")
    if let time = atTime {
      let crossings = groups.map { color, paths in
        Series(
          .marks, color: color, points: paths.compactMap { $0.value(at: time).map { Series.Point(x: time, y: $0) } })
      }
      series += crossings.filter { !$0.points.isEmpty }
      series.append(
        Series(
          .floor, label: "when the fastest run was done", color: Palette.neutral,
          points: [.init(x: time, y: range.lowerBound), .init(x: time, y: range.upperBound)]))
      let best = paths.compactMap { path in path.value(at: time).map { (path, $0) } }.min { $0.1 < $1.1 }
      if let (path, loss) = best {
        title = "After \(String(format: "%.3g", time)) s, the fastest run's time, \(self.name(path.result)) led"
        caption = "\(title), with \(String(format: "%.4f", loss)) \(measure.unit). "
      }
    }
    var seen: Set<String> = []
    let onIt = lowest.map { self.name($0.path.result) }.filter { seen.insert($0).inserted }
    if atTime == nil { title = onIt.last.map { "Lowest at the end: \($0)" } ?? "" }
    caption +=
      "Lowest validation loss so far of every configuration, the mean over its seeds; the thick line is the lowest of all. "
      + "On it, from left to right: \(onIt.prefix(8).joined(separator: "; "))\(onIt.count > 8 ? "; and \(onIt.count - 8) more" : "")."
      + (leftOut > 0
        ? " Left out: \(leftOut) of \(results.configurations.count) configurations, of which a seed diverged or was stopped."
        : "") + floorRemark(range) + (atTime == nil || hasProcessorTime ? "" : timeRemark)
    series +=
      legend(.line, paths.map(\.result)) + [Series(.envelope, label: "lowest of all", color: Palette.ink)]
      + floor(from: low / 1.1, to: high * 1.1, in: range)
    var across = axis
    across.range = low / 1.1...high * 1.1
    return .success([
      Chart(
        name: name, title: title, caption: caption, x: across,
        y: ChartAxis(label: "lowest validation loss so far (\(measure.unit))", shortLabel: shortScore, range: range),
        series: series, texts: names(lowest, in: range, from: low, to: high), height: 360)
    ])
  }

  /// The points at which the lowest of all falls, from left to right.
  private static func lowest(_ paths: [Path]) -> [(point: Series.Point, path: Path)] {
    var least = Double.infinity
    return paths.flatMap { path in path.points.map { (point: $0, path: path) } }
      .sorted { ($0.point.x, $0.point.y) < ($1.point.x, $1.point.y) }
      .filter { item in
        guard item.point.y < least else { return false }
        least = item.point.y
        return true
      }
  }

  /// A name under the lowest line for each stretch of one configuration, where it has room: nothing lies below.
  private func names(
    _ lowest: [(point: Series.Point, path: Path)], in range: ClosedRange<Double>, from low: Double, to high: Double
  ) -> [ChartText] {
    let height = range.upperBound - range.lowerBound
    var texts: [ChartText] = []
    for (index, item) in lowest.enumerated().reversed() {
      let name = self.name(item.path.result)
      let short = name.count > 36 ? name.prefix(35) + "…" : name
      let isLast = index == lowest.count - 1 || self.name(lowest[index + 1].path.result) != name
      let across = log(item.point.x / low) / log(high / low)
      // A name is written to the left of its point, so it needs the room there.
      let fits = across > 0.016 * Double(short.count) + 0.02
      guard isLast, fits, texts.allSatisfy({ abs($0.y - item.point.y) > 0.08 * height && $0.text != short }),
        item.point.y - range.lowerBound > 0.08 * height
      else { continue }
      texts.append(
        ChartText(
          x: item.point.x, y: item.point.y, text: short, color: Palette.ink, anchor: .right, shift: (-0.6, -0.7)))
    }
    return texts
  }
}
