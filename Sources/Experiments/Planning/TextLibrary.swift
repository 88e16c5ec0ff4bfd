import Foundation
import Model
import Store

/// The corpora and their tokens, each prepared once per process and shared by all runs.
package struct TextLibrary {
  /// What makes two configurations read the same tokens.
  private struct TokensKey: Hashable {
    let sha256: String
    let tokenizer: String
    let vocabSize: Scalar?
    let validationFraction: Double
  }

  private var corpora: [String: Result<Corpus, CorpusError>] = [:]
  private var tokens: [TokensKey: TokenizedCorpus] = [:]

  /// The corpus that a spec names: "stories", or a file whose path starts at the spec's folder.
  package mutating func corpus(_ name: String, beside folder: URL) throws(CorpusError) -> Corpus {
    if name == "stories" { return .stories }
    let url = URL(fileURLWithPath: name, relativeTo: folder)
    let key = url.standardizedFileURL.path
    if let known = corpora[key] { return try known.get() }
    let result = Result { () throws(CorpusError) in try Corpus(contentsOf: url) }
    corpora[key] = result
    return try result.get()
  }

  /// The corpus as the configuration's tokens.
  package mutating func tokens(of corpus: Corpus, _ configuration: RunConfiguration) throws(TokenizerError)
    -> TokenizedCorpus
  {
    let key = TokensKey(
      sha256: corpus.sha256, tokenizer: configuration.text(.tokenizer), vocabSize: configuration[.vocabSize],
      validationFraction: configuration.number(.validationFraction))
    if let known = tokens[key] { return known }
    guard let kind = Tokenizer.Kind(rawValue: key.tokenizer) else { preconditionFailure("tokenizer \(key.tokenizer)") }
    let limit: Int? = if case .integer(let size) = key.vocabSize { size } else { nil }
    let tokenizer = Tokenizer(kind: kind, fittedTo: corpus.utf8, vocabularySize: limit)
    let tokenized = try TokenizedCorpus(
      corpus: corpus, tokenizer: tokenizer, validationFraction: key.validationFraction)
    tokens[key] = tokenized
    return tokenized
  }
}
