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
      commandName: "eval", abstract: "Measure the loss of a weight file's model over a text.")

    @Argument(help: "A weight file (.safetensors), made here or elsewhere.", transform: UserPath.expanded)
    var weights: String
    @Option(name: .long, help: "The UTF-8 text to predict; - is standard input.", transform: UserPath.expanded)
    var text: String

    func run() throws {
      let file = try WeightFile(contentsOf: URL(fileURLWithPath: weights), memory: Machine.memory)
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
        memory: file.model.memoryToEvaluate(encoding.tokens.count), of: weights,
        context: file.model.architecture.contextLength
      )
      let result = file.model.evaluate(encoding.tokens)
      guard result.loss.isFinite else {
        throw UserError("\(weights): the loss isn't a finite number: the weights are too large for single precision.")
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
