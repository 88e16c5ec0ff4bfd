/// Reads Unicode scalars from UTF-8 (RFC 3629).
enum UTF8Scanner {
  /// The scalar that starts at `offset` and its number of bytes. Where the bytes are no UTF-8, U+FFFD for one byte.
  @inline(__always)
  static func scalar(in bytes: UnsafeBufferPointer<UInt8>, at offset: Int) -> (value: UInt32, length: Int) {
    let lead = bytes[offset]
    return lead < 0x80 ? (UInt32(lead), 1) : beyondASCII(bytes, at: offset) ?? (0xFFFD, 1)
  }

  /// The offset of the first byte that isn't part of a well-formed character, or nil.
  static func firstInvalidByte(in text: [UInt8]) -> Int? {
    text.withUnsafeBufferPointer { bytes in
      var offset = 0
      while offset < bytes.count {
        // Eight ASCII bytes at a time, as most text is.
        if offset + 8 <= bytes.count,
          UnsafeRawBufferPointer(bytes).loadUnaligned(fromByteOffset: offset, as: UInt64.self) & 0x8080_8080_8080_8080
            == 0
        {
          offset += 8
        } else if bytes[offset] < 0x80 {
          offset += 1
        } else if let (_, length) = beyondASCII(bytes, at: offset) {
          offset += length
        } else {
          return offset
        }
      }
      return nil
    }
  }

  /// The scalar of two to four bytes at `offset`; nil if it is cut short, too long a form, a surrogate or too large.
  private static func beyondASCII(_ bytes: UnsafeBufferPointer<UInt8>, at offset: Int) -> (value: UInt32, length: Int)?
  {
    let lead = bytes[offset]
    let (length, smallest): (Int, UInt32)
    switch lead {
    case 0xC2...0xDF: (length, smallest) = (2, 0x80)
    case 0xE0...0xEF: (length, smallest) = (3, 0x800)
    case 0xF0...0xF4: (length, smallest) = (4, 0x10000)
    default: return nil
    }
    guard offset + length <= bytes.count else { return nil }
    var value = UInt32(lead) & (0x7F >> UInt32(length))
    for next in offset + 1..<offset + length {
      guard bytes[next] & 0xC0 == 0x80 else { return nil }
      value = value << 6 | UInt32(bytes[next] & 0x3F)
    }
    guard value >= smallest, value <= 0x10FFFF, !(0xD800...0xDFFF).contains(value) else { return nil }
    return (value, length)
  }
}
