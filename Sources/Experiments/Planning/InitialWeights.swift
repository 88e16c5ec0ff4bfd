import Model
import Store

/// Weights that training goes on from, read once for all runs that do.
package struct InitialWeights: Sendable {
  package let file: WeightFile
  /// The hash of what they are, a part of the runs' identities.
  package let sha256: String

  package init(_ file: WeightFile) {
    self.file = file
    sha256 = file.sha256
  }

  package var architecture: Architecture { file.model.architecture }

  /// Bytes of memory that they take.
  package var memory: Double { 4 * Double(file.model.layout.bufferCount) }
}

extension InitialWeights {
  /// Why a configuration's tokenizer isn't that of the weights, with the remedy; nil where it is.
  func complaintAboutTokenizer(_ configuration: Configuration) -> String? {
    let tokenizer = file.tokenizer
    guard tokenizer.kind == configuration.word(.tokenizer) else {
      return
        "was trained with another tokenizer; write \"tokenizer\": \"\(tokenizer.kind.rawValue)\", or name other weights."
    }
    if let size = configuration[.vocabSize], size != .integer(tokenizer.size) {
      return "has a vocabulary of \(tokenizer.size) tokens, and it isn't made anew; leave \"vocab_size\" out."
    }
    return nil
  }

  /// Why a configuration's architecture isn't that of the weights, with the remedy; nil where it is. A context may be shorter, and where
  /// positions aren't learned it may be longer too.
  func complaintAboutArchitecture(_ configuration: Configuration) -> String? {
    let wanted = Architecture(configuration, vocabularySize: architecture.vocabularySize)
    var keys = architecture.keys(differingFrom: wanted)
    let fits = architecture.positions != .learned || wanted.contextLength <= architecture.contextLength
    if fits { keys.removeAll { $0.hasPrefix("\"context_length\"") } }
    guard !keys.isEmpty else { return nil }
    return "is another model than the spec's; write \(keys.joined(separator: ", ")), or name other weights."
  }
}
