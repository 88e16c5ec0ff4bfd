/// Which part of a corpus is held out.
public enum HoldOut: Hashable, Sendable {
  /// The words of a spec's `split`.
  public enum Split: String, CaseIterable, Sendable {
    /// The end of the text.
    case tail
    /// Every n-th line.
    case lines
    /// Every n-th document.
    case documents
  }

  /// About so large a fraction (0…1) of the bytes, at the end. Where no line ends near, it begins before a token of the tokenizer, or
  /// before a word whatever the tokenizer is.
  case tail(Double, beforeWord: Bool)
  /// Lines n, 2n, 3n, … of those that hold more than blanks; blank lines go with the line before. So a text whose every second line is
  /// blank doesn't have blank lines alone held out.
  case lines(every: Int)
  /// Documents n, 2n, 3n, …: a document ends with the blank lines behind it, or with its mark and the line end behind that.
  case documents(every: Int, mark: String?)
  /// None: the whole corpus is trained on, and another text is held out.
  case none
}

extension Corpus {
  /// The corpus parted by `holdOut` into ranges of UTF-8 offsets, ascending, which share no text and cover it. Of parts that adjoin one
  /// range is made.
  package func parts(
    _ holdOut: HoldOut, tokens: Tokenizer.Kind
  ) -> (training: [Range<Int>], heldOut: [Range<Int>], isCutWithinLine: Bool) {
    switch holdOut {
    case .tail(let fraction, let beforeWord):
      let split = split(validationFraction: fraction, tokens: tokens, beforeWord: beforeWord)
      return ([split.training], [split.validation], split.isWithinLine)
    case .lines(let every): return Self.everyNth(every, of: ends(beforeTextBehindBlankLine: false))
    case .documents(let every, nil): return Self.everyNth(every, of: ends(beforeTextBehindBlankLine: true))
    case .documents(let every, let mark?): return Self.everyNth(every, of: ends(of: Array(mark.utf8)))
    case .none: return ([0..<utf8.count], [], false)
    }
  }

  private static func everyNth(
    _ n: Int, of ends: [Int]
  ) -> (training: [Range<Int>], heldOut: [Range<Int>], isCutWithinLine: Bool) {
    var (training, heldOut): ([Range<Int>], [Range<Int>]) = ([], [])
    var start = 0
    for (place, end) in ends.enumerated() {
      if place % n == n - 1 {
        heldOut.append(start..<end)
      } else if let last = training.last, last.upperBound == start {
        training[training.count - 1] = last.lowerBound..<end
      } else {
        training.append(start..<end)
      }
      start = end
    }
    return (training, heldOut, false)
  }

  /// Where the lines end, each with its `\n`.
  private var lineEnds: [Int] {
    let ends = utf8.indices.filter { utf8[$0] == UInt8(ascii: "\n") }.map { $0 + 1 }
    return ends.last ?? 0 < utf8.count ? ends + [utf8.count] : ends
  }

  /// Where parts end that begin with a line of text, and, for documents, behind a blank line. Blank lines count to the part before them,
  /// and those at the text's beginning to the first part.
  private func ends(beforeTextBehindBlankLine needsBlank: Bool) -> [Int] {
    var (ends, start, hasText, isBehindBlank) = ([Int](), 0, false, false)
    for end in lineEnds {
      let isBlank = utf8[start..<end].allSatisfy(Self.isBlank)
      if !isBlank, hasText, isBehindBlank || !needsBlank { ends.append(start) }
      hasText = hasText || !isBlank
      isBehindBlank = isBlank
      start = end
    }
    return ends + [utf8.count]
  }

  /// Where the mark stands, with the line end behind it. Blanks behind the last mark count to the document before.
  private func ends(of mark: [UInt8]) -> [Int] {
    var (ends, place) = ([Int](), 0)
    while place + mark.count <= utf8.count {
      guard utf8[place] == mark[0], utf8[place..<place + mark.count].elementsEqual(mark) else {
        place += 1
        continue
      }
      place += mark.count
      for lineEnd in ["\r\n", "\n"] where utf8[place...].starts(with: lineEnd.utf8) {
        place += lineEnd.utf8.count
        break
      }
      ends.append(place)
    }
    if let last = ends.last, utf8[last...].allSatisfy(Self.isBlank) { ends.removeLast() }
    return ends + [utf8.count]
  }

  private static func isBlank(_ byte: UInt8) -> Bool {
    [UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: "\n")].contains(byte)
  }
}
