import Foundation
import Words

/// JSON as it was written: nothing is converted, so that a string is never taken for a number nor `true` for 1.
package enum JSONValue: Equatable {
  case null
  case bool(Bool)
  case integer(Int)
  case number(Double)
  /// A number that double precision would take for infinite or for zero, as it was written.
  case outOfRange(String)
  case string(String)
  case array([JSONValue])
  case object([String: JSONValue])

  /// What a user would call it.
  package var kind: String {
    switch self {
    case .null: "null"
    case .bool: "true or false"
    case .integer, .number, .outOfRange: "a number"
    case .string: "a string"
    case .array: "a list"
    case .object: "an object"
    }
  }

  /// The value as JSON on one line, cut where it is long.
  package var excerpt: String { text.excerpt() }

  var text: String {
    switch self {
    case .null: "null"
    case .bool(let value): "\(value)"
    case .integer(let value): "\(value)"
    case .number(let value): "\(value)"
    case .outOfRange(let text): text
    case .string(let value): Self.quoted(value)
    case .array(let values): "[" + values.lazy.prefix(20).map(\.text).joined(separator: ", ") + "]"
    case .object(let members):
      "{"
        + members.sorted { $0.key < $1.key }.prefix(20).map { "\(Self.quoted($0)): \($1.text)" }
        .joined(separator: ", ") + "}"
    }
  }

  private static func quoted(_ text: String) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .withoutEscapingSlashes
    return (try? encoder.encode(text)).map { String(decoding: $0, as: UTF8.self) } ?? "\"\(text)\""
  }
}
