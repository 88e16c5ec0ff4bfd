extension Tokenizer {
  /// The Unicode scalars of some texts, ascending.
  static func characters(of texts: [ArraySlice<UInt8>]) -> [String] {
    var ascii = [Bool](repeating: false, count: 128)
    var others: Set<UInt32> = []
    for text in texts {
      text.withUnsafeBufferPointer { bytes in
        var offset = 0
        while offset < bytes.count {
          let (value, length) = UTF8Scanner.scalar(in: bytes, at: offset)
          if value < 128 { ascii[Int(value)] = true } else { others.insert(value) }
          offset += length
        }
      }
    }
    let values = ascii.indices.filter { ascii[$0] }.map { UInt32($0) } + others.sorted()
    return values.compactMap(Unicode.Scalar.init).map { String($0) }
  }

  func encodeCharacters(_ utf8: ArraySlice<UInt8>) throws(TokenizerError) -> TokenizedText {
    var encoding = TokenizedText()
    encoding.reserve(utf8.count)
    let unknown: (String, Int)? = utf8.withUnsafeBufferPointer { bytes in
      var offset = 0
      while offset < bytes.count {
        let (value, length) = UTF8Scanner.scalar(in: bytes, at: offset)
        guard let token = index.token(of: UnsafeBufferPointer(rebasing: bytes[offset..<offset + length])) else {
          return (Unicode.Scalar(value).map { String($0) } ?? "", utf8.startIndex + offset)
        }
        encoding.append(token, bytes: length)
        offset += length
      }
      return nil
    }
    if let (character, offset) = unknown { throw .unknownCharacter(character, byteOffset: offset) }
    return encoding
  }

  func encodeBytes(_ utf8: ArraySlice<UInt8>) -> TokenizedText {
    var encoding = TokenizedText()
    encoding.tokens = utf8.map { Int32($0) }
    encoding.byteLengths = Array(repeating: 1, count: utf8.count)
    return encoding
  }
}
