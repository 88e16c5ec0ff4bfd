import Testing

@testable import Model

@Suite(.timeLimit(.minutes(10)))
struct TokensTests {
  /// More than a piece's length: words, lines of odd lengths, characters of every width, spaces at the end.
  private static let text: String = {
    let lines = (0..<120_000).map { line in
      String(repeating: "word\(line % 97), ", count: line % 5) + ["größe", "中文字", "😀 end", "x\r"][line % 4]
    }
    return lines.joined(separator: "\n") + "\n   "
  }()

  @Test("A text that is encoded in pieces has the tokens and lengths of the whole", arguments: Tokenizer.Kind.allCases)
  func pieces(kind: Tokenizer.Kind) throws {
    let corpus = Corpus(name: "x", text: Self.text)
    #expect(corpus.utf8.count > 2 << 20)
    let tokenizer = Tokenizer(kind: kind, fittedTo: corpus.utf8)
    let tokenized = try TokenizedCorpus(corpus: corpus, tokenizer: tokenizer, validationFraction: 0.5)
    let split = corpus.split(validationFraction: 0.5, tokens: kind)
    #expect(Array(tokenized.training) == (try tokenizer.encode(corpus.utf8[split.training])).tokens)
    let heldOut = try tokenizer.encode(corpus.utf8[split.validation])
    #expect(Array(tokenized.validation) == heldOut.tokens)
    for range in [0..<1, 1..<2, 5..<1000, 0..<heldOut.tokens.count] {
      #expect(tokenized.source(ofTokens: range).count == heldOut.byteLengths[range].reduce(0) { $0 + Int($1) })
    }
    // The text, and at most a byte for each character, of the held-out ones two.
    if kind != .word { #expect(tokenized.memoryOfTokens <= 3 * corpus.utf8.count / 2) }
  }
}
