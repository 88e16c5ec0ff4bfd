import Foundation
import Model
import Store

/// The corpora and their tokens, each prepared once per process and shared by all runs.
package struct TextLibrary {
  private var corpora: [[UInt8]: Result<Corpus, CorpusError>] = [:]
  private var tokens: [TextIdentity: TokenizedCorpus] = [:]
  private var evaluated: [EvaluationIdentity: EvaluatedText] = [:]
  private var weights: [[UInt8]: Result<InitialWeights, WeightFileError>] = [:]

  /// What the predicted tokens follow from.
  private struct EvaluationIdentity: Hashable {
    let text: TextIdentity
    let evalBytes: Scalar?
    let evalTokens: Scalar?
    let contextLength: Int
  }

  /// The corpus that a spec names: "stories", or a file whose path starts at the spec's folder.
  package mutating func corpus(_ name: String, beside folder: URL) throws(CorpusError) -> Corpus {
    if name == "stories" { return .stories }
    let url = URL(fileURLWithPath: UserPath.expanded(name), relativeTo: folder)
    // Bytes, as the file system compares them: two Swift strings of other bytes can be equal.
    let key = Array(url.standardizedFileURL.path.utf8)
    if let known = corpora[key] { return try known.get() }
    let result = Result { () throws(CorpusError) in try Corpus(contentsOf: url, memory: Machine.availableMemory) }
    corpora[key] = result
    return try result.get()
  }

  /// The weights that a spec names, a file or a folder whose path starts at the spec's folder.
  package mutating func initialWeights(_ name: String, beside folder: URL) throws(WeightFileError) -> InitialWeights {
    let url = URL(fileURLWithPath: UserPath.expanded(name), relativeTo: folder)
    let key = Array(url.standardizedFileURL.path.utf8)
    if let known = weights[key] { return try known.get() }
    let result = Result { () throws(WeightFileError) in
      InitialWeights(try WeightFile(contentsOf: url, memory: Machine.availableMemory))
    }
    weights[key] = result
    return try result.get()
  }

  /// The corpus as the configuration's tokens.
  ///
  /// - Parameters:
  ///   - validation: The text that the key `validation` names, if it does.
  ///   - weights: The weights that training goes on from, whose tokenizer is the text's too.
  package mutating func tokens(
    of corpus: Corpus, validation: Corpus?, _ configuration: Configuration, _ weights: InitialWeights? = nil
  ) throws(TokenizerError) -> TokenizedCorpus {
    let identity = TextIdentity(corpus, validation: validation, configuration, weights)
    if let known = tokens[identity] { return known }
    let tokenized =
      if let weights {
        try TokenizedCorpus(
          corpus: corpus, holdingOut: identity.holdOut, validation: validation, tokenizer: weights.file.tokenizer)
      } else {
        try TokenizedCorpus(
          corpus: corpus, holdingOut: identity.holdOut, validation: validation, kind: identity.tokenizer,
          vocabularySize: identity.vocabularySize)
      }
    tokens[identity] = tokenized
    return tokenized
  }

  /// What the configuration's evaluations predict of the text; nil where `eval_bytes` finds no second word in it.
  package mutating func evaluated(
    _ text: TokenizedCorpus, _ configuration: Configuration, _ weights: InitialWeights? = nil
  ) -> EvaluatedText? {
    let identity = EvaluationIdentity(
      text: TextIdentity(text, configuration, weights), evalBytes: configuration[.evalBytes],
      evalTokens: configuration[.evalTokens], contextLength: configuration.integer(.contextLength))
    if let known = evaluated[identity] { return known }
    let made = text.evaluated(configuration)
    evaluated[identity] = made
    return made
  }
}

/// What the tokens of a run follow from: two runs with one identity read the same tokens.
package struct TextIdentity: Hashable, Sendable {
  package let corpusSHA256: String
  package let tokenizer: Tokenizer.Kind
  /// The limit of the vocabulary; nil: none.
  package let vocabularySize: Int?
  package let holdOut: HoldOut
  /// The hash of the held-out text where it is a text of its own.
  package let validationSHA256: String?
  /// The hash of the weights whose vocabulary the tokens are of; nil where the vocabulary is the text's own.
  package let initialWeightsSHA256: String?

  package init(
    _ corpus: Corpus, validation: Corpus?, _ configuration: Configuration, _ weights: InitialWeights? = nil
  ) {
    initialWeightsSHA256 = weights?.sha256
    corpusSHA256 = corpus.sha256
    tokenizer = configuration.word(.tokenizer)
    vocabularySize = if case .integer(let size) = configuration[.vocabSize] { size } else { nil }
    holdOut = HoldOut(configuration)
    validationSHA256 = validation?.sha256
  }

  package init(_ text: TokenizedCorpus, _ configuration: Configuration, _ weights: InitialWeights? = nil) {
    self.init(
      text.corpus, validation: configuration[.validation] == nil ? nil : text.heldOutCorpus, configuration, weights)
  }
}

extension HoldOut {
  /// What the configuration's data keys say. Where the same bytes are evaluated for every tokenizer, the same bytes are held out.
  package init(_ configuration: Configuration) {
    guard configuration[.validation] == nil else {
      self = .none
      return
    }
    let fraction = configuration.number(.validationFraction)
    let every = Int((1 / fraction).rounded())
    switch configuration.word(.split, as: Split.self) {
    case .tail: self = .tail(fraction, beforeWord: configuration[.evalBytes] != nil)
    case .lines: self = .lines(every: every)
    case .documents: self = .documents(every: every, mark: configuration[.documentMark]?.exact)
    }
  }
}

extension TokenizedCorpus {
  /// What the configuration's evaluations predict of the text; nil where `eval_bytes` finds no second word in it.
  package func evaluated(_ configuration: Configuration) -> EvaluatedText? {
    if case .integer(let limit)? = configuration[.evalBytes] { return evaluated(bytes: limit) }
    return evaluated(
      tokens: configuration.integer(.evalTokens), contextLength: configuration.integer(.contextLength))
  }
}
