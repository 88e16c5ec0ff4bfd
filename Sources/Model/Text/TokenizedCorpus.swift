/// A corpus as tokens, parted into text to learn from and text held out.
public struct TokenizedCorpus: Sendable {
  /// The text to learn from, a part of which is held out unless another text is.
  public let corpus: Corpus
  /// The tokenizer, whose vocabulary covers both parts.
  public let tokenizer: Tokenizer
  /// The tokens to learn from.
  public let training: Tokens
  /// The tokens held out.
  public let validation: Tokens
  /// SHA-256 of the held-out text, in hexadecimal.
  public let heldOutSHA256: String

  /// The held-out text.
  let heldOut: HeldOutText
  /// Bytes of text that each held-out token stands for; nil where it is one byte for each.
  private let validationLengths: Tokens?
  /// Spells the words that are unknown; nil where all are known.
  let speller: SpellingModel?
  /// Whether the text is cut within a line, at the nearest token.
  public let isCutWithinLine: Bool

  /// Cuts the text, then encodes the parts: a token never reaches across the cut. `validationFraction` is as in
  /// `Corpus.split`. Throws if the text has something that the tokenizer wasn't fitted to.
  public init(corpus: Corpus, tokenizer: Tokenizer, validationFraction: Double) throws(TokenizerError) {
    try self.init(
      corpus: corpus, holdingOut: .tail(validationFraction, beforeWord: false), validation: nil, fit: { _ in tokenizer }
    )
  }

  /// Parts the text, fits the tokenizer to all of it, held-out text included, and encodes the parts. Where many parts are held out, what is
  /// left is put together in its order, and so are they: a window may reach over a joint, at which a line or a document ends.
  ///
  /// - Parameters:
  ///   - validation: The held-out text where `holdOut` is `.none`; else nil.
  ///   - vocabularySize: As in `Tokenizer`.
  public init(
    corpus: Corpus, holdingOut holdOut: HoldOut, validation: Corpus? = nil, kind: Tokenizer.Kind,
    vocabularySize: Int? = nil
  ) throws(TokenizerError) {
    try self.init(corpus: corpus, holdingOut: holdOut, validation: validation, kind: kind) { texts in
      Tokenizer(kind: kind, fittedToAll: texts, vocabularySize: vocabularySize)
    }
  }

  /// The same with the tokenizer that some weights were trained with. Throws if the text has something that it doesn't know.
  public init(
    corpus: Corpus, holdingOut holdOut: HoldOut, validation: Corpus? = nil, tokenizer: Tokenizer
  ) throws(TokenizerError) {
    try self.init(corpus: corpus, holdingOut: holdOut, validation: validation, kind: tokenizer.kind) { _ in tokenizer }
  }

  private init(
    corpus: Corpus, holdingOut holdOut: HoldOut, validation other: Corpus?, kind: Tokenizer.Kind? = nil,
    fit: ([ArraySlice<UInt8>]) -> Tokenizer
  ) throws(TokenizerError) {
    precondition((holdOut == .none) == (other != nil), "\(holdOut) with\(other == nil ? "out" : "") a text of its own")
    let parts = corpus.parts(holdOut, tokens: kind ?? fit([]).kind)
    var texts = [corpus.utf8[...]]
    // A mark may end a document within a word.
    if case .documents(_, .some) = holdOut {
      texts = (parts.training + parts.heldOut).sorted { $0.lowerBound < $1.lowerBound }.map { corpus.utf8[$0] }
    }
    let tokenizer = fit(texts + (other.map { [$0.utf8[...]] } ?? []))
    isCutWithinLine = parts.isCutWithinLine
    self.corpus = corpus
    self.tokenizer = tokenizer
    heldOut =
      other.map { HeldOutText(corpus: $0, parts: [0..<$0.utf8.count], knowsInformation: true) }
      ?? HeldOutText(corpus: corpus, parts: parts.heldOut, knowsInformation: corpus.areWhole(parts.heldOut))
    heldOutSHA256 = heldOut.sha256
    training = try Self.encode(parts.training, of: corpus, by: tokenizer).tokens
    (validation, validationLengths) = try Self.encode(
      heldOut.parts, of: heldOut.corpus, by: tokenizer, keepsLengths: true)
    speller = Self.speller(tokenizer, trainedOn: parts.training, of: corpus)
  }

  /// Fits a model of spelling to the unknown words of the text that is learned from.
  private static func speller(
    _ tokenizer: Tokenizer, trainedOn parts: [Range<Int>], of corpus: Corpus
  ) -> SpellingModel? {
    guard tokenizer.unknownToken != nil else { return nil }
    var speller = SpellingModel()
    for part in parts { tokenizer.forEachUnknownWord(of: corpus.utf8[part]) { speller.add($0) } }
    return speller
  }

  /// Encodes parts of a text in pieces, so that the tokens never take four bytes each all at once.
  private static func encode(
    _ parts: [Range<Int>], of corpus: Corpus, by tokenizer: Tokenizer, keepsLengths: Bool = false
  ) throws(TokenizerError) -> (tokens: Tokens, lengths: Tokens?) {
    // A word is several bytes, a character mostly one.
    var tokens = Tokens(
      vocabularySize: tokenizer.size, capacity: tokenizer.kind == .word ? 0 : parts.reduce(0) { $0 + $1.count })
    // A word may have any number of spaces before it, and a character has four bytes at most.
    var lengths = Tokens(vocabularySize: tokenizer.kind == .word ? .max : 5)
    for part in parts {
      var start = part.lowerBound
      while start < part.upperBound {
        let end = corpus.endOfPiece(from: start, in: part, tokenizer.kind)
        let piece = try tokenizer.encode(corpus.utf8[start..<end])
        tokens.append(piece.tokens)
        if keepsLengths, tokenizer.kind != .byte { lengths.append(piece.byteLengths) }
        start = end
      }
    }
    return (tokens, keepsLengths && tokenizer.kind != .byte ? lengths : nil)
  }

  /// Bytes of memory that the tokens take.
  public var memoryOfTokens: Int { training.memory + validation.memory + (validationLengths?.memory ?? 0) }

  /// The text that the held-out tokens are of, or a part of it.
  public var heldOutCorpus: Corpus { heldOut.corpus }

  /// The texts: the one to learn from, and the held-out one where it is another.
  public var corpora: [Corpus] { heldOut.corpus.sha256 == corpus.sha256 ? [corpus] : [corpus, heldOut.corpus] }

  /// Bytes of text that a held-out token stands for.
  func bytes(ofToken place: Int) -> Int { validationLengths.map { Int($0[place]) } ?? 1 }

  /// Bytes of the held-out text that a range of its tokens stands for.
  func source(ofTokens range: Range<Int>) -> Range<Int> {
    precondition(
      range.lowerBound >= 0 && range.upperBound <= validation.count, "\(range) isn't in 0..<\(validation.count)")
    func offset(_ token: Int) -> Int { validationLengths.map { $0.prefix(token).reduce(0) { $0 + Int($1) } } ?? token }
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
