import Foundation
import Store

/// One point of the grid: every key that has a meaning, resolved, without its seed.
package struct RunConfiguration: Hashable, Sendable {
  private let values: [SpecKey: Scalar]
  /// The prompts as the spec lists them; nil where it doesn't: then the opening of the held-out text is the prompt.
  package let prompts: [String]?

  /// Completes the values with the defaults and drops those without a meaning.
  package init(_ given: [SpecKey: Scalar], prompts: [String]?) {
    var values = given
    for key in SpecKey.allCases where key.isOfConfiguration && values[key] == nil { values[key] = key.fallback }
    if values[.dFF] == nil, case .integer(let width) = values[.dModel] { values[.dFF] = .integer(4 * width) }
    self.values = values.filter { $0.key.isOfConfiguration && $0.key.isUsed(beside: values) }
    self.prompts = prompts
  }

  /// The key's value; nil where the key has no meaning in this configuration.
  package subscript(key: SpecKey) -> Scalar? { values[key] }

  /// The value of a key that every configuration has and that holds a whole number.
  package func integer(_ key: SpecKey) -> Int {
    guard case .integer(let value) = values[key] else { preconditionFailure("\(key) isn't a whole number") }
    return value
  }

  /// The value of a key that this configuration has and that holds a number.
  package func number(_ key: SpecKey) -> Double {
    guard case .number(let value) = values[key] else { preconditionFailure("\(key) isn't a number") }
    return value
  }

  /// The value of a key that every configuration has and that holds a text.
  package func text(_ key: SpecKey) -> String {
    guard case .text(let value) = values[key] else { preconditionFailure("\(key) isn't a text") }
    return value
  }

  /// The configuration's identity: JSON with sorted keys and the shortest form of every number. The corpus stands there by
  /// its content's hash, so that a renamed file is the same and a changed one is another.
  package func canonicalJSON(corpusSHA256: String, prompts: [String]) -> String {
    var members = Dictionary(uniqueKeysWithValues: values.map { ($0.rawValue, Member.scalar($1)) })
    members[SpecKey.corpus.rawValue] = nil
    members["corpus_sha256"] = .scalar(.text(corpusSHA256))
    members[SpecKey.prompts.rawValue] = .list(prompts)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(members) else { preconditionFailure("\(members) can't be written as JSON") }
    return String(decoding: data, as: UTF8.self)
  }

  private enum Member: Encodable {
    case scalar(Scalar)
    case list([String])

    func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      switch self {
      case .scalar(.text(let value)): try container.encode(value)
      case .scalar(.integer(let value)): try container.encode(value)
      case .scalar(.number(let value)): try container.encode(value)
      case .list(let values): try container.encode(values)
      }
    }
  }
}
