/// A held-out text: parts of a corpus in their order, one behind the other. Offsets are those in the whole of them.
struct HeldOutText: Sendable {
  let corpus: Corpus
  /// Parts of the corpus, ascending.
  let parts: [Range<Int>]
  /// Whether a part's information is known from what stands in it alone.
  let knowsInformation: Bool
  /// Number of bytes before each part.
  private let starts: [Int]

  /// - Parameter knowsInformation: Whether a model sees enough before each part to make out what its grammar has chosen already.
  init(corpus: Corpus, parts: [Range<Int>], knowsInformation: Bool) {
    (self.corpus, self.parts, self.knowsInformation) = (corpus, parts, knowsInformation)
    starts = parts.dropLast().reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.count) }
  }

  /// SHA-256 of the text, in hexadecimal.
  var sha256: String {
    if parts == [0..<corpus.utf8.count] { return corpus.sha256 }
    return SHA256.hexDigest(of: parts.flatMap { corpus.utf8[$0] })
  }

  /// Nats of information in a range of the text; nil where it isn't known.
  func information(in range: Range<Int>) -> Double? {
    guard knowsInformation else { return nil }
    return pieces(of: range).reduce(0) { sum, piece in
      corpus.information(in: piece).flatMap { nats in sum.map { $0 + nats } }
    }
  }

  /// The bytes of the one word that stands in a range, without the spaces around it.
  func word(in range: Range<Int>) -> ArraySlice<UInt8> {
    guard let piece = pieces(of: range).first else { return [] }
    let bytes = corpus.utf8[piece]
    var word = 0..<0
    bytes.withUnsafeBufferPointer { bytes in
      WordSplitter.split(bytes) { _, token in
        word = token
        return false
      }
    }
    return bytes[bytes.startIndex + word.lowerBound..<bytes.startIndex + word.upperBound]
  }

  /// The range that begins where the first word ends and ends with the last word within `limit` bytes, at least one; nil where there is
  /// no second word.
  func wholeWords(within limit: Int) -> Range<Int>? {
    var (first, last): (Int?, Int?)
    var isOver = false
    // Called with each word's end, in order.
    func end(at offset: Int) {
      guard let first else { return first = offset }
      if last == nil || offset - first <= limit { last = offset }
      isOver = offset - first >= limit
    }
    for (part, start) in zip(parts, starts) where !isOver {
      corpus.utf8[part].withUnsafeBufferPointer { bytes in
        var former: Int?
        WordSplitter.split(bytes) { whole, _ in
          if let former { end(at: start + former) }
          former = whole.upperBound
          return !isOver
        }
        // Spaces at a part's end count to its last word.
        if former != nil, !isOver { end(at: start + part.count) }
      }
    }
    return first.flatMap { first in last.map { first..<$0 } }
  }

  /// The ranges of the corpus that a range of the text is made of.
  private func pieces(of range: Range<Int>) -> [Range<Int>] {
    var (low, high) = (0, parts.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if starts[middle] <= range.lowerBound { low = middle } else { high = middle }
    }
    var pieces: [Range<Int>] = []
    for place in low..<parts.count where starts[place] < range.upperBound {
      let shift = parts[place].lowerBound - starts[place]
      let piece = (range.lowerBound + shift..<range.upperBound + shift).clamped(to: parts[place])
      if !piece.isEmpty { pieces.append(piece) }
    }
    return pieces
  }
}
