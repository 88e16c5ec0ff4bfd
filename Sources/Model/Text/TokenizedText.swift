/// A text as tokens.
public struct TokenizedText: Sendable, Equatable {
  /// Indices into the vocabulary.
  public var tokens: [Int32] = []
  /// The number of UTF-8 bytes of the source that each token stands for; they sum to the source's.
  public var byteLengths: [Int32] = []

  /// The encoding of no text.
  public init() {}

  @inline(__always)
  mutating func append(_ token: Int32, bytes: Int) {
    tokens.append(token)
    byteLengths.append(Int32(truncatingIfNeeded: bytes))
  }

  mutating func reserve(_ count: Int) {
    tokens.reserveCapacity(count)
    byteLengths.reserveCapacity(count)
  }
}
