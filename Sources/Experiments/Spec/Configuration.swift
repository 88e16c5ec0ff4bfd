import Foundation
import Store

/// One point of the grid: every key that has a meaning, resolved, without its seed.
package struct Configuration: Sendable {
  private let values: [SpecKey: Scalar]
  /// The name that set some of the values. It is none of them: the same values with another name, or without one, are the same.
  private let block: Scalar?

  /// Completes the values with those that the block sets and with the defaults, and drops those without a meaning.
  package init(_ given: [SpecKey: Scalar]) {
    var values = given.filter(\.key.isOfConfiguration)
    block = values[.block] ?? SpecKey.block.fallback(beside: [:])
    let preset = block.flatMap { BlockPreset(rawValue: $0.exact) } ?? .plain
    for key in SpecKey.ofConfiguration where values[key] == nil {
      values[key] = preset.value(of: key, beside: values) ?? key.fallback(beside: values)
    }
    values[.block] = nil
    self.values = values.filter { $0.key.isUsed(beside: values) }
  }

  /// The key's value; nil where the key has no meaning in this configuration.
  package subscript(key: SpecKey) -> Scalar? { key == .block ? block : values[key] }

  /// Whether the key has a meaning in this configuration.
  func uses(_ key: SpecKey) -> Bool { key.isUsed(beside: values) }

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

  /// The value of a key that every configuration has and whose rule takes the words of that type.
  package func word<Word: RawRepresentable<String>>(_ key: SpecKey, as _: Word.Type = Word.self) -> Word {
    guard let word = Word(rawValue: text(key)) else { preconditionFailure("\(key) isn't a \(Word.self)") }
    return word
  }

  /// The values of a group's keys by their names.
  func members(of group: SpecKey.Group) -> [String: Scalar] {
    Dictionary(uniqueKeysWithValues: values.lazy.filter { $0.key.group == group }.map { ($0.key.rawValue, $0.value) })
  }

  /// The configuration's identity: JSON with sorted keys and the shortest form of every number. Corpus and validation text stand there by
  /// their contents' hashes, so that a renamed file is the same and a changed one is another. A key that is younger than the
  /// identity's first version is left out where it has its default, so that a new key makes no stored run a stranger.
  ///
  /// - Parameters:
  ///   - validationSHA256: The hash of the text that the key `validation` names, if there is one.
  ///   - initialWeightsSHA256: The hash of the weights that the key `initial_weights` names, if it does.
  ///   - isCutWithinLine: Whether the text is cut within a line, which earlier versions never did: `cut` says so, since a run on the same
  ///     text cut elsewhere is another.
  package func canonicalJSON(
    corpusSHA256: String, validationSHA256: String? = nil, initialWeightsSHA256: String? = nil,
    isCutWithinLine: Bool = false
  ) -> String {
    let told = values.filter { key, value in !key.isYoung || key.fallback(beside: values) != value }
    var members = Dictionary(uniqueKeysWithValues: told.map { ($0.rawValue, $1) })
    members[SpecKey.corpus.rawValue] = nil
    members["corpus_sha256"] = .text(corpusSHA256)
    if members.removeValue(forKey: SpecKey.validation.rawValue) != nil {
      members["validation_sha256"] = validationSHA256.map { .text($0) }
    }
    if members.removeValue(forKey: SpecKey.initialWeights.rawValue) != nil {
      members["initial_weights_sha256"] = initialWeightsSHA256.map { .text($0) }
    }
    if isCutWithinLine { members["cut"] = "token" }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(members) else { preconditionFailure("\(members) can't be written as JSON") }
    return String(decoding: data, as: UTF8.self)
  }
}

extension Configuration: Hashable {
  package static func == (a: Configuration, b: Configuration) -> Bool { a.values == b.values }
  package func hash(into hasher: inout Hasher) { hasher.combine(values) }
}
