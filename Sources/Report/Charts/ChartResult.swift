import Answers

/// What became of a kind of chart: charts, or why the data doesn't support one.
typealias ChartResult = Result<[Chart], NotDrawn>
