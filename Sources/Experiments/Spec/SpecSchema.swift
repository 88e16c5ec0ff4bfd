import Foundation
import Store

/// The spec's form as a JSON Schema, for editors and other programs: https://json-schema.org/draft/2020-12
///
/// It follows from the table of keys. What one key means to another (heads divide d_model, say) it can't tell; `sweep plan` does.
package enum SpecSchema {
  /// The schema as JSON text with sorted keys.
  package static var text: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(schema) else { preconditionFailure("the schema can't be written as JSON") }
    return String(decoding: data, as: UTF8.self) + "\n"
  }

  private static var schema: JSONValue {
    .object([
      "$schema": .string("https://json-schema.org/draft/2020-12/schema"),
      "title": .string("A spec of sweep"),
      "type": .string("object"),
      "properties": members(SpecKey.allCases, property),
      "additionalProperties": .bool(false),
      "$defs": .object(["range": range]),
    ])
  }

  private static func members(_ keys: [SpecKey], _ form: (SpecKey) -> [String: JSONValue]) -> JSONValue {
    .object(Dictionary(uniqueKeysWithValues: keys.map { ($0.rawValue, .object(form($0))) }))
  }

  private static func property(_ key: SpecKey) -> [String: JSONValue] {
    var property = form(of: key)
    var about = key.need == nil && key.rival == nil ? key.about : "\(key.about); \(key.purpose)"
    switch key.fallback {
    case .none: break
    case .value(let value): property["default"] = JSONValue(value)
    case .computed, .beside: about += "; default: \(key.fallback.words)"
    }
    property["description"] = .string(about)
    return property
  }

  private static func form(of key: SpecKey) -> [String: JSONValue] {
    switch key {
    case .seeds:
      return [
        "anyOf": .array([
          .object(["type": .string("integer"), "minimum": .integer(1), "maximum": .integer(10_000)]),
          .object(list(of: ["type": .string("integer"), "minimum": .integer(0)])),
        ])
      ]
    case .prompts:
      let prompt: [String: JSONValue] = ["type": .string("string"), "minLength": .integer(1)]
      return ["type": .string("array"), "items": .object(prompt), "maxItems": .integer(100)]
    case .variants:
      let variant: [String: JSONValue] = [
        "type": .string("object"), "additionalProperties": .bool(false),
        "properties": members(SpecKey.allCases.filter(\.canBeAxis)) {
          ["$ref": .string("#/properties/\($0.rawValue)")]
        },
      ]
      return ["type": .string("array"), "items": .object(variant), "minItems": .integer(1)]
    default:
      let value = form(of: key.rule)
      guard key.canBeAxis else { return value }
      var forms: [JSONValue] = [.object(value), .object(list(of: value))]
      if key.rule.isNumeric { forms.append(.object(["$ref": .string("#/$defs/range")])) }
      return ["anyOf": .array(forms)]
    }
  }

  private static func form(of rule: Rule) -> [String: JSONValue] {
    switch rule {
    case .text, .structure: ["type": .string("string")]
    case .word(let words): ["enum": .array(words.map { .string($0) })]
    case .bool: ["type": .string("boolean")]
    case .integer(let range):
      ["type": .string("integer"), "minimum": .integer(range.lowerBound), "maximum": .integer(range.upperBound)]
    case .number(let bounds):
      [
        "type": .string("number"),
        bounds.includesLower ? "minimum" : "exclusiveMinimum": .number(bounds.lower),
        bounds.includesUpper ? "maximum" : "exclusiveMaximum": .number(bounds.upper),
      ]
    }
  }

  private static func list(of value: [String: JSONValue]) -> [String: JSONValue] {
    [
      "type": .string("array"), "items": .object(value), "minItems": .integer(1),
      "maxItems": .integer(KeyValues.limit), "uniqueItems": .bool(true),
    ]
  }

  private static var range: JSONValue {
    .object([
      "type": .string("object"),
      "description": .string("both ends and evenly spaced values between them"),
      "properties": .object([
        "from": .object(["type": .string("number")]), "to": .object(["type": .string("number")]),
        "count": .object(form(of: .integer(2...KeyValues.limit))),
        "scale": .object(["enum": .array([.string("linear"), .string("log")]), "default": .string("linear")]),
      ]),
      "required": .array([.string("from"), .string("to"), .string("count")]),
      "additionalProperties": .bool(false),
    ])
  }
}

extension JSONValue: Encodable {
  init(_ value: Scalar) {
    switch value {
    case .text(let text): self = .string(text)
    case .integer(let number): self = .integer(number)
    case .number(let number): self = .number(number)
    case .bool(let value): self = .bool(value)
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .null: try container.encodeNil()
    case .bool(let value): try container.encode(value)
    case .integer(let value): try container.encode(value)
    case .number(let value): try container.encode(value)
    case .outOfRange:
      throw EncodingError.invalidValue(self, .init(codingPath: encoder.codingPath, debugDescription: text))
    case .string(let value): try container.encode(value)
    case .array(let values): try container.encode(values)
    case .object(let members): try container.encode(members)
    }
  }
}
