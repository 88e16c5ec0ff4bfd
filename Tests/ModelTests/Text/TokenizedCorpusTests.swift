import Testing

@testable import Model

@Suite(.timeLimit(.minutes(10)))
struct TokenizedCorpusTests {
  @Test("The parts are the encodings of the two sides of the cut", arguments: Tokenizer.Kind.allCases)
  func parts(kind: Tokenizer.Kind) throws {
    let corpus = Corpus(name: "x.txt", text: "One two.\nThree four.\nFive six.\n")
    let tokenizer = Tokenizer(kind: kind, fittedTo: corpus.utf8)
    let tokenized = try TokenizedCorpus(corpus: corpus, tokenizer: tokenizer, validationFraction: 0.4)
    #expect(tokenizer.decode(tokenized.training) == "One two.\nThree four.\n")
    #expect(tokenizer.decode(tokenized.validation) == "Five six.\n")
    let count = tokenized.validation.count
    #expect(tokenized.source(ofTokens: 0..<count).count == 10)
    #expect(tokenized.source(ofTokens: 1..<1).count == 0)
    #expect(tokenized.heldOut.information(in: 0..<10) == nil)
  }

  @Test("Bytes of a few tokens are those of their source, spaces and all")
  func bytes() throws {
    let corpus = Corpus(name: "x.txt", text: "a\nté  b\n")
    let tokenizer = Tokenizer(kind: .word, fittedTo: corpus.utf8)
    let tokenized = try TokenizedCorpus(corpus: corpus, tokenizer: tokenizer, validationFraction: 0.9)
    #expect(tokenized.validation.count == 3)
    #expect((0..<3).map { tokenized.source(ofTokens: $0..<$0 + 1).count } == [3, 3, 1])
  }

  @Test("All tokenizers have one floor on the built-in corpus", arguments: Tokenizer.Kind.allCases)
  func floors(kind: Tokenizer.Kind) throws {
    let corpus = Corpus.stories
    let tokenizer = Tokenizer(kind: kind, fittedTo: corpus.utf8)
    let tokenized = try TokenizedCorpus(corpus: corpus, tokenizer: tokenizer, validationFraction: 0.1)
    let count = tokenized.validation.count
    let validation = corpus.split(validationFraction: 0.1).validation
    #expect(tokenized.source(ofTokens: 0..<count).count == validation.count)
    func floor(_ tokens: Range<Int>) throws -> Double {
      try #require(tokenized.heldOut.information(in: tokenized.source(ofTokens: tokens)))
    }
    let whole = try floor(0..<count)
    #expect(whole == corpus.information(in: validation))
    let halves = try floor(0..<count / 2) + floor(count / 2..<count)
    #expect(abs(whole - halves) < 1e-6)
    #expect(try floor(5..<5) == 0)
  }

  @Test("Fraction 0 holds nothing out, and 1 leaves nothing to learn", arguments: [0.0, 1.0])
  func extremes(fraction: Double) throws {
    let corpus = Corpus(name: "x.txt", text: "One two.\nThree.\n")
    let tokenizer = Tokenizer(kind: .byte, fittedTo: corpus.utf8)
    let tokenized = try TokenizedCorpus(corpus: corpus, tokenizer: tokenizer, validationFraction: fraction)
    #expect((fraction == 0 ? tokenized.validation : tokenized.training).isEmpty)
    #expect(tokenized.training.count + tokenized.validation.count == corpus.utf8.count)
  }

  @Test("Text that the tokenizer wasn't fitted to is refused")
  func foreign() {
    let corpus = Corpus(name: "x.txt", text: "abc")
    let tokenizer = Tokenizer(kind: .char, fittedTo: Array("ab".utf8))
    #expect(throws: TokenizerError.unknownCharacter("c", byteOffset: 2)) {
      try TokenizedCorpus(corpus: corpus, tokenizer: tokenizer, validationFraction: 0.1)
    }
  }
}
