/// Reads JSON as RFC 8259 has it, and no more. Foundation's decoder won't do here: it takes what isn't JSON (a comma
/// before a bracket, say), keeps one of two equal keys without a word, and doesn't say where an error is.
package struct JSONParser {
  /// The place where a text stops being JSON.
  package struct SyntaxError: Error, Equatable {
    /// Counted from 1.
    package let line: Int
    /// Characters of the line, counted from 1.
    package let column: Int
  }

  private let bytes: [UInt8]
  private var index = 0

  private init(_ text: String) { bytes = Array(text.utf8) }

  /// A text's one value.
  package static func parse(_ text: String) throws(SyntaxError) -> JSON {
    var parser = JSONParser(text)
    let value = try parser.value(depth: 0)
    parser.skipSpace()
    guard parser.index == parser.bytes.count else { throw parser.syntaxError() }
    return value
  }
}

// MARK: - Values

extension JSONParser {
  /// Recursion must end before the stack does.
  private static let depthLimit = 100

  private mutating func value(depth: Int) throws(SyntaxError) -> JSON {
    skipSpace()
    guard depth < Self.depthLimit else { throw syntaxError() }
    switch next {
    case UInt8(ascii: "{"): return .object(try members(depth))
    case UInt8(ascii: "["): return .array(try items(depth))
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "n"): return try word("null", .null)
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    default: return try number()
    }
  }

  private mutating func members(_ depth: Int) throws(SyntaxError) -> [JSON.Member] {
    var members: [JSON.Member] = []
    index += 1
    skipSpace()
    guard !skip("}") else { return members }
    repeat {
      skipSpace()
      guard next == UInt8(ascii: "\"") else { throw syntaxError() }
      let key = try string()
      skipSpace()
      guard skip(":") else { throw syntaxError() }
      members.append(JSON.Member(key, try value(depth: depth + 1)))
      skipSpace()
    } while skip(",")
    guard skip("}") else { throw syntaxError() }
    return members
  }

  private mutating func items(_ depth: Int) throws(SyntaxError) -> [JSON] {
    var items: [JSON] = []
    index += 1
    skipSpace()
    guard !skip("]") else { return items }
    repeat {
      items.append(try value(depth: depth + 1))
      skipSpace()
    } while skip(",")
    guard skip("]") else { throw syntaxError() }
    return items
  }

  private mutating func word(_ word: String, _ value: JSON) throws(SyntaxError) -> JSON {
    guard bytes[index...].starts(with: word.utf8) else { throw syntaxError() }
    index += word.utf8.count
    return value
  }

  /// A whole number is one however it is written: 1000, 1000.0 or 1e3.
  private mutating func number() throws(SyntaxError) -> JSON {
    let start = index
    skip("-")
    let startsWithZero = next == UInt8(ascii: "0")
    let digits = skipDigits()
    var isNumber = digits > 0 && !(startsWithZero && digits > 1)
    if skip(".") { isNumber = skipDigits() > 0 && isNumber }
    if skip("e") || skip("E") {
      if !skip("-") { skip("+") }
      isNumber = skipDigits() > 0 && isNumber
    }
    guard isNumber else { throw syntaxError(at: start) }
    let text = String(decoding: bytes[start..<index], as: UTF8.self)
    if let value = Int(text) { return .integer(value) }
    let isZero = text.prefix { $0 != "e" && $0 != "E" }.allSatisfy { "-0.".contains($0) }
    guard let value = Double(text), value.isFinite, isZero || value != 0 else { return .outOfRange(text) }
    return Int(exactly: value).map { .integer($0) } ?? .number(value)
  }
}

// MARK: - Strings

extension JSONParser {
  private mutating func string() throws(SyntaxError) -> String {
    var text: [UInt8] = []
    index += 1
    while let byte = next, byte >= 0x20, byte != UInt8(ascii: "\"") {
      if byte == UInt8(ascii: "\\") {
        text += Array(String(try escape()).utf8)
      } else {
        text.append(byte)
        index += 1
      }
    }
    guard skip("\"") else { throw syntaxError() }
    return String(decoding: text, as: UTF8.self)
  }

  private mutating func escape() throws(SyntaxError) -> Character {
    let start = index
    index += 1
    let letter = next
    index += 1
    switch letter {
    case UInt8(ascii: "\""): return "\""
    case UInt8(ascii: "\\"): return "\\"
    case UInt8(ascii: "/"): return "/"
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"):
      if let scalar = codePoint() { return Character(scalar) }
      throw syntaxError(at: start)
    default: throw syntaxError(at: start)
    }
  }

  /// The character whose number, or whose two surrogates, stand there in hexadecimal digits.
  private mutating func codePoint() -> Unicode.Scalar? {
    guard let unit = codeUnit() else { return nil }
    guard (0xD800..<0xDC00).contains(unit) else { return Unicode.Scalar(unit) }
    guard skip("\\"), skip("u"), let low = codeUnit(), (0xDC00..<0xE000).contains(low) else { return nil }
    return Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00))
  }

  private mutating func codeUnit() -> UInt32? {
    let digits = bytes[min(index, bytes.count)...].prefix(4)
    guard digits.count == 4, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }) else { return nil }
    index += 4
    return UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
  }
}

// MARK: - Bytes

extension JSONParser {
  private var next: UInt8? { index < bytes.count ? bytes[index] : nil }

  @discardableResult
  private mutating func skip(_ scalar: Unicode.Scalar) -> Bool {
    guard next == UInt8(ascii: scalar) else { return false }
    index += 1
    return true
  }

  private mutating func skipSpace() {
    while let byte = next, [0x20, 0x09, 0x0A, 0x0D].contains(byte) { index += 1 }
  }

  private mutating func skipDigits() -> Int {
    let start = index
    while let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { index += 1 }
    return index - start
  }

  private func syntaxError(at place: Int? = nil) -> SyntaxError {
    let before = bytes[..<min(place ?? index, bytes.count)]
    let line = before.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    return SyntaxError(line: line.count, column: String(decoding: line[line.count - 1], as: UTF8.self).count + 1)
  }
}
