/// Why a chart isn't drawn, in half a sentence without a full stop.
package struct NotDrawn: Error, Equatable {
  package let reason: String

  package init(_ reason: String) { self.reason = reason }
}
