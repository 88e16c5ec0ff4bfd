import ArgumentParser
import Experiments
import Foundation
import Model
import Store
import Terminal

extension SweepCommand {
  /// `sweep eval WEIGHTS --text FILE`
  struct EvalCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "eval", abstract: "Measure the loss of a model over a text.")

    @OptionGroup var model: ModelArgument
    @Option(name: .long, help: "The UTF-8 text to predict; - is standard input.", transform: UserPath.expanded)
    var text: String
    @OptionGroup var context: ContextOption
    @Option(
      name: .long,
      help: "Also write the text's tokens and the logits of its first window into this safetensors file.",
      transform: UserPath.expanded)
    var logits: String?

    func run() throws {
      let (file, name) = try model.weights(of: model.run(), contextLength: context.context)
      let corpus = try Corpus(
        contentsOf: URL(fileURLWithPath: text == UserPath.standardInput ? "/dev/stdin" : text))
      let encoding: TokenizedText
      do {
        encoding = try file.tokenizer.encode(corpus.utf8)
      } catch {
        throw UserError("\(text): \(error.description)")
      }
      guard encoding.tokens.count > 1 else {
        throw UserError("\(text): has \(encoding.tokens.count) tokens; a prediction needs at least 2.")
      }
      try Machine.require(
        memory: file.model.memoryToEvaluate(encoding.tokens.count), of: name,
        context: file.model.architecture.contextLength
      )
      if let logits { try LogitsFile.write(encoding.tokens, of: file.model, to: URL(fileURLWithPath: logits)) }
      let result = file.model.evaluate(encoding.tokens)
      guard result.loss.isFinite else {
        throw UserError("\(name): the loss isn't a finite number: the weights are too large for single precision.")
      }
      let predicted = zip(encoding.tokens, encoding.byteLengths).dropFirst()
      let bytes = predicted.reduce(0) { $0 + Int($1.1) }
      let unknown = file.tokenizer.unknownToken.map { token in predicted.filter { $0.0 == token } } ?? []
      let error = result.standardError.map { String(format: " ± %.6f", $0) } ?? ""
      // What it costs to spell unknown words depends on a text that the weights don't know.
      let bits =
        unknown.isEmpty
        ? String(format: "%.6f bits per byte", result.loss * Double(result.tokens) / log(2) / Double(bytes))
        : "bits per byte not known"
      Console.standard.data(
        String(format: "%.6f", result.loss) + error
          + " nats per token, \(bits) (\(result.tokens) tokens, \(bytes) bytes)")
      if !unknown.isEmpty {
        let unknownBytes = unknown.reduce(0) { $0 + Int($1.1) }
        Console.standard.note(
          String(
            format:
              "%.1f %% of the tokens and %.1f %% of the bytes are words that the vocabulary lacks. The loss counts each as one "
              + "token, \"%@\", and not how it is spelled.", 100 * Double(unknown.count) / Double(result.tokens),
            100 * Double(unknownBytes) / Double(bytes), Tokenizer.unknown))
      }
    }
  }
}
