extension Tokenizer {
  /// The words of some texts, the most frequent first; with a limit, `<unk>` and as many as fit.
  static func words(of texts: [ArraySlice<UInt8>], limit: Int?) -> [String] {
    var index = TokenIndex()
    var counts: [Int] = []
    for text in texts {
      text.withUnsafeBufferPointer { bytes in
        WordSplitter.split(bytes) { _, token in
          let number = Int(index.insert(UnsafeBufferPointer(rebasing: bytes[token])))
          if number == counts.count { counts.append(0) }
          counts[number] += 1
          return true
        }
      }
    }
    // Numbers are in the order of first appearance, which parts equal counts.
    let order = counts.indices.sorted { (counts[$1], $0) < (counts[$0], $1) }
    let kept = order.prefix(limit.map { $0 - 1 } ?? order.count)
    let words = kept.map { String(decoding: index.bytes(of: Int32($0)), as: UTF8.self) }
    return limit == nil ? words : [unknown] + words
  }

  /// Calls `body` for each word of a text that isn't in the vocabulary.
  func forEachUnknownWord(of utf8: ArraySlice<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) -> Void) {
    utf8.withUnsafeBufferPointer { bytes in
      WordSplitter.split(bytes) { _, token in
        let word = UnsafeBufferPointer(rebasing: bytes[token])
        if index.token(of: word) == nil { body(word) }
        return true
      }
    }
  }

  func encodeWords(_ utf8: ArraySlice<UInt8>) throws(TokenizerError) -> TokenizedText {
    var encoding = TokenizedText()
    encoding.reserve(utf8.count / 4)
    let substitute = unknownToken
    var missing: Range<Int>?
    var encoded = 0
    utf8.withUnsafeBufferPointer { bytes in
      WordSplitter.split(bytes) { whole, token in
        guard let number = index.token(of: UnsafeBufferPointer(rebasing: bytes[token])) ?? substitute else {
          missing = token
          return false
        }
        encoding.append(number, bytes: whole.count)
        encoded = whole.upperBound
        return true
      }
    }
    if let missing {
      let range = missing.lowerBound + utf8.startIndex..<missing.upperBound + utf8.startIndex
      throw .unknownWord(String(decoding: utf8[range], as: UTF8.self), byteOffset: range.lowerBound)
    }
    if !encoding.tokens.isEmpty { encoding.byteLengths[encoding.byteLengths.count - 1] += Int32(utf8.count - encoded) }
    return encoding
  }
}
