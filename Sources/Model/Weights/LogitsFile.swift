import Foundation
import Kernels

/// What a model says of a text, as a safetensors file for comparing it with other programs:
///
///     tokens (n)         the text's tokens as the tokenizer numbers them
///     logits (t, V)      of the first t tokens, as many as the model sees at once: row i says what comes after token i
public enum LogitsFile {
  /// Writes the file.
  ///
  /// - Parameter tokens: At least one, each below the vocabulary's size.
  /// - Throws: `FileError`.
  public static func write(_ tokens: [Int32], of model: Transformer, to url: URL) throws {
    let logits = model.logits(of: Array(tokens.prefix(model.architecture.contextLength)))
    let V = model.architecture.vocabularySize
    var file = Safetensors(metadata: [:], size: 4 * (tokens.count + logits.count))
    file.append("tokens", shape: [tokens.count], tokens.map { Float($0) })
    file.append("logits", shape: [logits.count / V, V], logits)
    try DurableFile.write(to: url, contents: file.forEachPiece)
  }
}

extension Transformer {
  /// (t, V) The logits of t tokens, row-major; t is at most the context's length.
  func logits(of tokens: [Int32]) -> [Float] {
    precondition((1...architecture.contextLength).contains(tokens.count), "\(tokens.count) tokens")
    let activations = Activations(architecture, sequences: 1, forTraining: false)
    return flushingSubnormals {
      tokens.withUnsafeBufferPointer { tokens in
        guard let first = tokens.baseAddress else { return [] }
        forward(activations, tokens: first, sequences: 1, length: tokens.count)
        let columns = head(activations, rows: 0..<tokens.count)
        var logits = [Float](repeating: 0, count: columns.rows * columns.columns)
        for token in 0..<columns.rows {
          for place in 0..<columns.columns { logits[place * columns.rows + token] = columns.row(token)[place] }
        }
        return logits
      }
    }
  }
}
