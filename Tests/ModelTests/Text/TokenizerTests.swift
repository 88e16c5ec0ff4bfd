import Model
import Testing

@Suite(.timeLimit(.minutes(10)))
struct TokenizerTests {
  private static let odd = [
    "", "a", "é", "e\u{301}", "👩‍🚀👍🏽", "a\r\nb\rc\n", "no end", "tab\tand  two  spaces  ", "non\u{A0}breaking", " leading",
    String(repeating: "long", count: 5000), "don't stop-gap -- 'quoted' dogs'", "中文。\n\n日本", "\u{FEFF}mark",
    "\"Hi,\" (he) said: [yes]; no…",
  ]

  @Test("Byte lengths sum to the source's bytes, whatever the text", arguments: Tokenizer.Kind.allCases, odd)
  func byteLengths(kind: Tokenizer.Kind, text: String) throws {
    let tokenizer = Tokenizer(kind: kind, fittedTo: Array(text.utf8))
    let encoding = try tokenizer.encode(text)
    #expect(encoding.tokens.count == encoding.byteLengths.count)
    #expect(encoding.byteLengths.reduce(0) { $0 + Int($1) } == text.utf8.count)
    #expect(encoding.tokens.allSatisfy { $0 >= 0 && Int($0) < tokenizer.size })
  }

  @Test("char and byte give any text back, byte for byte", arguments: [Tokenizer.Kind.char, .byte], odd)
  func roundTrip(kind: Tokenizer.Kind, text: String) throws {
    let tokenizer = Tokenizer(kind: kind, fittedTo: Array(text.utf8))
    #expect(Array(tokenizer.decode(try tokenizer.encode(text).tokens).utf8) == Array(text.utf8))
  }

  @Test("Every kind gives the built-in corpus back exactly", arguments: Tokenizer.Kind.allCases)
  func stories(kind: Tokenizer.Kind) throws {
    let utf8 = Corpus.stories.utf8
    let tokenizer = Tokenizer(kind: kind, fittedTo: utf8)
    let encoding = try tokenizer.encode(utf8)
    #expect(Array(tokenizer.decode(encoding.tokens).utf8) == utf8)
    #expect(tokenizer.size == [.char: 56, .word: 805, .byte: 256][kind])
    #expect(try Tokenizer(kind: kind, vocabulary: tokenizer.vocabulary) == tokenizer)
  }

  @Test("A char vocabulary is the Unicode scalars in ascending order")
  func characters() throws {
    let tokenizer = Tokenizer(kind: .char, fittedTo: Array("be\u{301}a\n😀a".utf8))
    let scalars = tokenizer.vocabulary.flatMap { $0.unicodeScalars.map(\.value) }
    #expect(scalars == [10, 97, 98, 101, 0x301, 0x1F600])
    let encoding = try tokenizer.encode("e\u{301}😀")
    #expect(encoding.tokens == [3, 4, 5])
    #expect(encoding.byteLengths == [1, 2, 4])
  }

  @Test(
    "Words, punctuation marks and line breaks are tokens",
    arguments: [
      ("Don't stop-gap, 'now'!", ["Don't", "stop-gap", ",", "'", "now", "'", "!"]),
      ("a\r\n\r\nb\rc\n", ["a", "\r\n", "\r\n", "b", "\r", "c", "\n"]),
      ("ab12 -x- 3.5", ["ab12", "-", "x", "-", "3", ".", "5"]),
      ("caf\u{E9} cafe\u{301} l’eau", ["caf\u{E9}", "cafe\u{301}", "l’eau"]),
      ("a\u{A0}b\t c", ["a", "b", "c"]),
      ("ok👍!❤\u{FE0F}", ["ok", "👍", "!", "❤\u{FE0F}"]),
      ("end'", ["end", "'"]),
    ])
  func words(text: String, tokens: [String]) throws {
    let tokenizer = Tokenizer(kind: .word, fittedTo: Array(text.utf8))
    let found = try tokenizer.encode(text).tokens.map { tokenizer.vocabulary[Int($0)] }
    #expect(found.map { Array($0.utf8) } == tokens.map { Array($0.utf8) })
  }

  @Test("A word's bytes include the spaces before it, the last one's also those after it")
  func spaces() throws {
    let tokenizer = Tokenizer(kind: .word, fittedTo: Array("a bc\t\td  ".utf8))
    #expect(try tokenizer.encode("  a bc\t\td  ").byteLengths == [3, 3, 5])
    #expect(try tokenizer.encode("   ") == TokenizedText())
  }

  @Test(
    "Words are joined with the spaces that English has",
    arguments: [
      "\"Hi,\" said Tom. \"It's (very) late; go!\"", "He said: \"No.\"\n\"Why?\" she asked.", "One [two] {three}",
      "'Yes,' he said.", "“Oh…” she sighed.", "a\r\nb\n\n\nc", "It costs $5 or 10%, stop-gap.",
    ])
  func joining(text: String) throws {
    let tokenizer = Tokenizer(kind: .word, fittedTo: Array(text.utf8))
    #expect(Array(tokenizer.decode(try tokenizer.encode(text).tokens).utf8) == Array(text.utf8))
  }

  @Test("Double spaces and tabs become one space")
  func normalizing() throws {
    let tokenizer = Tokenizer(kind: .word, fittedTo: Array("a  b\tc ,".utf8))
    #expect(tokenizer.decode(try tokenizer.encode("a  b\tc ,").tokens) == "a b c,")
  }

  @Test("The most frequent words come first, then the first to appear")
  func order() {
    let text = Array("the cat, the dog, the cat. A bird".utf8)
    #expect(Tokenizer(kind: .word, fittedTo: text).vocabulary == ["the", "cat", ",", "dog", ".", "A", "bird"])
    #expect(Tokenizer(kind: .word, fittedTo: text, vocabularySize: 3).vocabulary == ["<unk>", "the", "cat"])
    #expect(Tokenizer(kind: .word, fittedTo: text, vocabularySize: 1).vocabulary == ["<unk>"])
    #expect(Tokenizer(kind: .word, fittedTo: text, vocabularySize: 99).size == 8)
    #expect(Tokenizer(kind: .char, fittedTo: text, vocabularySize: 3).size > 3)
  }

  @Test("With a limited vocabulary, other words are unknown, and keep their bytes")
  func unknown() throws {
    let tokenizer = Tokenizer(kind: .word, fittedTo: Array("the cat the dog".utf8), vocabularySize: 2)
    let encoding = try tokenizer.encode("the <unk> zebra")
    #expect(encoding.tokens == [1, 0, 0, 0, 0])
    #expect(encoding.byteLengths == [3, 2, 3, 1, 6])
    #expect(tokenizer.decode([1, 0]) == "the <unk>")
  }

  @Test("byte repairs what isn't UTF-8")
  func repair() throws {
    let tokenizer = Tokenizer(kind: .byte, fittedTo: [])
    #expect(tokenizer.decode([97, 0xC3, 98, 0xC3, 0xA9]) == "a\u{FFFD}bé")
    #expect(tokenizer.vocabulary.isEmpty && tokenizer.size == 256)
  }

  @Test("What the vocabulary hasn't is named, with its offset in the whole text")
  func missing() throws {
    let text = Array("abé".utf8)
    let characters = Tokenizer(kind: .char, fittedTo: Array("ab".utf8))
    #expect(throws: TokenizerError.unknownCharacter("é", byteOffset: 2)) { try characters.encode(text) }
    #expect(throws: TokenizerError.unknownCharacter("é", byteOffset: 2)) { try characters.encode(text[1...]) }
    let words = Tokenizer(kind: .word, fittedTo: Array("the cat".utf8))
    let other = Array("the cat  sat".utf8)
    #expect(throws: TokenizerError.unknownWord("sat", byteOffset: 9)) { try words.encode(other) }
    #expect(throws: TokenizerError.unknownWord("sat", byteOffset: 9)) { try words.encode(other[4...]) }
  }

  @Test(
    "A stored vocabulary is checked",
    arguments: [
      (.char, [], .emptyVocabulary), (.word, [], .emptyVocabulary),
      (.char, ["a", "b", "a"], .duplicateEntry("a")), (.word, ["<unk>", "a", "a"], .duplicateEntry("a")),
      (.char, ["a", "bc"], .notOneToken("bc", kind: .char)), (.char, [""], .notOneToken("", kind: .char)),
      (.word, ["a b"], .notOneToken("a b", kind: .word)), (.word, [" a"], .notOneToken(" a", kind: .word)),
      (.word, [""], .notOneToken("", kind: .word)), (.word, ["a", "<unk>"], .notOneToken("<unk>", kind: .word)),
      (.byte, ["a"], .bytesHaveNoVocabulary(entries: 1)),
    ] as [(Tokenizer.Kind, [String], TokenizerError)])
  func vocabularies(kind: Tokenizer.Kind, vocabulary: [String], error: TokenizerError) {
    #expect(throws: error) { try Tokenizer(kind: kind, vocabulary: vocabulary) }
  }

  @Test("Scalars that look the same are different entries")
  func sameLook() throws {
    let angstrom = try Tokenizer(kind: .char, vocabulary: ["\u{C5}", "\u{212B}"])
    #expect(try angstrom.encode("\u{212B}").tokens == [1])
    #expect(try angstrom != Tokenizer(kind: .char, vocabulary: ["\u{212B}", "\u{C5}"]))
  }

  @Test(
    "Errors name the text and the remedy",
    arguments: [
      (
        .unknownCharacter("é", byteOffset: 17),
        "the character \"é\" (U+00E9) at byte 17 isn't in the vocabulary. "
          + "Leave it out, or train with \"tokenizer\": \"byte\"."
      ),
      (
        .unknownWord("zebra", byteOffset: 4),
        "the word \"zebra\" at byte 4 isn't in the vocabulary. "
          + "Use words of the corpus, or train with \"tokenizer\": \"char\"."
      ),
      (.emptyVocabulary, "the vocabulary is empty. Train the run again."),
      (.duplicateEntry("a"), "the vocabulary has \"a\" twice. Train the run again."),
      (
        .notOneToken("a b", kind: .word),
        "the vocabulary has \"a b\", which isn't one token of the tokenizer \"word\". Train the run again."
      ),
      (
        .bytesHaveNoVocabulary(entries: 3),
        "the vocabulary has 3 entries, but the tokenizer \"byte\" needs none. Train the run again."
      ),
    ] as [(TokenizerError, String)])
  func wording(error: TokenizerError, text: String) {
    #expect("\(error)" == text)
  }
}
