import Foundation
import Model
import Store

/// The corpora and their tokens, each prepared once per process and shared by all runs.
package struct TextLibrary {
  private var corpora: [[UInt8]: Result<Corpus, CorpusError>] = [:]
  private var tokens: [TextIdentity: TokenizedCorpus] = [:]

  /// The corpus that a spec names: "stories", or a file whose path starts at the spec's folder.
  package mutating func corpus(_ name: String, beside folder: URL) throws(CorpusError) -> Corpus {
    if name == "stories" { return .stories }
    let url = URL(fileURLWithPath: UserPath.expanded(name), relativeTo: folder)
    // Bytes, as the file system compares them: two Swift strings of other bytes can be equal.
    let key = Array(url.standardizedFileURL.path.utf8)
    if let known = corpora[key] { return try known.get() }
    let result = Result { () throws(CorpusError) in try Corpus(contentsOf: url) }
    corpora[key] = result
    return try result.get()
  }

  /// The corpus as the configuration's tokens.
  package mutating func tokens(of corpus: Corpus, _ configuration: Configuration) throws(TokenizerError)
    -> TokenizedCorpus
  {
    let identity = TextIdentity(corpus, configuration)
    if let known = tokens[identity] { return known }
    let tokenizer = Tokenizer(
      kind: identity.tokenizer, fittedTo: corpus.utf8, vocabularySize: identity.vocabularySize)
    let tokenized = try TokenizedCorpus(
      corpus: corpus, tokenizer: tokenizer, validationFraction: identity.validationFraction)
    tokens[identity] = tokenized
    return tokenized
  }
}

/// What the tokens of a run follow from: two runs with one identity read the same tokens.
package struct TextIdentity: Hashable, Sendable {
  package let corpusSHA256: String
  package let tokenizer: Tokenizer.Kind
  /// The limit of the vocabulary; nil: none.
  package let vocabularySize: Int?
  package let validationFraction: Double

  package init(_ corpus: Corpus, _ configuration: Configuration) {
    corpusSHA256 = corpus.sha256
    tokenizer = configuration.word(.tokenizer)
    vocabularySize = if case .integer(let size) = configuration[.vocabSize] { size } else { nil }
    validationFraction = configuration.number(.validationFraction)
  }
}
