import Testing

@testable import Model

@Suite(.timeLimit(.minutes(10)))
struct HoldOutTests {
  /// What is learned from and what is held out, part by part.
  private func parts(_ text: String, _ holdOut: HoldOut) -> (training: [String], heldOut: [String]) {
    let corpus = Corpus(name: "x", text: text)
    let parts = corpus.parts(holdOut, tokens: .char)
    func texts(_ ranges: [Range<Int>]) -> [String] { ranges.map { String(decoding: corpus.utf8[$0], as: UTF8.self) } }
    return (texts(parts.training), texts(parts.heldOut))
  }

  @Test("Every n-th line with text is held out, and blank lines go with the line before")
  func lines() {
    let (training, heldOut) = parts("\na\nb\n\nc\nd\n \ne\nf\ng", .lines(every: 3))
    #expect(training == ["\na\nb\n\n", "d\n \ne\n", "g"])
    #expect(heldOut == ["c\n", "f\n"])
    #expect(parts("a\n\nb\n\nc\n\nd\n\n", .lines(every: 2)).heldOut == ["b\n\n", "d\n\n"])
    #expect(parts("a\r\nb\r\n  ", .lines(every: 2)).heldOut == ["b\r\n  "])
    #expect(parts("one line", .lines(every: 2)).heldOut == [])
  }

  @Test("Documents end with the blank lines behind them, or with their mark")
  func documents() {
    let (training, heldOut) = parts("\n\nA\na\n\nB\n \t\r\n\nC\nc\n\nD", .documents(every: 2, mark: nil))
    #expect(training == ["\n\nA\na\n\n", "C\nc\n\n"])
    #expect(heldOut == ["B\n \t\r\n\n", "D"])
    let marked = parts("one\n\n<>\ntwo<>\r\nthree<>four\n<>\n\n", .documents(every: 2, mark: "<>"))
    #expect(marked.training == ["one\n\n<>\n", "three<>"])
    #expect(marked.heldOut == ["two<>\r\n", "four\n<>\n\n"])
    #expect(parts("no mark here", .documents(every: 2, mark: "<>")).heldOut == [])
  }

  @Test("The parts cover the text, each byte once", arguments: 2...5)
  func cover(every: Int) {
    var random = RandomStream(seed: UInt64(every), name: "test")
    for _ in 0..<200 {
      let pieces = ["a", "é", "\n", "\n", "\r\n", " ", "%", "bc"]
      let text = "x" + (0..<random.integer(below: 40)).map { _ in pieces[random.integer(below: pieces.count)] }.joined()
      let corpus = Corpus(name: "x", text: text)
      for holdOut in [
        HoldOut.lines(every: every), .documents(every: every, mark: nil), .documents(every: every, mark: "%"),
      ] {
        let (training, heldOut, _) = corpus.parts(holdOut, tokens: .char)
        let sorted = (training + heldOut).sorted { $0.lowerBound < $1.lowerBound }
        #expect(sorted.first?.lowerBound == 0 && sorted.last?.upperBound == corpus.utf8.count)
        #expect(zip(sorted, sorted.dropFirst()).allSatisfy { $0.upperBound == $1.lowerBound }, "\(text)")
        #expect(sorted.allSatisfy { !$0.isEmpty })
        // Every tokenizer can encode them.
        for kind in Tokenizer.Kind.allCases {
          let tokenized = try? TokenizedCorpus(corpus: corpus, holdingOut: holdOut, kind: kind)
          #expect(
            tokenized?.source(ofTokens: 0..<(tokenized?.validation.count ?? 0)).count
              == heldOut.map(\.count).reduce(0, +))
        }
      }
    }
  }

  @Test("The documents of the stories are its stories, whose floor is known; of single lines of a story it isn't")
  func stories() throws {
    let corpus = Corpus.stories
    let documents = corpus.parts(.documents(every: 10, mark: nil), tokens: .char).heldOut
    #expect(documents.count == 150)
    #expect(corpus.areWhole(documents))
    let text = try TokenizedCorpus(corpus: corpus, holdingOut: .documents(every: 10, mark: nil), kind: .char)
    let all = text.evaluated(tokens: .max, contextLength: 1)
    let sum = documents.reduce(0.0) { $0 + (corpus.information(in: $1) ?? .nan) }
    // All but the first token.
    let first = try #require(corpus.information(in: documents[0].lowerBound..<documents[0].lowerBound + 1))
    #expect(abs((all.information ?? 0) - (sum - first)) < 1e-6)
    #expect(!corpus.areWhole([documents[0].lowerBound..<documents[0].upperBound - 9]))
    let own = Corpus(name: "own", text: String(decoding: corpus.utf8, as: UTF8.self))
    #expect(
      try TokenizedCorpus(corpus: own, holdingOut: .documents(every: 10, mark: nil), kind: .char)
        .evaluated(tokens: 100, contextLength: 10).information == nil)
  }

  @Test(
    "A text of its own is held out whole, and its words are a part of the vocabulary",
    arguments: Tokenizer.Kind.allCases)
  func ownText(kind: Tokenizer.Kind) throws {
    let (corpus, other) = (Corpus(name: "a", text: "a cat sat"), Corpus(name: "b", text: "the dog ä"))
    let text = try TokenizedCorpus(corpus: corpus, holdingOut: .none, validation: other, kind: kind)
    #expect(try Array(text.training) == text.tokenizer.encode("a cat sat").tokens)
    #expect(try Array(text.validation) == text.tokenizer.encode("the dog ä").tokens)
    #expect(text.heldOutSHA256 == other.sha256)
    // No word reaches from one text into the other.
    if kind == .word { #expect(!text.tokenizer.vocabulary.contains("satthe")) }
  }
}

/// Evaluation of the same bytes.
@Suite(.timeLimit(.minutes(10)))
struct EvaluatedTextTests {
  private func text(_ text: String, _ kind: Tokenizer.Kind, words: Int? = nil) throws -> TokenizedCorpus {
    let own = Corpus(name: "b", text: text)
    return try TokenizedCorpus(
      corpus: Corpus(name: "a", text: "zebra zoo zoo ant"), holdingOut: .none, validation: own, kind: kind,
      vocabularySize: words)
  }

  @Test(
    "The evaluated bytes begin where the first word ends and end with a word, at least one",
    arguments: [
      (1, " two"), (4, " two"), (5, " two,"), (11, " two,"), (12, " two,  three"), (14, " two,  three"),
      (15, " two,  three\n  "), (1000, " two,  three\n  "),
    ])
  func range(limit: Int, expected: String) throws {
    for kind in Tokenizer.Kind.allCases {
      let text = try text("one two,  three\n  ", kind)
      let evaluated = try #require(text.evaluated(bytes: limit))
      let bytes = text.source(ofTokens: evaluated.tokens)
      let source = String(decoding: text.heldOutCorpus.utf8[bytes], as: UTF8.self)
      #expect(source == expected, "\(kind)")
      #expect(evaluated.bytes == source.utf8.count)
    }
  }

  @Test("The same bytes are evaluated with every tokenizer, of every kind of text", arguments: 0..<60)
  func sameBytes(seed: Int) throws {
    var random = RandomStream(seed: UInt64(seed), name: "test")
    let pieces = ["a", "é", "\n", "\r\n", " ", "  ", ",", "don't", "bc", "\u{301}", "日本", "🦊", "\u{A0}", "."]
    let source = "x y " + (0..<60).map { _ in pieces[random.integer(below: pieces.count)] }.joined()
    let corpus = Corpus(name: "x", text: source)
    let holdOuts: [(HoldOut, Corpus?)] = [
      (.none, corpus), (.tail(0.5, beforeWord: true), nil), (.lines(every: 2), nil),
      (.documents(every: 2, mark: ","), nil),
    ]
    for (holdOut, validation) in holdOuts {
      let texts = try Tokenizer.Kind.allCases.map {
        try TokenizedCorpus(
          corpus: validation == nil ? corpus : Corpus(name: "z", text: "z"), holdingOut: holdOut,
          validation: validation,
          kind: $0)
      }
      #expect(Set(texts.map(\.heldOutSHA256)).count == 1)
      for limit in [1, 7, 20, 1000] {
        let ranges = texts.map { text in text.evaluated(bytes: limit).map { text.source(ofTokens: $0.tokens) } }
        #expect(Set(ranges).count == 1, "\(holdOut) \(limit)")
      }
    }
  }

  @Test("A text of a single word has nothing to evaluate by bytes")
  func singleWord() throws {
    for kind in Tokenizer.Kind.allCases { #expect(try text("word  ", kind).evaluated(bytes: 10) == nil) }
  }

  @Test("Unknown tokens are counted with their bytes, and bits per byte charge their spelling")
  func unknown() throws {
    // Of "zoo", "zebra", "ant", "the" the vocabulary keeps "zoo" and "the".
    let text = try text("the the the  gnu zoo äh", .word, words: 3)
    #expect(text.tokenizer.vocabulary == [Tokenizer.unknown, "zoo", "the"])
    let evaluated = text.evaluated(tokens: 5, contextLength: 1)
    #expect(evaluated.tokens == 1..<6)
    #expect(evaluated.bytes == 21)
    #expect(evaluated.unknownTokens == 2)
    #expect(evaluated.unknownBytes == 5 + 4)
    var speller = SpellingModel()
    for word in ["zebra", "ant"] { speller.add(word.utf8) }
    let spelling = speller.nats(of: "gnu".utf8) + speller.nats(of: "äh".utf8)
    #expect(evaluated.spelling == spelling)
    let ln2 = 0.6931471805599453
    #expect(abs(evaluated.bitsPerByte(2) - (2 * 5 + spelling) / ln2 / 21) < 1e-14)
    #expect(try self.text("the zoo", .word).evaluated(tokens: 1, contextLength: 1).spelling == 0)
  }

  @Test("The floor of a loss is absent where words are unknown, and that of bits per byte isn't")
  func floors() throws {
    let all = try TokenizedCorpus(corpus: .stories, holdingOut: .tail(0.1, beforeWord: false), kind: .word)
    let few = try TokenizedCorpus(
      corpus: .stories, holdingOut: .tail(0.1, beforeWord: false), kind: .word, vocabularySize: 100)
    let (known, unknown) = (
      all.evaluated(tokens: 640, contextLength: 64), few.evaluated(tokens: 640, contextLength: 64)
    )
    #expect(unknown.unknownTokens > 0)
    #expect(unknown.floorLoss == nil)
    #expect(known.floorLoss != nil)
    #expect(abs((known.floorBitsPerByte ?? 0) - (unknown.floorBitsPerByte ?? 1)) < 1e-12)
  }
}
