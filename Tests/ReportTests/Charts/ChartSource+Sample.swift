import SampleResults
import Store

@testable import Report

/// What the charts of the runs are made from.
func chartSource(_ runs: [Run], axes: [String] = ["d_model", "lr"]) throws -> ChartSource {
  let (database, results) = try stored(runs, axes: axes)
  return try ChartSource(results, database)
}
