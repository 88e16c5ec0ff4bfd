/// Where the information of a text sits: for each choice that its grammar made, the offset where the chosen text starts
/// and −ln of the choice's probability.
public struct InformationTrace: Sendable, Equatable {
  /// UTF-8 offsets of the choices, never descending; nested choices may start at the same offset.
  public private(set) var offsets: [Int] = []
  /// `total[i]`: nats of the first `i` choices, so `total.count == offsets.count + 1`.
  public private(set) var total: [Double] = [0]

  /// A trace of no choices.
  public init() {}

  /// Adds a choice, `nats` of information whose text starts at `offset`, which is not before the last one's.
  public mutating func append(offset: Int, nats: Double) {
    precondition(offset >= offsets.last ?? 0, "choice at \(offset) after one at \(offsets.last ?? 0)")
    offsets.append(offset)
    total.append(total[total.count - 1] + nats)
  }

  /// Nats of the choices whose text starts in `range` of UTF-8 offsets. Neighbouring ranges add up to their union.
  public func nats(in range: Range<Int>) -> Double {
    total[choices(before: range.upperBound)] - total[choices(before: range.lowerBound)]
  }

  /// The number of choices that start before `offset`, by binary search.
  private func choices(before offset: Int) -> Int {
    var (low, high) = (0, offsets.count)
    while low < high {
      let middle = (low + high) / 2
      if offsets[middle] < offset { low = middle + 1 } else { high = middle }
    }
    return low
  }

  mutating func reserve(_ count: Int) {
    offsets.reserveCapacity(count)
    total.reserveCapacity(count + 1)
  }
}
