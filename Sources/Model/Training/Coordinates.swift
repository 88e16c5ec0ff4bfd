import Kernels

/// The tensors whose size a coordinate check follows, by their names in the database: where one of them grows or shrinks with the model's
/// width as training goes on, what was tuned at one width doesn't hold at another (Yang et al. 2022, section D.1,
/// https://arxiv.org/abs/2203.03466).
public enum Coordinate: String, CaseIterable, Sendable {
  /// Where the residual stream begins.
  case embedding
  /// What attention adds to the residual stream, before the parametrization's multiplier; the mean over the blocks, as with all that each
  /// block has.
  case attention
  /// The scores of attention before the softmax and before any cap.
  case attentionLogits = "attention_logits"
  /// What the feed-forward layer adds.
  case feedForward = "feed_forward"
  /// The residual stream after the last block.
  case residual
  /// The logits.
  case logits
}

extension Trainer {
  /// The mean absolute value of each tensor's elements over whole windows of a text, as many as a micro-batch has and the text gives.
  ///
  /// - Parameter text: At least `contextLength` tokens, each below V.
  public func coordinates(of text: [Int32]) -> [Coordinate: Double] {
    let length = model.architecture.contextLength
    let sequences = min(activations.sequences, text.count / length)
    precondition(sequences > 0, "\(text.count) tokens for context \(length)")
    let rows = 0..<sequences * length
    let (memory, places) = (activations.memory, activations.places)
    return flushingSubnormals {
      model.forward(activations, tokens: text, sequences: sequences, length: length)
      var result: [Coordinate: Double] = [:]
      func stream(_ place: ActivationPlan.Place) -> Matrix { memory[place].rows(rows) }
      result[.embedding] = meanMagnitude(stream(places.stream(entering: 0)))
      result[.residual] = meanMagnitude(stream(places.output))
      result[.logits] = meanMagnitude(model.head(activations, rows: rows))
      let count = Double(places.blocks.count)
      let multiplier = Double(model.layout.parametrization.residual) * count
      for (layer, block) in places.blocks.enumerated() {
        let (input, middle) = (stream(block.input), stream(block.middle))
        let output = stream(places.stream(entering: layer + 1))
        result[.attention, default: 0] += meanMagnitude(middle, less: input) / multiplier
        result[.feedForward, default: 0] += meanMagnitude(output, less: middle) / multiplier
        result[.attentionLogits, default: 0] += meanScore(memory[block.attention.qkv], sequences) / count
      }
      return result
    }
  }

  /// The mean of |q · k| times its scale over the pairs that attention sees, of at most two sequences.
  private func meanScore(_ qkv: Matrix, _ sequences: Int) -> Double {
    let architecture = model.architecture
    let (length, size) = (architecture.contextLength, architecture.headSize)
    var (sum, count) = (0.0, 0)
    for sequence in 0..<min(sequences, 2) {
      for head in 0..<architecture.heads {
        let keyHead = architecture.heads + head / (architecture.heads / architecture.kvHeads)
        for query in 0..<length {
          let q = qkv.row(sequence * length + query) + head * size
          for key in max(0, query + 1 - (architecture.window ?? length))...query {
            let k = qkv.row(sequence * length + key) + keyHead * size
            var product: Float = 0
            for i in 0..<size { product += q[i] * k[i] }
            sum += Double(abs(product))
            count += 1
          }
        }
      }
    }
    return sum / Double(count) * Double(model.layout.parametrization.scores) / Double(size).squareRoot()
  }
}

/// The mean of |x - y|, elementwise; without y of |x|.
private func meanMagnitude(_ x: Matrix, less y: Matrix? = nil) -> Double {
  var sum = 0.0
  for row in 0..<x.rows {
    let (values, others) = (x.row(row), y?.row(row))
    var part: Float = 0
    for column in 0..<x.columns { part += abs(values[column] - (others?[column] ?? 0)) }
    sum += Double(part)
  }
  return sum / Double(x.rows * x.columns)
}
