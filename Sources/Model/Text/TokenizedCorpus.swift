/// A corpus as tokens, parted into text to learn from and text held out.
public struct TokenizedCorpus: Sendable {
  /// The text.
  public let corpus: Corpus
  /// The tokenizer, whose vocabulary covers both parts.
  public let tokenizer: Tokenizer
  /// The tokens to learn from.
  public let training: Tokens
  /// The tokens held out.
  public let validation: Tokens

  /// Where the held-out text begins in the corpus.
  private let validationStart: Int
  /// Bytes of text that each held-out token stands for; nil where it is one byte for each.
  private let validationLengths: Tokens?
  /// Whether the text is cut within a line, at the nearest token.
  public let isCutWithinLine: Bool

  /// Cuts the text, then encodes the parts: a token never reaches across the cut. `validationFraction` is as in
  /// `Corpus.split`. Throws if the text has something that the tokenizer wasn't fitted to.
  public init(corpus: Corpus, tokenizer: Tokenizer, validationFraction: Double) throws(TokenizerError) {
    let split = corpus.split(validationFraction: validationFraction, tokens: tokenizer.kind)
    let (trainingRange, validationRange) = (split.training, split.validation)
    isCutWithinLine = split.isWithinLine
    self.corpus = corpus
    self.tokenizer = tokenizer
    training = try Self.encode(trainingRange, of: corpus, by: tokenizer).tokens
    (validation, validationLengths) = try Self.encode(validationRange, of: corpus, by: tokenizer, keepsLengths: true)
    validationStart = validationRange.lowerBound
  }

  /// Encodes a part of the text in pieces, so that the tokens never take four bytes each all at once.
  private static func encode(
    _ range: Range<Int>, of corpus: Corpus, by tokenizer: Tokenizer, keepsLengths: Bool = false
  ) throws(TokenizerError) -> (tokens: Tokens, lengths: Tokens?) {
    // A word is several bytes, a character mostly one.
    var tokens = Tokens(vocabularySize: tokenizer.size, capacity: tokenizer.kind == .word ? 0 : range.count)
    // A word may have any number of spaces before it, and a character has four bytes at most.
    var lengths = Tokens(vocabularySize: tokenizer.kind == .word ? .max : 5)
    var start = range.lowerBound
    while start < range.upperBound {
      let end = corpus.endOfPiece(from: start, in: range, tokenizer.kind)
      let piece = try tokenizer.encode(corpus.utf8[start..<end])
      tokens.append(piece.tokens)
      if keepsLengths, tokenizer.kind != .byte { lengths.append(piece.byteLengths) }
      start = end
    }
    return (tokens, keepsLengths && tokenizer.kind != .byte ? lengths : nil)
  }

  /// Bytes of memory that text and tokens take.
  public var memory: Int { corpus.utf8.count + training.memory + validation.memory + (validationLengths?.memory ?? 0) }

  /// The number of UTF-8 bytes of source text behind a range of validation tokens.
  public func validationBytes(ofTokens range: Range<Int>) -> Int {
    source(ofTokens: range).count
  }

  /// Nats of information in the source text behind a range of validation tokens, in all: the loss, summed over these
  /// tokens, that no model can be expected to train below. Nil where it isn't known, for text from a file.
  public func floor(ofTokens range: Range<Int>) -> Double? {
    corpus.information(in: source(ofTokens: range))
  }

  private func source(ofTokens range: Range<Int>) -> Range<Int> {
    precondition(
      range.lowerBound >= 0 && range.upperBound <= validation.count, "\(range) isn't in 0..<\(validation.count)")
    func offset(_ token: Int) -> Int {
      validationStart + (validationLengths.map { $0.prefix(token).reduce(0) { $0 + Int($1) } } ?? token)
    }
    return offset(range.lowerBound)..<offset(range.upperBound)
  }
}

extension Corpus {
  /// Where a piece of about a megabyte ends that begins at `start`: its tokens are those of the whole text. Characters and bytes may be
  /// parted anywhere; words after a line end.
  fileprivate func endOfPiece(from start: Int, in range: Range<Int>, _ kind: Tokenizer.Kind) -> Int {
    let least = start + 1 << 20
    guard least < range.upperBound else { return range.upperBound }
    let rest = utf8[least..<range.upperBound]
    guard kind == .word else { return rest.firstIndex { $0 & 0xC0 != 0x80 } ?? range.upperBound }
    guard let end = rest.firstIndex(of: UInt8(ascii: "\n")).map({ $0 + 1 }) else { return range.upperBound }
    // Spaces at the end count to the token before them.
    let hasMore = utf8[end..<range.upperBound].contains { ![UInt8(ascii: " "), UInt8(ascii: "\t")].contains($0) }
    return hasMore ? end : range.upperBound
  }
}
