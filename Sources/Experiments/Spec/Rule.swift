import Store
import Words

/// The values that a key takes.
package enum Rule: Equatable {
  case text
  case word([String])
  case integer(ClosedRange<Int>)
  case number(Bounds)
  /// `true` or `false`.
  case bool
  /// Not a single value: it is read by itself.
  case structure

  /// An interval whose ends belong to it or don't.
  package struct Bounds: Equatable {
    package var lower: Double
    package var includesLower: Bool
    package var upper: Double
    package var includesUpper: Bool

    package func contains(_ value: Double) -> Bool {
      (includesLower ? value >= lower : value > lower) && (includesUpper ? value <= upper : value < upper)
    }
  }

  /// The words of a type.
  package static func words<Word: CaseIterable & RawRepresentable<String>>(_: Word.Type) -> Rule {
    .word(Word.allCases.map(\.rawValue))
  }
  package static func number(above lower: Double, atMost upper: Double) -> Rule {
    .number(Bounds(lower: lower, includesLower: false, upper: upper, includesUpper: true))
  }
  package static func number(from lower: Double, atMost upper: Double) -> Rule {
    .number(Bounds(lower: lower, includesLower: true, upper: upper, includesUpper: true))
  }
  package static func number(from lower: Double, below upper: Double) -> Rule {
    .number(Bounds(lower: lower, includesLower: true, upper: upper, includesUpper: false))
  }

  /// Whether it takes numbers, of which a range can be made.
  package var isNumeric: Bool {
    switch self {
    case .integer, .number: true
    case .text, .word, .bool, .structure: false
    }
  }

  /// What belongs there, in words.
  package var wanted: String {
    switch self {
    case .text: return "a text"
    case .word(let words): return "one of " + words.map { "\"\($0)\"" }.joined(separator: ", ")
    case .integer(let range): return "a whole number from \(range.lowerBound) to \(range.upperBound)"
    case .number(let bounds):
      let lower = "\(bounds.includesLower ? "from" : "above") \(Scalar.number(bounds.lower).exact)"
      return "a number \(lower) \(bounds.includesUpper ? "up to" : "to below") \(Scalar.number(bounds.upper).exact)"
    case .bool: return "true or false"
    case .structure: return "a value of its own form"
    }
  }

  /// The value, if it is one of those that belong there.
  ///
  /// - Throws: `Misfit`: what is wrong and what to write.
  package func read(_ json: JSONValue) throws(Misfit) -> Scalar {
    switch (self, json) {
    case (.text, .string(let value)):
      // The database, the file system and the shell end a text there.
      guard !value.unicodeScalars.contains("\0") else { throw Misfit("\(json.excerpt) holds U+0000; leave it out.") }
      return .text(value)
    case (.word(let words), .string(let value)):
      guard words.contains(value) else {
        throw Misfit("\(json.excerpt) isn't known; write \(wanted).", near: nearest(to: value, in: words))
      }
      return .text(value)
    case (.bool, .bool(let value)): return .bool(value)
    case (.integer(let range), .integer(let value)) where range.contains(value):
      return .integer(value)
    case (.integer(let range), .number(let value)):
      guard value == value.rounded() else {
        throw Misfit("\(json.excerpt) isn't a whole number; write \(wanted).")
      }
      guard abs(value) < 1e15, range.contains(Int(value)) else { throw outOfRange(json) }
      return .integer(Int(value))
    case (.number(let bounds), .integer(let value)) where bounds.contains(Double(value)):
      return .number(Double(value))
    case (.number(let bounds), .number(let value)) where bounds.contains(value):
      return .number(value == 0 ? 0 : value)
    case (.integer, .integer), (.integer, .outOfRange), (.number, .integer), (.number, .number), (.number, .outOfRange):
      throw outOfRange(json)
    default:
      throw Misfit("\(json.excerpt) is \(json.kind); write \(wanted).")
    }
  }

  private func outOfRange(_ json: JSONValue) -> Misfit { Misfit("\(json.excerpt) is out of range; write \(wanted).") }

  /// Why a value doesn't belong there.
  package struct Misfit: Error, Equatable {
    package let message: String
    /// What else is wrong with the same key.
    package private(set) var others: [String] = []

    package init(_ message: String, near: String? = nil) {
      self.message = near.map { "\(message) Did you mean \"\($0)\"?" } ?? message
    }

    /// All of them in one, each message once; nil where there is none.
    package init?(_ misfits: [Misfit]) {
      var seen: Set<String> = []
      let messages = misfits.map(\.message).filter { seen.insert($0).inserted }
      guard let first = messages.first else { return nil }
      self.init(first)
      others = Array(messages.dropFirst().prefix(4))
      if messages.count > 5 { others.append("and \(messages.count - 5) more such values.") }
    }
  }
}
