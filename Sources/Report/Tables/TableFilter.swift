import Store

/// Conditions on a table's rows, as `--where` takes them: `column op value [and ...]`.
///
/// They are compared here, value by value, and are no part of any SQL.
struct TableFilter: Equatable {
  enum Relation: String, CaseIterable {
    case equal = "="
    case unequal = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
  }

  struct Condition: Equatable {
    let column: String
    let relation: Relation
    let value: Scalar
    /// The value's words, which a text is compared with: an experiment may be called 2024.
    let words: String

    /// The condition on a key's cells, a value for each and a text as people read it: where no cell has exactly the condition's number, but one
    /// is shown as it, the number stands for that cell's. So 0.0003162 finds 0.00031622776601683794.
    func meaning(among cells: [Table.Cell]) -> Condition {
      guard value.number != nil, !cells.contains(where: { $0.value == value }),
        let shown = cells.first(where: { $0.value?.number != nil && $0.text == value.exact })?.value
      else { return self }
      return Condition(column: column, relation: relation, value: shown, words: words)
    }
  }

  let conditions: [Condition]

  /// Reads conditions. A value in quotes is text, doubled quotes within it stand for one; without them it is a number if
  /// it reads as one.
  ///
  /// - Parameter commas: Whether a comma stands for "and", as in "lr=0.003,optimizer=adamw".
  /// - Throws: `TableError.badFilter`.
  init(_ text: String, commas: Bool = false) throws {
    var tokens = try Self.tokens(text, commas: commas)[...]
    func expected(_ what: String) -> TableError {
      TableError.badFilter(text, "expected \(what) \(tokens.first.map { "where \($0.quoted) stands" } ?? "at its end")")
    }
    var conditions: [Condition] = []
    while true {
      guard let column = tokens.first, column.isName else { throw expected("a column") }
      tokens = tokens.dropFirst()
      guard let relation = tokens.first.flatMap({ $0.kind == .relation ? Relation(rawValue: $0.text) : nil }) else {
        throw expected("one of \(Relation.allCases.map(\.rawValue).joined(separator: " "))")
      }
      tokens = tokens.dropFirst()
      guard let value = tokens.first, value.isName else { throw expected("a value") }
      tokens = tokens.dropFirst()
      let number = value.kind == .word ? Double(value.text).flatMap { $0.isNaN ? nil : $0 } : nil
      conditions.append(
        Condition(
          column: column.text, relation: relation, value: number.map(Scalar.number) ?? .text(value.text),
          words: value.text))
      guard let next = tokens.first else { break }
      guard next.kind == .comma || next.kind == .word && next.text.lowercased() == "and" else {
        throw expected("\"and\"")
      }
      tokens = tokens.dropFirst()
    }
    self.conditions = conditions
  }

  /// Whether the value of a cell meets a condition; one that isn't there meets none. Numbers are compared exactly.
  static func holds(_ value: Scalar?, _ condition: Condition) -> Bool {
    guard let value else { return false }
    let other: Scalar =
      switch value {
      case .text: .text(condition.words)
      case .bool: Bool(condition.words).map { .bool($0) } ?? .text(condition.words)
      case .integer, .number: condition.value
      }
    return switch condition.relation {
    case .equal: value == other
    case .unequal: value != other
    case .less: value < other
    case .lessOrEqual: value <= other
    case .greater: value > other
    case .greaterOrEqual: value >= other
    }
  }

  private struct Token {
    enum Kind { case word, quotation, relation, comma }

    let kind: Kind
    let text: String
    var isName: Bool { kind == .word || kind == .quotation }
    var quoted: String { kind == .quotation ? "'\(text)'" : "\"\(text)\"" }
  }

  private static func tokens(_ text: String, commas: Bool) throws -> [Token] {
    var tokens: [Token] = []
    var rest = Substring(text)
    while let first = rest.first {
      if first.isWhitespace {
        rest = rest.dropFirst()
      } else if commas, first == "," {
        rest.removeFirst()
        tokens.append(Token(kind: .comma, text: ","))
      } else if first == "'" || first == "\"" {
        var quotation = ""
        rest.removeFirst()
        while true {
          guard let end = rest.firstIndex(of: first) else {
            throw TableError.badFilter(text, "a quote is never closed")
          }
          quotation += rest[..<end]
          rest = rest[rest.index(after: end)...]
          guard rest.first == first else { break }
          quotation.append(first)
          rest.removeFirst()
        }
        tokens.append(Token(kind: .quotation, text: quotation))
      } else {
        let isRelation = { (character: Character) in "=<>!".contains(character) }
        let token = rest.prefix { character in
          isRelation(first) == isRelation(character) && !character.isWhitespace && !"'\"".contains(character)
            && !(commas && character == ",")
        }
        rest = rest.dropFirst(token.count)
        tokens.append(Token(kind: isRelation(first) ? .relation : .word, text: String(token)))
      }
    }
    return tokens
  }
}
