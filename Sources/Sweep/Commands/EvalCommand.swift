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
      let bytes = encoding.byteLengths.dropFirst().reduce(0) { $0 + Int($1) }
      let bits = result.loss * Double(result.tokens) / log(2) / Double(bytes)
      Console.standard.data(
        String(format: "%.6f nats per token, %.6f bits per byte", result.loss, bits)
          + " (\(result.tokens) tokens, \(bytes) bytes)")
    }
  }
}
