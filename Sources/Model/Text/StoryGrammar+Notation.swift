import Foundation

extension StoryGrammar {
  /// The grammar that `rules` spells out. The first rule is the whole text.
  ///
  ///     story
  ///       There was a <kind> named <name as hero>. {He} had a <toy as toy>. {hero} loved the {toy}.
  ///     kind
  ///       cat*3 / dog / little <size> bear
  ///     name
  ///       Mia@she / Max@he
  ///
  /// A line without indentation names a rule; the lines below are its alternatives, several on a line parted by ` / `.
  /// `*3` at the end is a weight (1 if it isn't there), `@she` and `@he` the gender, `<rule>` a choice by that rule,
  /// `<rule as slot>` one whose outcome is kept, `{slot}` that outcome again, `{he}`, `{him}`, `{his}`, `{himself}` and
  /// their capitalized forms the pronoun of whom slot `hero` holds, `{slot.he}` of another slot's. Lines are trimmed;
  /// an `_` is a space that isn't.
  ///
  /// A grammar is part of a program, so a rule that isn't there stops the program.
  public init(rules text: String) {
    var bodies: [[Substring]] = []
    for line in text.split(separator: "\n") {
      if line.first == " " {
        bodies[bodies.count - 1] += line.split(separator: " / ", omittingEmptySubsequences: true)
      } else {
        ruleNames.append(String(line))
        bodies.append([])
      }
    }
    for body in bodies {
      let parsed = body.map { Notation.Ending($0.drop { $0 == " " }) }
      let weights = parsed.map(\.weight)
      let first = (alternatives.count, tickets.count)
      for (index, ending) in parsed.enumerated() {
        let probability = Double(ending.weight) / Double(weights.reduce(0, +))
        add(ending, nats: -log(probability))
        tickets += Array(repeating: UInt16(index), count: ending.weight)
      }
      rules.append(Rule(alternatives: first.0..<alternatives.count, tickets: first.1..<tickets.count))
    }
  }

  private mutating func add(_ ending: Notation.Ending, nats: Double) {
    let start = pieces.count
    var headCount: Int?
    var rest = ending.text
    while let character = rest.first {
      switch character {
      case "<":
        headCount = headCount ?? pieces.count - start
        let words = Notation.takeBracket(&rest, until: ">").split(separator: " ")
        guard let rule = ruleNames.firstIndex(of: String(words[0])) else {
          fatalError("the grammar has no rule \"\(words[0])\"")
        }
        pieces.append(.choice(rule: rule, slot: words.count == 3 ? slot(named: words[2]) : nil))
      case "{":
        let names = Notation.takeBracket(&rest, until: "}").split(separator: ".")
        if let pronoun = Pronoun(rawValue: String(names[names.count - 1])) {
          pieces.append(.pronoun(pronoun, slot: slot(named: names.count == 2 ? names[0] : "hero")))
        } else {
          pieces.append(.recall(slot: slot(named: names[0])))
        }
      default:
        let literal = rest.prefix { $0 != "<" && $0 != "{" }
        rest = rest.dropFirst(literal.count)
        let offset = letters.count
        letters += literal.utf8.map { $0 == UInt8(ascii: "_") ? UInt8(ascii: " ") : $0 }
        pieces.append(.literal(offset..<letters.count))
      }
    }
    alternatives.append(
      Alternative(
        pieces: start..<pieces.count, headCount: headCount ?? pieces.count - start, gender: ending.gender, nats: nats))
  }

  private mutating func slot(named name: Substring) -> Int {
    if let slot = slotNames.firstIndex(of: String(name)) { return slot }
    slotNames.append(String(name))
    return slotNames.count - 1
  }
}

/// The small pieces of the notation.
private enum Notation {
  /// An alternative parted from its weight and gender.
  struct Ending {
    var text: Substring
    var weight = 1
    var gender = Gender.none

    init(_ alternative: Substring) {
      text = alternative
      if let star = text.lastIndex(of: "*"), let number = Int(text[text.index(after: star)...]) {
        weight = number
        text = text[..<star]
      }
      for (mark, value) in [("@she", Gender.she), ("@he", .he)] where text.hasSuffix(mark) {
        gender = value
        text = text.dropLast(mark.count)
      }
    }
  }

  /// Removes a bracket from the front of `rest` and returns what stood in it.
  static func takeBracket(_ rest: inout Substring, until end: Character) -> Substring {
    guard let index = rest.firstIndex(of: end) else { fatalError("the grammar has no \"\(end)\" after \"\(rest)\"") }
    defer { rest = rest[rest.index(after: index)...] }
    return rest[rest.index(after: rest.startIndex)..<index]
  }
}
