/// Decides which alternative of a rule comes next.
protocol StoryChooser {
  /// The index of an alternative in the grammar's list, or nil if none will do.
  mutating func choose(_ rule: StoryGrammar.Rule, in walk: StoryState, of grammar: StoryGrammar) -> Int?
}

/// What has been told so far in a walk.
struct StoryState {
  /// A name or a thing that was drawn, for later.
  struct Slot {
    var text: [UInt8] = []
    var gender = Gender.none
  }

  var stories = StoryGrammar.Stories()
  var slots: [Slot]
}

/// A walk through the grammar from its first rule. Telling, reading and checking are the same walk: they differ only in
/// who chooses.
struct StoryWalk<Chooser: StoryChooser> {
  let grammar: StoryGrammar
  var chooser: Chooser
  private var state: StoryState
  /// Whether the chooser found no alternative; the walk is over then.
  private(set) var isLost = false

  var stories: StoryGrammar.Stories {
    get { state.stories }
    _modify { yield &state.stories }
  }

  init(grammar: StoryGrammar, chooser: Chooser) {
    self.grammar = grammar
    self.chooser = chooser
    state = StoryState(slots: Array(repeating: .init(), count: grammar.slotNames.count))
  }

  /// Tells one story more.
  mutating func tell() {
    if !stories.utf8.isEmpty { stories.utf8.append(UInt8(ascii: "\n")) }
    stories.starts.append(stories.utf8.count)
    follow(rule: 0, slot: nil)
    stories.utf8.append(UInt8(ascii: "\n"))
  }

  private mutating func follow(rule number: Int, slot: Int?) {
    let rule = grammar.rules[number]
    guard !isLost, let choice = chooser.choose(rule, in: state, of: grammar) else {
      isLost = true
      return
    }
    let alternative = grammar.alternatives[choice]
    let start = stories.utf8.count
    // A rule of one alternative is no choice.
    if rule.alternatives.count > 1 { stories.trace.append(offset: start, nats: alternative.nats) }
    for piece in alternative.pieces {
      if case .choice(let rule, let slot) = grammar.pieces[piece] {
        follow(rule: rule, slot: slot)
      } else {
        grammar.appendKnown(grammar.pieces[piece], slots: state.slots, to: &stories.utf8)
      }
    }
    if let slot { state.slots[slot] = .init(text: Array(stories.utf8[start...]), gender: alternative.gender) }
  }
}

/// Draws by weight.
struct RandomChooser: StoryChooser {
  var random: RandomStream

  mutating func choose(_ rule: StoryGrammar.Rule, in state: StoryState, of grammar: StoryGrammar) -> Int? {
    if rule.alternatives.count == 1 { return rule.alternatives.lowerBound }
    let ticket = rule.tickets.lowerBound + random.integer(below: rule.tickets.count)
    return rule.alternatives.lowerBound + Int(grammar.tickets[ticket])
  }
}

/// Takes the alternative whose head the source goes on with.
struct ReadingChooser: StoryChooser {
  let source: [UInt8]
  private var head: [UInt8] = []

  init(source: [UInt8]) { self.source = source }

  mutating func choose(_ rule: StoryGrammar.Rule, in state: StoryState, of grammar: StoryGrammar) -> Int? {
    if rule.alternatives.count == 1 { return rule.alternatives.lowerBound }
    let rest = source[min(state.stories.utf8.count, source.count)...]
    for candidate in rule.alternatives {
      grammar.renderHead(of: candidate, slots: state.slots, to: &head)
      if rest.starts(with: head) { return candidate }
    }
    return nil
  }
}

/// Reads, and compares the heads at each choice that is met.
struct AmbiguityFinder: StoryChooser {
  var found: Set<String> = []
  private var reader: ReadingChooser
  /// Heads that were compared before; a rule's heads differ only with the names in them.
  private var seen: Set<[[UInt8]]> = []

  init(source: [UInt8]) { reader = ReadingChooser(source: source) }

  mutating func choose(_ rule: StoryGrammar.Rule, in state: StoryState, of grammar: StoryGrammar) -> Int? {
    if rule.alternatives.count > 1 {
      let heads = rule.alternatives.map { candidate in
        var head: [UInt8] = []
        grammar.renderHead(of: candidate, slots: state.slots, to: &head)
        return head
      }
      if seen.insert(heads).inserted { compare(heads) }
    }
    return reader.choose(rule, in: state, of: grammar)
  }

  private mutating func compare(_ heads: [[UInt8]]) {
    for (index, head) in heads.enumerated() {
      for (other, longer) in heads.enumerated() where other != index && longer.starts(with: head) {
        let (long, short) = (String(decoding: longer, as: UTF8.self), String(decoding: head, as: UTF8.self))
        found.insert("\"\(long)\" starts with \"\(short)\"")
      }
    }
  }
}

extension StoryGrammar {
  /// What alternative `index` starts with, whatever is chosen in it.
  func renderHead(of index: Int, slots: [StoryState.Slot], to head: inout [UInt8]) {
    head.removeAll(keepingCapacity: true)
    for piece in pieces[alternatives[index].pieces.prefix(alternatives[index].headCount)] {
      appendKnown(piece, slots: slots, to: &head)
    }
  }

  /// The text of a piece that isn't a choice.
  @inline(__always)
  func appendKnown(_ piece: Piece, slots: [StoryState.Slot], to text: inout [UInt8]) {
    switch piece {
    case .literal(let range): text.append(contentsOf: letters[range])
    case .recall(let slot): text.append(contentsOf: slots[slot].text)
    case .pronoun(let form, let slot): text.append(contentsOf: form.utf8(for: slots[slot].gender))
    case .choice: break
    }
  }
}
