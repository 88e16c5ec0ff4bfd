/// What became of a chart: a chart, or why the data doesn't support it.
enum Drawing {
  case chart(Chart)
  case notDrawn(NotDrawn)
}

/// Why a chart isn't drawn, in half a sentence without a full stop.
struct NotDrawn: Error, Equatable {
  let reason: String

  init(_ reason: String) { self.reason = reason }
}
