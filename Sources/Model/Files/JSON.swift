import Foundation

/// JSON whose objects keep their members in order and apart by their bytes.
///
/// Foundation's coders keep members in dictionaries of `String`, where two keys that look alike are one: "Å" (U+00C5) and "Å" (U+212B)
/// are different tokens of a vocabulary.
enum JSON: Equatable, Sendable {
  /// A member of an object.
  struct Member: Equatable, Sendable {
    let key: String
    let value: JSON

    init(_ key: String, _ value: JSON) { (self.key, self.value) = (key, value) }
  }

  case null
  case bool(Bool)
  case integer(Int)
  case number(Double)
  case string(String)
  case array([JSON])
  case object([Member])

  /// A member of an object by its key; nil where there is none, and in other values.
  subscript(key: String) -> JSON? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.key.utf8.elementsEqual(key.utf8) }?.value
  }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  init(stringLiteral value: String) { self = .string(value) }
  init(integerLiteral value: Int) { self = .integer(value) }
  init(floatLiteral value: Double) { self = .number(value) }
  init(booleanLiteral value: Bool) { self = .bool(value) }
  init(arrayLiteral elements: JSON...) { self = .array(elements) }
  init(dictionaryLiteral elements: (String, JSON)...) { self = .object(elements.map { Member($0, $1) }) }
}

// MARK: - Writing

extension JSON {
  /// The value as text, an object's members on lines of their own.
  var text: String {
    var text = ""
    write(to: &text, separator: ",\n  ")
    return text
  }

  /// The value as text on one line.
  var line: String {
    var text = ""
    write(to: &text, separator: ", ")
    return text
  }

  /// - Parameter separator: What stands between an object's members: a comma, and where they have lines of their own, a line break and spaces.
  private func write(to text: inout String, separator: String) {
    switch self {
    case .null: text += "null"
    case .bool(let value): text += value ? "true" : "false"
    case .integer(let value): text += "\(value)"
    case .number(let value): text += "\(value)"
    case .string(let value): Self.write(value, to: &text)
    case .array(let items):
      text += "["
      for (place, item) in items.enumerated() {
        if place > 0 { text += ", " }
        item.write(to: &text, separator: separator)
      }
      text += "]"
    case .object(let members):
      guard !members.isEmpty else { return text += "{}" }
      let hasLines = separator.contains("\n")
      text += hasLines ? "{" + separator.dropFirst() : "{"
      for (place, member) in members.enumerated() {
        if place > 0 { text += separator }
        Self.write(member.key, to: &text)
        text += ": "
        member.value.write(to: &text, separator: hasLines ? separator + "  " : separator)
      }
      text += hasLines ? separator.dropFirst().dropLast(2) + "}" : "}"
    }
  }

  private static func write(_ string: String, to text: inout String) {
    text += "\""
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{2028}", "\u{2029}":
        let digits = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: text.unicodeScalars.append(scalar)
      }
    }
    text += "\""
  }
}

// MARK: - Reading

extension JSON {
  /// Reads a text's one value; nil where the text isn't JSON as RFC 8259 has it.
  init?(_ utf8: Data) {
    guard String(validating: utf8, as: UTF8.self) != nil else { return nil }
    var reader = Reader(bytes: [UInt8](utf8))
    guard let value = reader.whole() else { return nil }
    self = value
  }

  private struct Reader {
    /// Recursion must end before the stack does.
    static let depthLimit = 200

    let bytes: [UInt8]
    var index = 0

    var next: UInt8? { index < bytes.count ? bytes[index] : nil }

    mutating func whole() -> JSON? {
      guard let value = value(depth: 0) else { return nil }
      skipSpace()
      return index == bytes.count ? value : nil
    }

    mutating func skipSpace() {
      while let byte = next, [0x20, 0x0A, 0x0D, 0x09].contains(byte) { index += 1 }
    }

    mutating func skip(_ character: Unicode.Scalar) -> Bool {
      skipSpace()
      guard next == UInt8(ascii: character) else { return false }
      index += 1
      return true
    }

    mutating func value(depth: Int) -> JSON? {
      skipSpace()
      guard depth < Self.depthLimit, let byte = next else { return nil }
      switch byte {
      case UInt8(ascii: "{"): return object(depth)
      case UInt8(ascii: "["): return array(depth)
      case UInt8(ascii: "\""): return string().map { .string($0) }
      case UInt8(ascii: "n"): return word("null", .null)
      case UInt8(ascii: "t"): return word("true", .bool(true))
      case UInt8(ascii: "f"): return word("false", .bool(false))
      default: return number()
      }
    }

    mutating func object(_ depth: Int) -> JSON? {
      index += 1
      var members: [Member] = []
      if skip("}") { return .object([]) }
      repeat {
        skipSpace()
        guard next == UInt8(ascii: "\""), let key = string(), skip(":"), let value = value(depth: depth + 1) else {
          return nil
        }
        members.append(Member(key, value))
      } while skip(",")
      return skip("}") ? .object(members) : nil
    }

    mutating func array(_ depth: Int) -> JSON? {
      index += 1
      var items: [JSON] = []
      if skip("]") { return .array([]) }
      repeat {
        guard let value = value(depth: depth + 1) else { return nil }
        items.append(value)
      } while skip(",")
      return skip("]") ? .array(items) : nil
    }

    mutating func word(_ word: String, _ value: JSON) -> JSON? {
      guard bytes[index...].starts(with: word.utf8) else { return nil }
      index += word.utf8.count
      return value
    }

    mutating func string() -> String? {
      index += 1
      var scalars = String.UnicodeScalarView()
      var start = index
      while let byte = next {
        switch byte {
        case UInt8(ascii: "\""):
          scalars.append(contentsOf: String(decoding: bytes[start..<index], as: UTF8.self).unicodeScalars)
          index += 1
          return String(scalars)
        case UInt8(ascii: "\\"):
          scalars.append(contentsOf: String(decoding: bytes[start..<index], as: UTF8.self).unicodeScalars)
          guard let scalar = escape() else { return nil }
          scalars.append(scalar)
          start = index
        case 0..<0x20: return nil
        default: index += 1
        }
      }
      return nil
    }

    /// The scalar that an escape stands for.
    mutating func escape() -> Unicode.Scalar? {
      index += 1
      guard let byte = next else { return nil }
      index += 1
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
      case UInt8(ascii: "b"): return "\u{8}"
      case UInt8(ascii: "f"): return "\u{C}"
      case UInt8(ascii: "n"): return "\n"
      case UInt8(ascii: "r"): return "\r"
      case UInt8(ascii: "t"): return "\t"
      case UInt8(ascii: "u"):
        guard let high = digits() else { return nil }
        guard (0xD800..<0xDC00).contains(high) else { return Unicode.Scalar(high) }
        guard bytes[index...].starts(with: [UInt8(ascii: "\\"), UInt8(ascii: "u")]) else { return nil }
        index += 2
        guard let low = digits(), (0xDC00..<0xE000).contains(low) else { return nil }
        return Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00))
      default: return nil
      }
    }

    mutating func digits() -> UInt32? {
      guard index + 4 <= bytes.count else { return nil }
      let text = String(decoding: bytes[index..<index + 4], as: UTF8.self)
      index += 4
      return text.allSatisfy(\.isHexDigit) ? UInt32(text, radix: 16) : nil
    }

    mutating func number() -> JSON? {
      let start = index
      while let byte = next, Self.isOfNumber(byte) { index += 1 }
      let text = String(decoding: bytes[start..<index], as: UTF8.self)
      guard let first = text.utf8.first(where: { $0 != UInt8(ascii: "-") }), Self.isDigit(first) else { return nil }
      if let value = Int(text) { return .integer(value) }
      guard let value = Double(text), value.isFinite else { return nil }
      return .number(value)
    }

    static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
    static func isOfNumber(_ byte: UInt8) -> Bool { isDigit(byte) || "+-.eE".utf8.contains(byte) }
  }
}
