/// A probabilistic grammar of short texts in which every text has exactly one derivation.
///
/// A rule is a weighted choice of alternatives; an alternative is known text mixed with further choices. The *head* of
/// an alternative is what it starts with before its first further choice. Heads at a choice are prefix-free: none is
/// the start of another. So at most one alternative agrees with a given text, the choices can be read back from the
/// text from left to right (`read`), and the sum of their −ln(probability) is −ln of the probability of the text
/// itself.
///
/// `init(rules:)` describes the notation.
public struct StoryGrammar: Sendable {
  /// Texts of a grammar in one string: each ends with a line feed, and an empty line stands between two.
  public struct Stories: Sendable, Equatable {
    /// The text.
    public var utf8: [UInt8] = []
    /// The offset where each story starts.
    public var starts: [Int] = []
    /// The choices made. How many stories there are was given, not chosen, so it carries no information, nor do the
    /// line feeds.
    public var trace = InformationTrace()

    /// No stories.
    public init() {}
  }

  /// Something that isn't known until the story is told, or is told again.
  enum Piece: Sendable {
    /// Known text: a range of `letters`.
    case literal(Range<Int>)
    /// The text that a slot holds.
    case recall(slot: Int)
    /// The pronoun that fits whom a slot holds.
    case pronoun(Pronoun, slot: Int)
    /// A choice, and the slot that keeps the outcome.
    case choice(rule: Int, slot: Int?)
  }

  struct Alternative: Sendable {
    var pieces: Range<Int>
    /// The number of pieces before the first choice.
    var headCount: Int
    var gender: Gender
    var nats: Double
  }

  struct Rule: Sendable {
    var alternatives: Range<Int>
    /// A range of `tickets`: an alternative of weight w has w of them, so drawing one draws by weight.
    var tickets: Range<Int>
  }

  var letters: [UInt8] = []
  var pieces: [Piece] = []
  var alternatives: [Alternative] = []
  var rules: [Rule] = []
  var tickets: [UInt16] = []
  var ruleNames: [String] = []
  var slotNames: [String] = []

  /// `count` texts, drawn with `random`.
  public func tell(_ count: Int, random: RandomStream) -> Stories {
    var walk = StoryWalk(grammar: self, chooser: RandomChooser(random: random))
    walk.stories.utf8.reserveCapacity(count * 1000)
    walk.stories.trace.reserve(count * 200)
    for _ in 0..<count { walk.tell() }
    return walk.stories
  }

  /// The stories again, from the text alone: the same walk, where the text says which alternative was chosen. Nil if it
  /// isn't a text of this grammar.
  public func read(_ utf8: [UInt8]) -> Stories? {
    var walk = StoryWalk(grammar: self, chooser: ReadingChooser(source: utf8))
    while walk.stories.utf8.count < utf8.count, !walk.isLost { walk.tell() }
    return !walk.isLost && walk.stories.utf8 == utf8 ? walk.stories : nil
  }

  /// Each pair of alternatives of which one's head starts with the other's, at any choice met in reading `utf8`; a
  /// proof that the derivation is unique if it is empty and `read` isn't nil.
  public func ambiguities(in utf8: [UInt8]) -> Set<String> {
    var walk = StoryWalk(grammar: self, chooser: AmbiguityFinder(source: utf8))
    while walk.stories.utf8.count < utf8.count, !walk.isLost { walk.tell() }
    return walk.chooser.found
  }
}

/// What a pronoun must agree with.
enum Gender: UInt8, Sendable {
  case none, she, he
}

/// A form of the third person, named by its masculine.
enum Pronoun: String, CaseIterable, Sendable {
  case he, him, his, himself
  case He, Him, His, Himself

  private static let feminine: [Pronoun: String] = [
    .he: "she", .him: "her", .his: "her", .himself: "herself",
    .He: "She", .Him: "Her", .His: "Her", .Himself: "Herself",
  ]

  /// The bytes of each form, masculine before feminine, in the order of the cases.
  private static let forms: [[UInt8]] = allCases.flatMap { form in
    [Array(form.rawValue.utf8), Array(feminine[form, default: ""].utf8)]
  }

  var number: Int {
    switch self {
    case .he: 0
    case .him: 1
    case .his: 2
    case .himself: 3
    case .He: 4
    case .Him: 5
    case .His: 6
    case .Himself: 7
    }
  }

  func utf8(for gender: Gender) -> [UInt8] {
    Self.forms[2 * number + (gender == .she ? 1 : 0)]
  }
}
