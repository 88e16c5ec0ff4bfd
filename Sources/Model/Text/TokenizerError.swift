/// Why a text can't be tokenized, or a stored vocabulary not be used.
public enum TokenizerError: Error, Equatable, CustomStringConvertible {
  /// A character that the vocabulary hasn't, and its byte offset in the text.
  case unknownCharacter(String, byteOffset: Int)
  /// A word that the vocabulary hasn't, and its byte offset in the text.
  case unknownWord(String, byteOffset: Int)
  /// A stored vocabulary without an entry.
  case emptyVocabulary
  /// An entry that stands twice in a stored vocabulary.
  case duplicateEntry(String)
  /// An entry of a `char` vocabulary that isn't one Unicode scalar, or of a `word` vocabulary that isn't one token.
  case notOneToken(String, kind: Tokenizer.Kind)
  /// Entries for `byte`, whose tokens are the 256 bytes.
  case bytesHaveNoVocabulary(entries: Int)

  /// The fact and the remedy, for the user.
  public var description: String {
    switch self {
    case .unknownCharacter: "\(fact). Leave it out, or train with \"tokenizer\": \"byte\"."
    case .unknownWord: "\(fact). Use words of the corpus, or train with \"tokenizer\": \"char\"."
    case .emptyVocabulary, .duplicateEntry, .notOneToken, .bytesHaveNoVocabulary: "\(fact). Train the run again."
    }
  }

  /// The fact alone, where the remedy is another.
  package var fact: String {
    switch self {
    case .unknownCharacter(let character, let byteOffset):
      "the character \"\(character)\" (\(Self.codePoints(of: character))) at byte \(byteOffset) isn't in the vocabulary"
    case .unknownWord(let word, let byteOffset):
      "the word \"\(Self.excerpt(word))\" at byte \(byteOffset) isn't in the vocabulary"
    case .emptyVocabulary: "the vocabulary is empty"
    case .duplicateEntry(let entry): "the vocabulary has \"\(Self.excerpt(entry))\" twice"
    case .notOneToken(let entry, let kind):
      "the vocabulary has \"\(Self.excerpt(entry))\", which isn't one token of the tokenizer \"\(kind.rawValue)\""
    case .bytesHaveNoVocabulary(let entries):
      "the vocabulary has \(entries) entries, but the tokenizer \"byte\" needs none"
    }
  }

  /// A word may have any length.
  private static func excerpt(_ text: String) -> String {
    text.unicodeScalars.count <= 60 ? text : String(String.UnicodeScalarView(text.unicodeScalars.prefix(57))) + "..."
  }

  private static func codePoints(of text: String) -> String {
    text.unicodeScalars.map { scalar in
      let digits = String(scalar.value, radix: 16, uppercase: true)
      return "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }.joined(separator: " ")
  }
}
