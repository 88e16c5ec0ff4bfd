import Foundation
import Store
import Terminal

/// A single value of a key.
enum Scalar: Hashable {
  case text(String)
  case integer(Int)
  case number(Double)

  /// The value as it stands in tables and messages: a text without quotes, a number in its shortest form.
  var label: String {
    switch self {
    case .text(let value): value
    case .integer(let value): "\(value)"
    case .number(let value): value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
    }
  }
}

extension Scalar {
  /// The value as the database has it.
  var stored: Store.Scalar {
    switch self {
    case .text(let value): .text(value)
    case .integer(let value): .integer(value)
    case .number(let value): .number(value)
    }
  }

  /// The value for a table: a number in at most four digits.
  var shortLabel: String {
    guard case .number(let value) = self, label.count > 6 else { return label }
    return Scalar.number(Double(String(format: "%.4g", value)) ?? value).label
  }
}

extension Scalar: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral {
  init(stringLiteral value: String) { self = .text(value) }
  init(integerLiteral value: Int) { self = .integer(value) }
  init(floatLiteral value: Double) { self = .number(value) }
}

/// The values that a key takes.
enum Rule: Equatable {
  case text
  case word([String])
  case integer(ClosedRange<Int>)
  case number(Bounds)
  /// Not a single value: it is read by itself.
  case structure

  /// An interval whose ends belong to it or don't.
  struct Bounds: Equatable {
    var lower: Double
    var includesLower: Bool
    var upper: Double
    var includesUpper: Bool

    func contains(_ value: Double) -> Bool {
      (includesLower ? value >= lower : value > lower) && (includesUpper ? value <= upper : value < upper)
    }
  }

  static func number(above lower: Double, atMost upper: Double) -> Rule {
    .number(Bounds(lower: lower, includesLower: false, upper: upper, includesUpper: true))
  }
  static func number(from lower: Double, atMost upper: Double) -> Rule {
    .number(Bounds(lower: lower, includesLower: true, upper: upper, includesUpper: true))
  }
  static func number(from lower: Double, below upper: Double) -> Rule {
    .number(Bounds(lower: lower, includesLower: true, upper: upper, includesUpper: false))
  }

  /// What belongs there, in words.
  var wanted: String {
    switch self {
    case .text: return "a text"
    case .word(let words): return "one of " + words.map { "\"\($0)\"" }.joined(separator: ", ")
    case .integer(let range): return "a whole number from \(range.lowerBound) to \(range.upperBound)"
    case .number(let bounds):
      let lower = "\(bounds.includesLower ? "from" : "above") \(Scalar.number(bounds.lower).label)"
      return "a number \(lower) \(bounds.includesUpper ? "up to" : "to below") \(Scalar.number(bounds.upper).label)"
    case .structure: return "a value of its own form"
    }
  }

  /// The value, if it is one of those that belong there; else what is wrong and what to write.
  func read(_ json: JSONValue) -> Result<Scalar, Misfit> {
    switch (self, json) {
    case (.text, .string(let value)):
      return .success(.text(value))
    case (.word(let words), .string(let value)):
      guard words.contains(value) else {
        return .failure(Misfit("\(json.excerpt) isn't known; write \(wanted).", near: nearest(to: value, in: words)))
      }
      return .success(.text(value))
    case (.integer(let range), .integer(let value)) where range.contains(value):
      return .success(.integer(value))
    case (.integer(let range), .number(let value)):
      guard value == value.rounded() else {
        return .failure(Misfit("\(json.excerpt) isn't a whole number; write \(wanted)."))
      }
      guard abs(value) < 1e15, range.contains(Int(value)) else { return .failure(outOfRange(json)) }
      return .success(.integer(Int(value)))
    case (.number(let bounds), .integer(let value)) where bounds.contains(Double(value)):
      return .success(.number(Double(value)))
    case (.number(let bounds), .number(let value)) where bounds.contains(value):
      return .success(.number(value == 0 ? 0 : value))
    case (.integer, .integer), (.integer, .hugeNumber), (.number, .integer), (.number, .number), (.number, .hugeNumber):
      return .failure(outOfRange(json))
    default:
      return .failure(Misfit("\(json.excerpt) is \(json.kind); write \(wanted)."))
    }
  }

  private func outOfRange(_ json: JSONValue) -> Misfit { Misfit("\(json.excerpt) is out of range; write \(wanted).") }

  /// Why a value doesn't belong there.
  struct Misfit: Error, Equatable {
    let message: String

    init(_ message: String, near: String? = nil) {
      self.message = near.map { "\(message) Did you mean \"\($0)\"?" } ?? message
    }
  }
}
