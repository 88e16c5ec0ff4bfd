import Model

/// Reads the JSON of a spec, and notes every key with its path and the keys that stand twice.
package struct JSONReader {
  package typealias SyntaxError = JSONParser.SyntaxError

  /// The keys that stand more than once in their object, such as "lr" or "variants[1].lr". The first one's value counts.
  private(set) var repeatedKeys: [String] = []
  /// Every key with the path to it, as above, in the text's order.
  private(set) var keyPaths: [String] = []

  private let text: String

  package init(_ text: String) { self.text = text }

  /// The text's one value.
  package mutating func read() throws(SyntaxError) -> JSONValue { value(try JSONParser.parse(text), "") }

  /// - Parameter path: What stands before the keys in the value.
  private mutating func value(_ json: JSON, _ path: String) -> JSONValue {
    switch json {
    case .null: .null
    case .bool(let value): .bool(value)
    case .integer(let value): .integer(value)
    case .number(let value): .number(value)
    case .outOfRange(let text): .outOfRange(text)
    case .string(let value): .string(value)
    case .array(let items): .array(items.enumerated().map { value($0.element, "\(path)[\($0.offset)]") })
    case .object(let members): .object(object(members, path))
    }
  }

  private mutating func object(_ members: [JSON.Member], _ path: String) -> [String: JSONValue] {
    var values: [String: JSONValue] = [:]
    var repeated: Set<String> = []
    for member in members {
      let keyPath = path.isEmpty ? member.key : "\(path).\(member.key)"
      keyPaths.append(keyPath)
      let value = value(member.value, keyPath)
      if values[member.key] == nil {
        values[member.key] = value
      } else if repeated.insert(member.key).inserted {
        repeatedKeys.append(keyPath)
      }
    }
    return values
  }
}
