import Model
import Testing

@Suite(.timeLimit(.minutes(10)))
struct StoryGrammarTests {
  /// A mistaken grammar and a right one, small enough to check by hand.
  private static let ambiguous = StoryGrammar(
    rules: """
      story
        A <animal>
      animal
        cat / catfish / dog
      """)
  private static let small = StoryGrammar(
    rules: """
      story
        <name as hero> had a <toy as toy>. {He} lost {his} {toy}, and {hero} sat <how>.
      name
        Mia@she*3 / Max@he
      toy
        kite / ball
      how
        still. / alone with <name as friend>. {friend.He} hummed_
      """)

  @Test("The choices read back from the text of the corpus are the very ones it was told with")
  func reading() throws {
    let told = StoryGrammar.childrens.tell(1500, random: RandomStream(seed: 1, name: "stories"))
    #expect(told.utf8 == Corpus.stories.utf8)
    let read = try #require(StoryGrammar.childrens.read(told.utf8))
    #expect(read == told)
    #expect(read.starts.count == 1500)
    #expect(read.trace.total.last == told.trace.total.last)
  }

  @Test("No alternative's head is the start of another's at any choice met in the corpus")
  func prefixFree() {
    #expect(StoryGrammar.childrens.ambiguities(in: Corpus.stories.utf8) == [])
  }

  @Test("An alternative that starts with another one is found")
  func ambiguity() {
    #expect(Self.ambiguous.ambiguities(in: Array("A dog\n".utf8)) == ["\"catfish\" starts with \"cat\""])
  }

  @Test("Names are recalled, and pronouns agree with them")
  func agreement() throws {
    let text = "Mia had a kite. She lost her kite, and Mia sat alone with Max. He hummed .\n"
    let read = try #require(Self.small.read(Array(text.utf8)))
    // 3/4 for Mia, 1/2 for the kite, 1/2 for company, 1/4 for Max.
    let nats = try #require(read.trace.total.last)
    #expect(abs(nats - 3.060_270_794_691_2) < 1e-12)
    #expect(read.trace.offsets == [0, 10, 47, 58])
  }

  @Test(
    "Text that the grammar can't tell isn't read",
    arguments: [
      "Mia had a kite. He lost his kite, and Mia sat still..\n", "Mia had a kite.", "Mia had a ball", "Ann", "\n",
      "Mia had a kite. She lost her ball, and Mia sat still..\n",
      "Mia had a kite. She lost her kite, and Mia sat still..",
    ])
  func foreign(text: String) {
    #expect(Self.small.read(Array(text.utf8)) == nil)
  }

  @Test("The same stream tells the same stories, another one others")
  func determinism() {
    let (a, b) = (RandomStream(seed: 1, name: "a"), RandomStream(seed: 2, name: "a"))
    let first = StoryGrammar.childrens.tell(3, random: a)
    #expect(StoryGrammar.childrens.tell(3, random: a) == first)
    #expect(StoryGrammar.childrens.tell(3, random: b).utf8 != first.utf8)
    #expect(StoryGrammar.childrens.tell(0, random: a) == StoryGrammar.Stories())
  }

  @Test("Information in ranges adds up, and a range holds the choices that start in it")
  func ranges() {
    var trace = InformationTrace()
    for (offset, nats) in [(2, 1.0), (2, 2.0), (5, 4.0)] { trace.append(offset: offset, nats: nats) }
    #expect(trace.nats(in: 0..<2) == 0)
    #expect(trace.nats(in: 2..<3) == 3)
    #expect(trace.nats(in: 3..<5) == 0)
    #expect(trace.nats(in: 5..<6) == 4)
    #expect(trace.nats(in: 0..<100) == 7)
    #expect(InformationTrace().nats(in: 0..<9) == 0)
  }
}
