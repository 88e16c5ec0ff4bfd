/// Parts text into words, punctuation marks and line breaks.
///
/// A word is letters and digits, with an apostrophe or a hyphen where it stands between two of them, and the marks that
/// combine with them. Any other character is a token of its own, with its combining marks. `\n`, `\r\n` and `\r` are
/// line breaks; all other white space, a no-break space too, only parts tokens.
enum WordSplitter {
  /// Calls `body` for each token, with the range from after the last token that includes the spaces before, and the
  /// range of the token itself; stops when it returns false.
  @inline(__always)
  static func split(
    _ bytes: UnsafeBufferPointer<UInt8>, body: (_ whole: Range<Int>, _ token: Range<Int>) -> Bool
  ) {
    var offset = 0
    var last = 0
    while offset < bytes.count {
      let (type, length) = type(at: offset, in: bytes)
      let start = offset
      offset += length
      switch type {
      case .space: continue
      case .lineBreak:
        if bytes[start] == UInt8(ascii: "\r"), offset < bytes.count, bytes[offset] == UInt8(ascii: "\n") { offset += 1 }
      case .letter: offset = endOfWord(from: offset, in: bytes)
      case .mark, .joiner, .other: offset = endOfMarks(from: offset, in: bytes)
      }
      if !body(last..<offset, start..<offset) { return }
      last = offset
    }
  }

  /// Whether a text is one token and nothing else.
  static func isOneToken(_ text: String) -> Bool {
    var text = text
    return text.withUTF8 { bytes in
      var first: Range<Int>?
      split(bytes) { _, token in
        first = token
        return false
      }
      return first == 0..<bytes.count
    }
  }

  private enum ScalarType { case letter, mark, joiner, space, lineBreak, other }

  private static func endOfWord(from start: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Int {
    var offset = start
    while offset < bytes.count {
      let (type, length) = type(at: offset, in: bytes)
      switch type {
      case .letter, .mark: offset += length
      case .joiner where offset + length < bytes.count && self.type(at: offset + length, in: bytes).0 == .letter:
        offset += length
      default: return offset
      }
    }
    return offset
  }

  private static func endOfMarks(from start: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Int {
    var offset = start
    while offset < bytes.count, bytes[offset] >= 0x80 {
      let (type, length) = type(at: offset, in: bytes)
      guard type == .mark else { break }
      offset += length
    }
    return offset
  }

  @inline(__always)
  private static func type(at offset: Int, in bytes: UnsafeBufferPointer<UInt8>) -> (ScalarType, Int) {
    let (value, length) = UTF8Scanner.scalar(in: bytes, at: offset)
    return (value < 128 ? ascii(UInt8(value)) : beyondASCII(value), length)
  }

  @inline(__always)
  private static func ascii(_ byte: UInt8) -> ScalarType {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      .letter
    case UInt8(ascii: " "), UInt8(ascii: "\t"), 0x0B, 0x0C: .space
    case UInt8(ascii: "\n"), UInt8(ascii: "\r"): .lineBreak
    case UInt8(ascii: "'"), UInt8(ascii: "-"): .joiner
    default: .other
    }
  }

  private static func beyondASCII(_ value: UInt32) -> ScalarType {
    guard let scalar = Unicode.Scalar(value) else { return .other }
    // The typographic apostrophe, the hyphen and the no-break hyphen.
    if value == 0x2019 || value == 0x2010 || value == 0x2011 { return .joiner }
    let properties = scalar.properties
    if properties.isWhitespace { return .space }
    if properties.isGraphemeExtend || properties.generalCategory == .spacingMark { return .mark }
    return properties.isAlphabetic || properties.numericType != nil ? .letter : .other
  }
}
