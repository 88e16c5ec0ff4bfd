/// Turns text into tokens and back.
public struct Tokenizer: Sendable, Equatable {
  /// What a token is.
  public enum Kind: String, CaseIterable, Codable, Sendable {
    /// A Unicode scalar.
    case char
    /// A word, a punctuation mark or a line break; the spaces between are implied.
    case word
    /// A byte of the text's UTF-8.
    case byte
  }

  /// What a `word` vocabulary of limited size has for all other words.
  public static let unknown = "<unk>"

  /// What a token is.
  public let kind: Kind
  /// A token's text at its index. `char`: scalars in ascending order; `word`: the most frequent first, at equal
  /// frequency the one that comes first in the text, after `<unk>` at index 0 if the size was limited; `byte`: empty.
  public let vocabulary: [String]
  /// The number of different tokens.
  public var size: Int { kind == .byte ? 256 : vocabulary.count }

  /// The token of all words that the vocabulary lacks; nil where it has none.
  public var unknownToken: Int32? { kind == .word && vocabulary.first == Self.unknown ? 0 : nil }

  /// The index of each token.
  let index: TokenIndex

  /// The tokenizer whose vocabulary is all of a text, which is well-formed UTF-8.
  public init(kind: Kind, fittedTo utf8: [UInt8], vocabularySize: Int? = nil) {
    self.init(kind: kind, fittedToAll: [utf8[...]], vocabularySize: vocabularySize)
  }

  /// The tokenizer whose vocabulary is all of some texts, one after the other; no word reaches from one into the next. They are
  /// well-formed UTF-8.
  ///
  /// `vocabularySize` limits `word` alone, to that many tokens, of which the first is `<unk>`; without a limit there is
  /// no `<unk>`.
  public init(kind: Kind, fittedToAll texts: [ArraySlice<UInt8>], vocabularySize: Int? = nil) {
    precondition(vocabularySize.map { $0 > 0 } ?? true, "vocabulary of \(vocabularySize ?? 0) tokens")
    let vocabulary: [String] =
      switch kind {
      case .char: Self.characters(of: texts)
      case .word: Self.words(of: texts, limit: vocabularySize)
      case .byte: []
      }
    self.init(kind: kind, checked: vocabulary)
  }

  /// The tokenizer that was stored with a run's weights.
  public init(kind: Kind, vocabulary: [String]) throws(TokenizerError) {
    if kind == .byte {
      guard vocabulary.isEmpty else { throw .bytesHaveNoVocabulary(entries: vocabulary.count) }
    } else if vocabulary.isEmpty {
      throw .emptyVocabulary
    }
    var seen: Set<[UInt8]> = []
    for (position, entry) in vocabulary.enumerated() {
      let isOne =
        kind == .char
        ? entry.unicodeScalars.count == 1 : position == 0 && entry == Self.unknown || WordSplitter.isOneToken(entry)
      guard isOne else { throw .notOneToken(entry, kind: kind) }
      guard seen.insert(Array(entry.utf8)).inserted else { throw .duplicateEntry(entry) }
    }
    self.init(kind: kind, checked: vocabulary)
  }

  private init(kind: Kind, checked vocabulary: [String]) {
    self.kind = kind
    self.vocabulary = vocabulary
    index = TokenIndex(vocabulary)
  }

  /// The tokens of well-formed UTF-8. Throws on a character or, without `<unk>`, a word that isn't in the vocabulary.
  ///
  /// In `word`, a token's bytes include the spaces before it, and spaces at the end count to the last token; text of
  /// nothing but spaces has no token that could stand for them.
  public func encode(_ utf8: [UInt8]) throws(TokenizerError) -> TokenizedText {
    try encode(utf8[...])
  }

  /// The tokens of a part of a text; the offsets in errors are those in the whole.
  public func encode(_ utf8: ArraySlice<UInt8>) throws(TokenizerError) -> TokenizedText {
    switch kind {
    case .char: try encodeCharacters(utf8)
    case .word: try encodeWords(utf8)
    case .byte: encodeBytes(utf8)
    }
  }

  /// The tokens of a prompt.
  public func encode(_ text: String) throws(TokenizerError) -> TokenizedText {
    try encode(Array(text.utf8)[...])
  }

  /// Readable text for tokens. `byte`: what isn't UTF-8 becomes U+FFFD, and so does a token beyond the vocabulary, which a model with more
  /// tokens may choose. `word`: with spaces where English has them.
  public func decode(_ tokens: some Sequence<Int32>) -> String {
    func text(_ token: Int32) -> String {
      vocabulary.indices.contains(Int(token)) ? vocabulary[Int(token)] : "\u{FFFD}"
    }
    return switch kind {
    case .char: tokens.reduce(into: "") { $0 += text($1) }
    case .word: WordJoiner.text(of: Array(tokens).lazy.map { text($0) })
    case .byte: String(decoding: tokens.map { UInt8(exactly: $0) ?? 0xFF }, as: UTF8.self)
    }
  }

  /// Tokenizers are equal if they give the same tokens.
  public static func == (a: Tokenizer, b: Tokenizer) -> Bool {
    // Bytes, as two strings of different scalars can be equal.
    a.kind == b.kind && a.vocabulary.count == b.vocabulary.count
      && zip(a.vocabulary, b.vocabulary).allSatisfy { $0.utf8.elementsEqual($1.utf8) }
  }
}
