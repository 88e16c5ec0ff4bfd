import Foundation

/// A single value of a spec's key, as a spec writes it and as a configuration holds it: the one representation from the spec to
/// the charts.
///
/// Texts are equal where their bytes are: SQLite and the file system compare bytes, while two Swift strings are equal already
/// where their characters look alike. A whole number equals the same number written with a point, as JSON has it.
public enum Scalar: Sendable {
  /// A text, such as "adamw".
  case text(String)
  /// A whole number, such as 64.
  case integer(Int)
  /// Any other number, such as 0.001.
  case number(Double)
  /// `true` or `false`.
  case bool(Bool)
}

extension Scalar {
  /// The value as a number; nil for a text and for `true` and `false`.
  public var number: Double? {
    switch self {
    case .text, .bool: nil
    case .integer(let value): Double(value)
    case .number(let value): value
    }
  }

  /// The value at full precision, in the shortest form that reads back as the same number: "0.1", "64", "adamw".
  public var exact: String {
    switch self {
    case .text(let value): value
    case .integer(let value): "\(value)"
    case .number(let value): value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
    case .bool(let value): "\(value)"
    }
  }

  /// The value for tables, legends and progress lines: a broken number in at most four significant digits.
  public var label: String { label(digits: 4) }

  /// As many significant digits as tell the values apart where they are rounded to them, and at least so many.
  public static func digits(telling values: some Sequence<Scalar>, atLeast least: Int = 4) -> Int {
    let distinct = Set(values)
    return (least..<17).first { digits in Set(distinct.map { $0.label(digits: digits) }).count == distinct.count } ?? 17
  }

  /// The value with a broken number in at most so many significant digits; in more, where 0.99999 would be shown as 1, which such a key
  /// may not even hold.
  public func label(digits: Int) -> String {
    guard case .number(let value) = self, value != value.rounded() else { return exact }
    let rounded = (min(digits, 17)...17).lazy.compactMap { Double(String(format: "%.\($0)g", value)) }
      .first { abs(value) > 1 || abs($0) != 1 }
    return Scalar.number(rounded ?? value).exact
  }
}

extension Scalar: Hashable {
  /// Whether two values are the same.
  public static func == (a: Scalar, b: Scalar) -> Bool {
    switch (a, b) {
    case (.text(let a), .text(let b)): a.utf8.elementsEqual(b.utf8)
    case (.integer(let a), .integer(let b)): a == b
    case (.bool(let a), .bool(let b)): a == b
    default: a.number == b.number && a.number != nil
    }
  }

  /// Hashes what `==` compares.
  public func hash(into hasher: inout Hasher) {
    if let number { hasher.combine(number) } else { for byte in exact.utf8 { hasher.combine(byte) } }
  }
}

extension Scalar: Comparable {
  /// Numbers by size and before all else, the rest by the bytes of their words.
  public static func < (a: Scalar, b: Scalar) -> Bool {
    switch (a.number, b.number) {
    case (let a?, let b?): a < b
    case (nil, nil): a.exact.utf8.lexicographicallyPrecedes(b.exact.utf8)
    case (let a, _): a != nil
    }
  }
}

extension Scalar: Codable {
  /// Reads a JSON number, string, `true` or `false`.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let value = try? container.decode(Int.self) {
      self = .integer(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode(Bool.self) {
      self = .bool(value)
    } else {
      self = .text(try container.decode(String.self))
    }
  }

  /// Writes a JSON number in its shortest form, a string, `true` or `false`.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .text(let value): try container.encode(value)
    case .integer(let value): try container.encode(value)
    case .number(let value): try container.encode(value)
    case .bool(let value): try container.encode(value)
    }
  }
}

extension Scalar: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
  ExpressibleByBooleanLiteral
{
  /// A text.
  public init(stringLiteral value: String) { self = .text(value) }
  /// A whole number.
  public init(integerLiteral value: Int) { self = .integer(value) }
  /// A number.
  public init(floatLiteral value: Double) { self = .number(value) }
  /// `true` or `false`.
  public init(booleanLiteral value: Bool) { self = .bool(value) }
}
