import Foundation

/// One point of the grid: every key that has a meaning, resolved, without its seed.
struct RunConfiguration: Hashable, Sendable {
  private let values: [SpecKey: Scalar]
  /// The prompts as the spec lists them; nil where it doesn't: then the opening of the held-out text is the prompt.
  let prompts: [String]?

  /// Completes the values with the defaults and drops those without a meaning.
  init(_ given: [SpecKey: Scalar], prompts: [String]?) {
    var values = given
    for key in SpecKey.allCases where key.isOfConfiguration && values[key] == nil { values[key] = key.fallback }
    if values[.dFF] == nil, case .integer(let width) = values[.dModel] { values[.dFF] = .integer(4 * width) }
    self.values = values.filter { $0.key.isOfConfiguration && $0.key.isUsed(beside: values) }
    self.prompts = prompts
  }

  /// The key's value; nil where the key has no meaning in this configuration.
  subscript(key: SpecKey) -> Scalar? { values[key] }

  /// The value of a key that every configuration has and that holds a whole number.
  func integer(_ key: SpecKey) -> Int {
    guard case .integer(let value) = values[key] else { preconditionFailure("\(key) isn't a whole number") }
    return value
  }

  /// The value of a key that this configuration has and that holds a number.
  func number(_ key: SpecKey) -> Double {
    guard case .number(let value) = values[key] else { preconditionFailure("\(key) isn't a number") }
    return value
  }

  /// The value of a key that every configuration has and that holds a text.
  func text(_ key: SpecKey) -> String {
    guard case .text(let value) = values[key] else { preconditionFailure("\(key) isn't a text") }
    return value
  }

  /// The configuration's identity: JSON with sorted keys and the shortest form of every number. The corpus stands there by
  /// its content's hash, so that a renamed file is the same and a changed one is another. What is only looked at is left out.
  func canonicalJSON(corpusSHA256: String) -> String {
    var members = Dictionary(
      uniqueKeysWithValues: values.filter { !$0.key.isOnlyLookedAt }.map { ($0.rawValue, Member(value: $1)) })
    members[SpecKey.corpus.rawValue] = nil
    members["corpus_sha256"] = Member(value: .text(corpusSHA256))
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(members) else { preconditionFailure("\(members) can't be written as JSON") }
    return String(decoding: data, as: UTF8.self)
  }

  private struct Member: Encodable {
    let value: Scalar

    func encode(to encoder: any Encoder) throws { try value.stored.encode(to: encoder) }
  }
}
