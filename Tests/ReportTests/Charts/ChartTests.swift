import Answers
import Foundation
import SampleResults
import Store
import Testing

@testable import Report

/// What the charts show, as values.
@Suite(.timeLimit(.minutes(10)))
struct ChartTests {
  @Test("Where several are lowest, the title says so")
  func equals() throws {
    let runs = [8, 16, 32].flatMap { width in
      [0, 1].map { run(dModel: width, lr: 1, seed: $0, loss: (width == 32 ? 3 : 2) + Double($0) / 4) }
    }
    let source = try chartSource(runs)
    #expect(try source.seeds().get().first?.title == "d_model 8 and 1 other are lowest: 2.12 ± 0.18 (2)")
    #expect(try source.lossCurves().get().first?.title == "d_model 8 and 1 other end lowest: 2.12 ± 0.18 (2)")
  }

  @Test("Loss curves: training and validation of the best configuration of each width, mean over seeds, and the floor")
  func lossCurves() throws {
    let chart = try #require(try chartSource(sampleRuns).lossCurves().get().first)
    #expect(chart.name == "loss-curves")
    #expect(chart.title == "d_model 128, lr 0.001 ends lowest: 2.12 ± 0.18 (2)")
    #expect(chart.x.range == 0...4)
    #expect(chart.upperX == Chart.UpperAxis(label: "training tokens", factor: 512))
    let curves = chart.series.filter { $0.style == .curve && !$0.points.isEmpty }
    #expect(curves.map(\.label) == ["d_model 32, lr 0.01", "d_model 128, lr 0.001"])
    #expect(curves.map { $0.points.map(\.x) } == [[0, 2, 4], [0, 2, 4]])
    #expect(curves.map { $0.points.map(\.y) } == [[4, 3.187_5, 2.375], [4, 3.062_5, 2.125]])
    let smooth = chart.series.filter { $0.style == .line && !$0.points.isEmpty }
    #expect(smooth.map(\.color) == curves.map(\.color))
    #expect(smooth[0].points.map(\.y) == [3.593_75, 3.187_5, 2.781_25, 2.375])
    // The first seed's own losses.
    let raw = chart.series.filter { $0.style == .raw && !$0.points.isEmpty }
    #expect(raw[0].points.map(\.y) == [3.562_5, 3.125, 2.687_5, 2.25])
    // It lies further below than the losses reach.
    #expect(!chart.series.contains { $0.style == .floor })
    #expect(chart.caption.hasSuffix("The floor of the text, 0.2500, lies below the chart."))
  }

  @Test(
    "Wall time is another place for the same losses; tokens are told by the upper edge where every step has as many")
  func otherPlaces() throws {
    let source = try chartSource(sampleRuns)
    let time = try #require(try source.lossByTime().get().first)
    #expect(time.series.first { $0.style == .line }?.points.map(\.x) == [1, 2, 3, 4])
    #expect(
      try source.lossByTokens()
        == .failure(NotDrawn("every run reads 512 tokens a step, so the upper edge of loss-curves shows them")))
    let runs = runs(batchOfWide: 16)
    let tokens = try #require(try chartSource(runs).lossByTokens().get().first)
    let ends = tokens.series.filter { $0.style == .line && !$0.points.isEmpty }.map { $0.points.last?.x }
    #expect(ends == [2048, 4096])
    #expect(try #require(try chartSource(runs).lossCurves().get().first).upperX == nil)
  }

  @Test("Of more values without an order than colours the best are shown, and the caption says so")
  func manyCurves() throws {
    let runs = (1...12).map { run(dModel: 8, lr: 0.1, loss: 1 + Double($0) / 8, optimizer: "kind\(100 + $0)") }
    let source = try chartSource(runs, axes: ["optimizer"])
    let chart = try #require(try source.lossCurves().get().first)
    #expect(chart.caption.hasPrefix("The best 8 of 12 values of optimizer"))
    let shown = chart.series.filter { $0.style == .curve && !$0.points.isEmpty }
    #expect(shown.map(\.label) == (1...8).map { "optimizer kind\(100 + $0)" })
    #expect(Set(shown.map(\.color)).count == 8)
  }

  @Test("Loss by learning rate: a curve for each width with spread, seeds, optimum and diverged runs")
  func lossByLearningRate() throws {
    let chart = try #require(try chartSource(sampleRuns).lossByLearningRate().get().first)
    #expect(chart.x.isLog)
    #expect(chart.x.ticks.map(\.label) == ["0.001", "0.01", "0.1"])
    let curves = chart.series.filter { $0.style == .curve }
    #expect(curves.map(\.label) == ["d_model 32", "d_model 128"])
    #expect(curves.map { $0.points.map(\.y) } == [[2.625, 2.375, 3.25], [2.125, 2.5, 1.5]])
    let spread = 0.125 * 2.0.squareRoot()
    let band = try #require(chart.series.first { $0.style == .band })
    #expect(abs(band.points[0].low - (2.625 - spread)) < 1e-12)
    #expect(abs(band.points[0].high - (2.625 + spread)) < 1e-12)
    let rings = chart.series.filter { $0.style == .ring && $0.label == nil }
    #expect(rings.map { $0.points.map(\.x) } == [[0.01], [0.001]])
    let seeds = chart.series.filter { $0.style == .marks && $0.label == nil }
    #expect(seeds.map(\.points.count) == [6, 5])
    let edge = try #require(chart.series.first { $0.style == .edge })
    #expect(edge.points.map(\.x) == [0.1])
    #expect(edge.color == curves[1].color)
    let top = try #require(chart.y.range?.upperBound)
    #expect(edge.points.map { $0.y < top && $0.y > 0.9 * top } == [true])
    #expect(chart.title == "Best lr: 0.01 for d_model 32, 0.001 (the lowest tried) for d_model 128")
  }

  @Test("Where several axes vary, each curve has the others at their best, and they are named")
  func otherAxes() throws {
    let settings = [(16, "adam"), (16, "sgd"), (32, "adam"), (32, "sgd")]
    let runs = settings.flatMap { width, optimizer -> [Run] in
      let loss = 3 - Double(width) / 16 + (optimizer == "sgd" ? 0.25 : 0)
      return [0.01, 0.1].map { run(dModel: width, lr: $0, loss: loss + $0, optimizer: optimizer) }
    }
    let chart = try #require(
      try chartSource(runs, axes: ["d_model", "optimizer", "lr"]).lossByLearningRate().get().first)
    #expect(
      chart.series.filter { $0.style == .curve }.map(\.label)
        == ["d_model 16, optimizer adam", "d_model 32, optimizer adam"])
  }

  @Test("The sensitivity is that of the seeds' means, with a mark for each seed; a diverged run counts as untrained")
  func sensitivity() throws {
    let chart = try #require(try chartSource(sampleRuns).learningRateSensitivity().get().first)
    let dots = chart.series.filter { $0.style == .dots && !$0.points.isEmpty }
    // The wide one's means are 2.125, 2.5 and (1.5 + 4) / 2 with the diverged seed at the untrained model's loss of 4.
    #expect(dots.map { $0.points[0].x } == [32_000, 128_000])
    #expect(dots.map { Float($0.points[0].y) } == [Float((0.25 + 0 + 0.875) / 3), Float((0 + 0.375 + 0.625) / 3)])
    let seeds = chart.series.filter { $0.style == .marks && !$0.points.isEmpty }
    #expect(seeds[1].points.map { Float($0.y) } == [Float((0.5 + 0.875 + 0) / 3), Float((0 + 0.375 + 1.75) / 3)])
  }

  @Test("A heat map tells diverged, unfinished and missing cells apart, and marks a cell of which a seed diverged")
  func heatMap() throws {
    var runs = Array(sampleRuns.dropLast(4))
    runs += [run(dModel: 64, lr: 0.1, loss: nil), run(dModel: 64, lr: 0.01, state: .running)]
    runs += [run(dModel: 128, lr: 0.1, seed: 0, loss: 2), run(dModel: 128, lr: 0.1, seed: 1, loss: nil)]
    let chart = try #require(try chartSource(runs).heatMaps().get().first)
    #expect(chart.name == "heat-map-d-model-by-lr")
    func places(_ label: String) -> [[Double]]? {
      chart.series.first { $0.label == label }?.points.map { [$0.x, $0.y] }
    }
    // Across: the learning rates; upwards: the widths 32, 64 and 128.
    #expect(places("diverged") == [[2, 1]])
    #expect(places("unfinished") == [[1, 1]])
    #expect(places("not run")?.sorted { $0[0] < $1[0] } == [[0, 1], [1, 2]])
    #expect(places("a seed diverged or was stopped") == [[2.36, 2.32]])
    #expect(places("failed") == nil)
    let heat = try #require(chart.series.first { $0.style == .heat })
    #expect(heat.points.map(\.value).sorted() == [2, 2.125, 2.375, 2.625, 3.25])
    #expect(chart.texts.map(\.text).sorted() == ["2.00", "2.12", "2.38", "2.62", "3.25"])
    #expect(chart.colorRange == 2...3.25)
  }

  @Test("The lowest line goes in steps from the cheapest run to the best, and names those on it")
  func frontier() throws {
    let runs = [(16, 3.0, 1e9), (32, 2.0, 1e10), (64, 2.5, 1e11)].map { width, loss, flops in
      var run = run(dModel: width, lr: 0.1, loss: loss)
      run.facts.trainingFlops = flops
      return run
    }
    let chart = try #require(try chartSource(runs).lossByFlops().get().first)
    let envelope = try #require(chart.series.first { $0.style == .envelope })
    #expect(envelope.points.map(\.x) == [5e8, 1e9, 1e9, 1e10, 1e10, 1e11, 1e11])
    #expect(envelope.points.map(\.y) == [3.5, 3.5, 3, 3, 2, 2, 2])
    #expect(chart.caption.contains("On it, from left to right: d_model 16; d_model 32."))
    #expect(chart.texts.map(\.text) == ["d_model 32"])
    #expect(
      try chartSource(sampleRuns).lossByFlops()
        == .failure(NotDrawn("every run spends the same FLOPs a step, so loss-curves shows the same")))
  }

  @Test("Charts of times, and they alone, say that runs had different numbers of threads")
  func threads() throws {
    let (database, even) = try stored(sampleRuns)
    var runs = even.runs
    runs[0].outcome.threads = 2
    let uneven = try ChartSource(ExperimentResults(even.experiment, grid: grid(runs, ["d_model", "lr"])), database)
    let remark =
      " Some runs had up to 2 threads, which may have shortened their time; with --threads-per-run 1 all have one."
    for kind in ["loss-by-time", "equal-time", "throughput", "loss-curves"] {
      func caption(_ source: ChartSource) throws -> String {
        let drawing = try #require(try source.drawings().first { $0.kind.name == kind }?.drawing)
        return try #require(try drawing.get().first).caption
      }
      #expect(
        try caption(uneven) == caption(ChartSource(even, database)) + (kind == "loss-curves" ? "" : remark), "\(kind)")
    }
  }

  @Test("At equal time every configuration is marked where the fastest run was done, and the best is named")
  func equalTime() throws {
    let chart = try #require(try chartSource(sampleRuns).lossAtEqualTime().get().first)
    let marks = chart.series.filter { $0.style == .marks && !$0.points.isEmpty }.flatMap(\.points)
    #expect(Set(marks.map(\.x)) == [4])
    // The sixth has a diverged seed, which would flatter it.
    #expect(marks.map(\.y).sorted() == [2.125, 2.375, 2.5, 2.625, 3.25])
    #expect(chart.title == "After 4 s, the fastest run's time, d_model 128, lr 0.001 led")
    #expect(chart.caption.hasPrefix(chart.title + ", with 2.1250 nats per token."))
    #expect(chart.caption.contains("Left out: 1 of 6 configurations"))
  }

  @Test(
    "At equal time a line falls in steps from its second seed's first evaluation on, and none lies below the lowest")
  func steps() throws {
    // The losses fall from 4 at the start by half the way at step 2; the untrained model is no point.
    let source = try chartSource(sampleRuns)
    let chart = try #require(try source.lossAtEqualTime().get().first)
    let lines = chart.series.filter { $0.style == .trace }.flatMap(\.lines)
    #expect(lines.count == 5)
    for line in lines {
      #expect(line.first?.x == 2)
      #expect(zip(line, line.dropFirst()).allSatisfy { $1.y <= $0.y && $1.x >= $0.x && ($0.x == $1.x || $0.y == $1.y) })
    }
    let lowest = try #require(chart.series.first { $0.style == .envelope }).points
    for point in lines.flatMap({ $0 }) {
      let below = lowest.last { $0.x <= point.x }
      #expect(below.map { $0.y <= point.y } == true)
    }
  }

  @Test("A run that gets worse keeps its best, and seeds are averaged over what they have by then")
  func bestSoFar() throws {
    // At steps 2 and 4: 4.5 and 5 with one seed, 3 and 2 with the other.
    let (database, results) = try stored([
      run(dModel: 8, lr: 0.1, seed: 0, loss: 5), run(dModel: 8, lr: 0.1, seed: 1, loss: 2),
      run(dModel: 16, lr: 0.1, loss: 6),
    ])
    let chart = try #require(try ChartSource(results, database).lossAtEqualTime().get().first)
    let lines = chart.series.filter { $0.style == .trace }.flatMap(\.lines)
    #expect(lines.map { $0.map(\.y) } == [[3.75, 3.75, 3.25], [5, 5, 5]])
  }

  @Test("Where runs had different numbers of threads, equal time is processor time, once all evaluations have it")
  func processorTime() throws {
    let (database, even) = try stored(sampleRuns)
    var runs = even.runs
    runs[0].outcome.threads = 2
    let results = ExperimentResults(even.experiment, grid: grid(runs, ["d_model", "lr"]))
    let source = try ChartSource(results, database)
    let wall = try #require(try source.lossAtEqualTime().get().first)
    #expect(wall.x.shortLabel == "wall time (s)" && wall.caption.hasSuffix(source.timeRemark))
    var counted = source
    counted.evaluations = source.evaluations.mapValues { evaluations in
      evaluations.map { evaluation in
        var evaluation = evaluation
        evaluation.cpuSeconds = 3 * evaluation.seconds
        return evaluation
      }
    }
    let cpu = try #require(try counted.lossAtEqualTime().get().first)
    #expect(cpu.x.shortLabel == "processor time (s)" && !cpu.caption.contains("threads"))
    #expect(cpu.title.hasPrefix("After 12 s, the fastest run's time"))
  }

  @Test("Importance: a bar for each axis and each pair, longest first, then the seeds")
  func importance() throws {
    let chart = try #require(try chartSource(sampleRuns).importance().get().first)
    let names = chart.y.ticks.map(\.label)
    #expect(Set(names) == ["d_model", "lr", "d_model × lr", "seeds"])
    #expect(names.last == "seeds")
    let shares = chart.series.filter { !$0.points.isEmpty }.map { $0.points[0].x }
    #expect(abs(shares.reduce(0, +) - 100) < 1e-9)
    #expect(Array(shares.dropLast()) == shares.dropLast().sorted(by: >))
  }

  @Test("Seeds: every run, the mean with its interval, the best row on top; a diverged run at the edge")
  func seeds() throws {
    let chart = try #require(try chartSource(sampleRuns).seeds().get().first)
    #expect(chart.y.ticks.map(\.label).first == "d_model 128, lr 0.001")
    #expect(chart.y.ticks.map(\.value) == [6, 5, 4, 3, 2, 1])
    let count = { style in chart.series.filter { $0.style == style }.flatMap(\.points).count }
    #expect(count(.marks) == 11)
    #expect(count(.dots) == 6)
    // One of the six has a single finished seed, and so no interval.
    #expect(count(.interval) == 5)
    #expect(chart.series.filter { $0.style == .edge }.flatMap(\.points).map(\.y) == [1])
  }

  @Test("Throughput: every measured run by its parameters")
  func throughput() throws {
    let chart = try #require(try chartSource(sampleRuns).throughput().get().first)
    let points = chart.series.flatMap(\.points)
    #expect(points.count == 12)
    #expect(Set(points.map(\.x)) == [32_000, 128_000])
  }

  /// Two blocks in two sizes at two learning rates, the second with some more parameters.
  private var blocks: [Run] {
    var runs: [Run] = []
    for (block, more, losses) in [("plain", 0, [2.5, 2.25, 2.0, 1.75]), ("llama", 2_000, [2.0, 2.125, 1.5, 1.625])] {
      for (index, loss) in losses.enumerated() {
        var run = run(
          dModel: index < 2 ? 32 : 128, lr: index % 2 == 0 ? 0.001 : 0.01, loss: loss,
          extra: ["block": .text(block)])
        run.facts.parameters += more
        runs.append(run)
      }
    }
    return runs
  }

  @Test("Loss by parameters: every configuration, and the best of each block at each size, joined")
  func parameters() throws {
    let chart = try #require(
      try chartSource(blocks, axes: ["block", "d_model", "lr"]).lossByParameters().get().first)
    #expect(chart.title == "block llama has the lowest loss, with 130 k parameters")
    let points = { (style: Series.Style) in chart.series.filter { $0.style == style }.map(\.points) }
    #expect(points(.marks).map(\.count) == [4, 4])
    // In the axis's order.
    #expect(points(.trace).map { $0.map(\.x) } == [[34_000, 130_000], [32_000, 128_000]])
    #expect(points(.trace).map { $0.map(\.y) } == [[2.0, 1.5], [2.25, 1.75]])
    #expect(
      chart.series.filter { $0.label != nil && $0.style == .dots }.compactMap(\.label) == [
        "block llama", "block plain",
      ])
  }

  @Test("Loss by parameters needs an axis of words, and sizes that differ")
  func noParameters() throws {
    func reason(_ runs: [Run], _ axes: [String]) throws -> String? {
      if case .failure(let reason) = try chartSource(runs, axes: axes).lossByParameters() { reason.reason } else { nil }
    }
    #expect(try reason(sampleRuns, ["d_model", "lr"]) == "no axis has values that aren't numbers")
    let one =
      blocks.filter { $0.facts.parameters == 32_000 }
      + blocks.filter { $0.facts.parameters == 34_000 }.map { run in
        var run = run
        run.facts.parameters = 32_000
        return run
      }
    #expect(
      try reason(one, ["block", "lr"])
        == "all models with a result have the same number of parameters; the table compares them")
  }

  @Test("A value has one colour in every chart; ordered values run along one way")
  func colors() throws {
    let source = try chartSource(sampleRuns)
    #expect(source.colors.axis?.keys == ["d_model"])
    let byRate = try #require(try source.lossByLearningRate().get().first)
    let curves = try #require(try source.lossCurves().get().first)
    let color = { (chart: Chart, style: Series.Style) in
      chart.series.filter { $0.style == style && !$0.points.isEmpty && $0.label != nil }.map(\.color)
    }
    #expect(color(byRate, .curve) == ["#440154", "#7ad151"])
    #expect(color(curves, .curve) == ["#440154", "#7ad151"])
    for isOrdered in [true, false] {
      #expect(Set(Palette.colors(Palette.most, isOrdered: isOrdered)).count == 8)
    }
  }
}
