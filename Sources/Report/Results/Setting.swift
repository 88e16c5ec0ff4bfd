import Foundation

/// The value of a configuration's key.
enum Setting: Hashable, Decodable {
  case number(Double)
  case text(String)

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let number = try? container.decode(Double.self) {
      self = .number(number)
    } else if let text = try? container.decode(String.self) {
      self = .text(text)
    } else {
      self = .text(try container.decode([String].self).joined(separator: " | "))
    }
  }

  /// The value for tables and legends: a number in at most four digits.
  var label: String {
    switch self {
    case .text(let text): return text
    case .number(let number):
      if number == number.rounded(), abs(number) < 1e15 { return "\(Int(number))" }
      let short = Double(String(format: "%.4g", number)) ?? number
      return short == short.rounded() && abs(short) < 1e15 ? "\(Int(short))" : "\(short)"
    }
  }

  /// The value for a chart's axis, where room is scarce: a broken number in two digits.
  var shortLabel: String {
    guard case .number(let number) = self, number != number.rounded() else { return label }
    return Setting.number(Double(String(format: "%.2g", number)) ?? number).label
  }

  /// The value at full precision, for files that programs read.
  var exact: String {
    guard case .number(let number) = self, number != number.rounded() || abs(number) >= 1e15 else { return label }
    return "\(number)"
  }

  /// The number, if it is one.
  var number: Double? { if case .number(let number) = self { number } else { nil } }
}

extension Setting: Comparable {
  /// Numbers by size and before texts, texts by letters.
  static func < (a: Setting, b: Setting) -> Bool {
    switch (a, b) {
    case (.number(let a), .number(let b)): a < b
    case (.text(let a), .text(let b)): a < b
    case (.number, .text): true
    case (.text, .number): false
    }
  }
}
