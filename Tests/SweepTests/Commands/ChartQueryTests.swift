import Answers
import Foundation
import Store
import Testing

@testable import Report

/// The SQL beside a chart gives the numbers that the chart shows.
@Suite(.timeLimit(.minutes(10)))
struct ChartQueryTests {
  private let place: Workplace
  private let source: ChartSource

  init() throws {
    place = try Workplace()
    try place.write(
      #"""
      {"d_model": [8, 16], "lr": [0.001, 0.01, 0.1], "heads": 2, "layers": 1, "context_length": 8, "batch_size": 2,
       "steps": 6, "eval_every": 2, "eval_tokens": 64, "sample_tokens": 2, "seeds": 2}
      """#, to: "grid.json")
    try place.sweep("grid.json")
    let database = try ResultsDatabase(readingFrom: place.path("results/results.sqlite").path)
    let experiment = try database.experiment(named: "grid")
    source = try ChartSource(ExperimentResults(experiment, grid: database.grid(of: experiment)), database)
  }

  /// The columns of the query behind a kind of chart, a text for each row.
  private func rows(_ name: String, _ columns: String, groupedBy group: String? = nil) throws -> Set<String> {
    let kind = try #require(ChartKind.all.first { $0.name == name })
    let sql = kind.sql.replacing(":experiment", with: "'grid'").replacing(";", with: "")
    return try Set(place.query("SELECT \(columns) FROM (\(sql))\(group.map { " GROUP BY \($0)" } ?? "")"))
  }

  /// The points of a chart's series of these styles, as the query writes them.
  private func points(_ name: String, _ styles: [Series.Style], _ text: (Series.Point) -> String) throws -> Set<String>
  {
    let kind = try #require(ChartKind.all.first { $0.name == name })
    let series = try kind.draw(source).get().flatMap(\.series).filter { styles.contains($0.style) }
    let lines = series.flatMap { $0.lines.isEmpty ? [$0.points] : $0.lines }
    return Set(lines.flatMap { $0 }.map(text))
  }

  /// Both sides add up the same numbers in their own order.
  private static func digits(_ value: Double) -> String { String(format: "%.10g", value) }

  @Test("Every chart's query is one that the database understands", arguments: ChartKind.all.map(\.name))
  func understood(name: String) throws {
    // What `sweep check` measures this experiment hasn't.
    #expect(try rows(name, "*").isEmpty == (name == "coordinates"))
  }

  @Test("Means by learning rate, runs by seed, and curves against FLOPs")
  func numbers() throws {
    #expect(
      try points("loss-by-lr", [.curve]) { "\(Self.digits($0.x))|\(Self.digits($0.y))" }
        == rows("loss-by-lr", "format('%.10g', lr), format('%.10g', mean_final_loss)"))
    #expect(try points("seeds", [.marks]) { Self.digits($0.x) } == rows("seeds", "format('%.10g', final_loss)"))
    #expect(
      try points("throughput", [.marks]) { "\(Self.digits($0.x))|\(Self.digits($0.y))" }
        == rows("throughput", "format('%.10g', parameters), format('%.10g', tokens_per_second)"))
    // Between the means of the lowest losses so far lie the corners of the steps.
    let means = try rows(
      "loss-by-flops", "format('%.10g', training_flops), format('%.10g', avg(lowest_loss))",
      groupedBy: "config, training_flops")
    let drawn = try points("loss-by-flops", [.trace]) { "\(Self.digits($0.x))|\(Self.digits($0.y))" }
    #expect(drawn.isSuperset(of: means) && means.count == 18)
  }

  @Test("The view best_lr and the report's optimum are one rule")
  func optimum() throws {
    let optima = source.results.learningRateCurves.compactMap { curve in
      curve.optimum.map { "\(curve.label)|\(Self.digits($0.lr))|\(curve.edge == nil ? 0 : 1)" }
    }
    #expect(
      Set(optima)
        == Set(try place.query("SELECT 'd_model ' || d_model, format('%.10g', best_lr), at_edge FROM best_lr")))
  }
}
