import Foundation

/// JSON whose objects keep their members in order and apart by their bytes.
///
/// Foundation's coders keep members in dictionaries of `String`, where two keys that look alike are one: "Å" (U+00C5) and "Å" (U+212B)
/// are different tokens of a vocabulary.
package enum JSON: Equatable, Sendable {
  /// A member of an object.
  package struct Member: Equatable, Sendable {
    package let key: String
    package let value: JSON

    init(_ key: String, _ value: JSON) { (self.key, self.value) = (key, value) }
  }

  case null
  case bool(Bool)
  case integer(Int)
  case number(Double)
  /// A number that double precision would take for infinite or for zero, as it was written.
  case outOfRange(String)
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
  package init(stringLiteral value: String) { self = .string(value) }
  package init(integerLiteral value: Int) { self = .integer(value) }
  package init(floatLiteral value: Double) { self = .number(value) }
  package init(booleanLiteral value: Bool) { self = .bool(value) }
  package init(arrayLiteral elements: JSON...) { self = .array(elements) }
  package init(dictionaryLiteral elements: (String, JSON)...) { self = .object(elements.map { Member($0, $1) }) }
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
    case .outOfRange(let number): text += number
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
    guard let text = String(validating: utf8, as: UTF8.self), let value = try? JSONParser.parse(text) else {
      return nil
    }
    self = value
  }
}
