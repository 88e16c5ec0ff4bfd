/// A corpus as tokens, parted into text to learn from and text held out.
public struct TokenizedCorpus: Sendable {
  /// The text.
  public let corpus: Corpus
  /// The tokenizer, whose vocabulary covers both parts.
  public let tokenizer: Tokenizer
  /// The tokens to learn from.
  public let training: [Int32]
  /// The tokens held out.
  public let validation: [Int32]

  /// The offset in the corpus where validation token i starts, and after the last where it ends.
  private let validationOffsets: [Int]
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
    training = try tokenizer.encode(corpus.utf8[trainingRange]).tokens
    let heldOut = try tokenizer.encode(corpus.utf8[validationRange])
    validation = heldOut.tokens
    var offset = validationRange.lowerBound
    validationOffsets =
      [offset]
      + heldOut.byteLengths.map { length in
        offset += Int(length)
        return offset
      }
  }

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
    return validationOffsets[range.lowerBound]..<validationOffsets[range.upperBound]
  }
}
