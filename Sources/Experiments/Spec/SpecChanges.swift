import Foundation
import Store
import Words

/// What the command line changes in every spec: keys with values of their own, and whether all is only rehearsed.
package struct SpecChanges {
  /// What messages call the place where these values stand.
  package static let place = "the command line"

  /// A key with the value that it has instead of the spec's. The key may be none of a spec's; reading says so.
  struct Override {
    let key: String
    let value: JSONValue
    /// The override within an experiment's name: "lr=0.003", "lr=0.001,0.01", "lr=0.0001..0.1x7log".
    let label: String
  }

  /// In the order of the keys' table, each key once.
  let overrides: [Override]
  /// Whether every run is trained for a tenth of its steps, with one seed.
  let isRehearsal: Bool
  /// Keys that stand there twice, and values that can't be read.
  let issues: [SpecIssue]

  /// Reads words such as `lr=0.003`, `lr=[0.001,0.01]`, `optimizer=sgd` or `lr={"from":1e-4,"to":1e-1,"count":7}`.
  ///
  /// - Parameter words: Each with a key, "=" and a value: JSON, or a word without its quotes.
  package init(_ words: [String] = [], isRehearsal: Bool = false) {
    var overrides: [Override] = []
    var issues: [SpecIssue] = []
    for word in words {
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      let key = parts[0]
      func complain(_ message: String) {
        issues.append(SpecIssue(file: Self.place, key: key, message: message))
      }
      guard parts.count == 2, let value = Self.value(parts[1], of: key) else {
        complain("\(JSONValue.string(parts.last ?? "").excerpt) isn't JSON; check quotes, commas and brackets.")
        continue
      }
      if overrides.contains(where: { $0.key == key }) {
        complain("the key stands there twice; several values are a list, such as '\(key)=[1, 2]'.")
      } else {
        let isPath = [SpecKey.corpus, .validation, .initialWeights].contains { $0.rawValue == key }
        overrides.append(
          Override(key: key, value: isPath ? value.fromWorkingFolder : value, label: "\(key)=\(value.label)"))
      }
    }
    let places = Dictionary(uniqueKeysWithValues: SpecKey.allCases.enumerated().map { ($1.rawValue, $0) })
    self.overrides = overrides.sorted { (places[$0.key] ?? .max, $0.key) < (places[$1.key] ?? .max, $1.key) }
    self.isRehearsal = isRehearsal
    self.issues = issues
  }

  /// Whether an argument is such a word, and not a path: it begins with what may be a key and "=", and no file has that name.
  package static func isOverride(_ argument: String) -> Bool {
    argument.firstMatch(of: /^[A-Za-z_0-9-]+=/) != nil && !FileManager.default.fileExists(atPath: argument)
  }

  /// Where a key's value stands: a spec's path, "the command line", or both where a complaint depends on what else the spec says.
  func place(of key: String?, in path: String, isOfSpec: Bool) -> String {
    guard let key, gives(key) else { return path }
    return isOfSpec ? "\(path) with \(Self.place)" : Self.place
  }

  /// The keys that have a value here which can't be known: it isn't the spec's.
  var unreadable: Set<String> { Set(issues.compactMap(\.key)) }

  /// Whether the key has its value from here.
  func gives(_ key: String) -> Bool { overrides.contains { $0.key == key } }

  /// The value that the text means for a key: JSON, but for words, which need no quotes, also in a list. Nil where it is neither.
  private static func value(_ text: String, of key: String) -> JSONValue? {
    var reader = JSONReader(text)
    let json = try? reader.read()
    if SpecKey(rawValue: key)?.rule.isOfTexts ?? false {
      switch json {
      case .string, .array, .object: return json
      // A name may be 7.
      default: break
      }
    } else if let json {
      return json
    }
    let isList = text.hasPrefix("[") && text.hasSuffix("]")
    guard isList || !"[{\"".contains(text.first ?? " ") else { return nil }
    let words = isList ? text.dropFirst().dropLast().split(separator: ",", omittingEmptySubsequences: false) : []
    return isList ? .array(words.map { .string($0.trimmingCharacters(in: .whitespaces)) }) : .string(text)
  }
}

extension Rule {
  /// Whether its values are texts.
  fileprivate var isOfTexts: Bool {
    switch self {
    case .text, .word: true
    case .integer, .number, .bool, .structure: false
    }
  }
}

// MARK: - What becomes of a spec

extension SpecChanges {
  /// The spec's members with the overrides laid over them, those of its variants too, and the name told apart by them.
  ///
  /// - Parameter name: The experiment's name without the overrides; nil where it has none.
  func overriding(_ members: [String: JSONValue], name: String?) -> [String: JSONValue] {
    var members = members.filter { !unreadable.contains($0.key) }
    for override in overrides where !unreadable.contains(override.key) { members[override.key] = override.value }
    if case .array(let variants) = members[SpecKey.variants.rawValue] {
      members[SpecKey.variants.rawValue] = .array(
        variants.map { variant in
          guard case .object(let own) = variant else { return variant }
          return .object(own.filter { !gives($0.key) && !unreadable.contains($0.key) })
        })
    }
    if let name, !overrides.isEmpty, !gives(SpecKey.name.rawValue) {
      members[SpecKey.name.rawValue] = .string(([name] + overrides.map(\.label)).joined(separator: "+"))
    }
    return members
  }

  /// The members of the same spec with a tenth of the work: a tenth of the steps, of those between evaluations and samples, and of the
  /// tokens that are evaluated; the first seed alone. The members must be free of mistakes.
  static func rehearsing(_ members: [String: JSONValue]) -> [String: JSONValue] {
    var members = members
    let absent: [SpecKey] =
      [.steps, .evalEvery, .sampleEvery] + (members[SpecKey.evalBytes.rawValue] == nil ? [.evalTokens] : [])
    for key in absent where members[key.rawValue] == nil {
      if case .value(let value) = key.fallback { members[key.rawValue] = JSONValue(value) }
    }
    if case .array(let seeds) = members[SpecKey.seeds.rawValue] {
      members[SpecKey.seeds.rawValue] = .array(Array(seeds.prefix(1)))
    } else {
      members[SpecKey.seeds.rawValue] = nil
    }
    if case .array(let variants) = members[SpecKey.variants.rawValue] {
      members[SpecKey.variants.rawValue] = .array(
        variants.map { if case .object(let own) = $0 { .object(own.mapKeys(tenth)) } else { $0 } })
    }
    return members.mapKeys(tenth)
  }

  /// A tenth of a key's value, or of each of its values, where the key counts steps or evaluated tokens.
  private static func tenth(_ key: String, _ json: JSONValue) -> JSONValue {
    guard let key = SpecKey(rawValue: key),
      [.steps, .warmupSteps, .averageWeights, .evalTokens, .evalBytes, .evalEvery, .sampleEvery].contains(key)
    else { return json }
    switch json {
    case .integer(let value):
      // Zero says "never", or "none".
      return .integer(value == 0 ? 0 : max(key == .warmupSteps ? 0 : 1, value / 10))
    case .array(let items):
      return .array(
        items.map { tenth(key.rawValue, $0) }.reduce(into: []) { if !$0.contains($1) { $0.append($1) } })
    case .object(var range):
      for end in ["from", "to"] { range[end] = range[end].map { tenth(key.rawValue, $0) } }
      return range["from"] == range["to"] ? range["from"] ?? json : .object(range)
    default: return json
    }
  }
}

extension [String: JSONValue] {
  fileprivate func mapKeys(_ change: (String, JSONValue) -> JSONValue) -> [String: JSONValue] {
    Dictionary(uniqueKeysWithValues: map { ($0.key, change($0.key, $0.value)) })
  }
}

extension JSONValue {
  /// The value within a name, where quotes and brackets would have to be quoted for a shell. Different values of one key differ.
  fileprivate var label: String {
    switch self {
    case .string(let text): return text
    case .array(let items) where !items.isEmpty: return items.map(\.label).joined(separator: ",")
    case .object(let range):
      guard let from = range["from"], let to = range["to"], let count = range["count"] else { return text }
      return "\(from.label)..\(to.label)x\(count.label)\(range["scale"] == .string("log") ? "log" : "")"
    default: return text
    }
  }

  /// The path of a text, or each of some, as it is meant on a command line: from the working folder.
  fileprivate var fromWorkingFolder: JSONValue {
    switch self {
    case .string(let path) where path != "stories":
      .string(URL(fileURLWithPath: UserPath.expanded(path)).standardizedFileURL.path)
    case .array(let paths): .array(paths.map(\.fromWorkingFolder))
    default: self
    }
  }
}

// MARK: - The spec's text

extension SpecChanges {
  /// An object as a spec's text: a line for each member, in the order of `keys`; the others follow.
  static func text(_ members: [String: JSONValue], order keys: [String]) -> String {
    let others = members.keys.filter { !keys.contains($0) }.sorted()
    let lines = (keys.filter { members[$0] != nil } + others).map { key in
      "  \(json(.string(key))): \(json(members[key] ?? .null))"
    }
    return "{\n" + lines.joined(separator: ",\n") + "\n}\n"
  }

  /// A value as JSON on one line.
  static func json(_ value: JSONValue) -> String {
    switch value {
    // A space after each comma, as people write.
    case .array(let items): return "[" + items.map(json).joined(separator: ", ") + "]"
    default:
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      return (try? encoder.encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? value.text
    }
  }
}
