import Store
import Testing

@testable import Report

/// What the charts show, as values.
struct ChartTests {
  @Test("Loss curves: training and validation of each configuration, mean over seeds, and the floor")
  func lossCurves() throws {
    let (database, results) = try stored(Array(sampleRuns.prefix(4)))
    let chart = try #require(try Chart.lossCurves(results, database))
    #expect(chart.name == "loss-curves")
    #expect(chart.title == "widths")
    #expect(chart.xRange == 0...4)
    let curves = chart.series.filter { $0.style == .curve }
    #expect(curves.map(\.label) == ["lr 0.01", "lr 0.001"])
    #expect(curves.map { $0.points.map(\.x) } == [[0, 4], [0, 4]])
    #expect(curves.map { $0.points.map(\.y) } == [[4, 2.375], [4, 2.625]])
    let traces = chart.series.filter { $0.style == .trace && !$0.points.isEmpty }
    #expect(traces.map(\.color) == curves.map(\.color))
    #expect(traces.first?.points.map(\.x) == [1, 2, 3, 4])
    #expect(traces.first?.points.map(\.y) == [3.593_75, 3.187_5, 2.781_25, 2.375])
    #expect(chart.series.last?.style == .floor)
    #expect(chart.series.last?.points.map(\.y) == [0.25, 0.25])
  }

  @Test("Of more configurations than colours the best are shown, and the title says so")
  func manyCurves() throws {
    let runs = (1...12).map { run(dModel: $0, lr: 0.1, loss: 1 + Double($0) / 8) }
    let (database, results) = try stored(runs)
    let chart = try #require(try Chart.lossCurves(results, database))
    #expect(chart.title == "widths (best 8 of 12)")
    let labels = chart.series.filter { $0.style == .curve }.map(\.label)
    #expect(labels == (1...8).map { "d_model \($0)" })
  }

  @Test("An experiment without any run yet has no curves")
  func noCurves() throws {
    let database = try ResultsDatabase.inMemory()
    #expect(try Chart.lossCurves(results([]), database) == nil)
    #expect(try Chart.lossByLearningRate(results([]), database) == nil)
  }

  @Test("Loss by learning rate: a curve for each width with spread, seeds, optimum and diverged runs")
  func lossByLearningRate() throws {
    let (database, results) = try stored(sampleRuns)
    let chart = try #require(try Chart.lossByLearningRate(results, database))
    #expect(chart.isLogX)
    #expect(chart.xTicks == [0.001, 0.01, 0.1])
    let curves = chart.series.filter { $0.style == .curve }
    #expect(curves.map(\.label) == ["d_model 32", "d_model 128"])
    #expect(curves.map { $0.points.map(\.y) } == [[2.625, 2.375, 3.25], [2.125, 2.5, 1.5]])
    let spread = 0.125 * 2.0.squareRoot()
    let band = try #require(chart.series.first { $0.style == .band })
    #expect(abs(band.points[0].low - (2.625 - spread)) < 1e-12)
    #expect(abs(band.points[0].high - (2.625 + spread)) < 1e-12)
    let rings = chart.series.filter { $0.style == .ring && $0.label == nil }
    #expect(rings.map { $0.points.map(\.x) } == [[0.01], [0.001]])
    let edge = try #require(chart.series.first { $0.style == .edge })
    #expect(edge.points.map(\.x) == [0.1])
    #expect(edge.color == curves[1].color)
    let top = try #require(chart.yRange?.upperBound)
    #expect(edge.points.allSatisfy { $0.y < top })
    #expect(chart.series.last?.label == "floor of the text")
  }

  @Test("One learning rate makes no chart of learning rates")
  func oneLearningRate() throws {
    let (database, results) = try stored([run(dModel: 8, lr: 0.1, loss: 2), run(dModel: 16, lr: 0.1, loss: 3)])
    #expect(try Chart.lossByLearningRate(results, database) == nil)
  }

  @Test("Colours of ordered values run along one way; all colours of a chart differ")
  func colors() {
    #expect(Palette.colors(2, isOrdered: true) == ["#440154", "#7ad151"])
    for isOrdered in [true, false] {
      #expect(Set(Palette.colors(Chart.greatestNumberOfCurves, isOrdered: isOrdered)).count == 8)
    }
  }
}
