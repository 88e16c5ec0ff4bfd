import Model
import Testing

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
    #expect(tokenized.validationBytes(ofTokens: 0..<count) == 10)
    #expect(tokenized.validationBytes(ofTokens: 1..<1) == 0)
    #expect(tokenized.floor(ofTokens: 0..<count) == nil)
  }

  @Test("Bytes of a few tokens are those of their source, spaces and all")
  func bytes() throws {
    let corpus = Corpus(name: "x.txt", text: "a\nté  b\n")
    let tokenizer = Tokenizer(kind: .word, fittedTo: corpus.utf8)
    let tokenized = try TokenizedCorpus(corpus: corpus, tokenizer: tokenizer, validationFraction: 0.9)
    #expect(tokenized.validation.count == 3)
    #expect((0..<3).map { tokenized.validationBytes(ofTokens: $0..<$0 + 1) } == [3, 3, 1])
  }

  @Test("All tokenizers have one floor on the built-in corpus", arguments: Tokenizer.Kind.allCases)
  func floors(kind: Tokenizer.Kind) throws {
    let corpus = Corpus.stories
    let tokenizer = Tokenizer(kind: kind, fittedTo: corpus.utf8)
    let tokenized = try TokenizedCorpus(corpus: corpus, tokenizer: tokenizer, validationFraction: 0.1)
    let count = tokenized.validation.count
    let validation = corpus.split(validationFraction: 0.1).validation
    #expect(tokenized.validationBytes(ofTokens: 0..<count) == validation.count)
    let whole = try #require(tokenized.floor(ofTokens: 0..<count))
    #expect(whole == corpus.information(in: validation))
    let halves =
      try #require(tokenized.floor(ofTokens: 0..<count / 2)) + #require(tokenized.floor(ofTokens: count / 2..<count))
    #expect(abs(whole - halves) < 1e-6)
    #expect(tokenized.floor(ofTokens: 5..<5) == 0)
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
