/// What became of a kind of chart: charts, or why the data doesn't support one.
typealias ChartResult = Result<[Chart], NotDrawn>

/// Why a chart isn't drawn, in half a sentence without a full stop.
struct NotDrawn: Error, Equatable {
  let reason: String

  init(_ reason: String) { self.reason = reason }
}
