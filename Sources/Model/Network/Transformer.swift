import Kernels

/// A decoder-only transformer in its plainest form: pre-norm RMSNorm blocks, learned positions, tanh GELU, the token
/// embedding as output head, no biases, no dropout.
///
///     x = token_embed[token] + pos_embed[position]
///     each block:  x += heads(RMSNorm(x)) · w_o        heads: causal softmax(QKᵀ / sqrt(d_head))V
///                  x += gelu(RMSNorm(x) · w_ff1) · w_ff2
///     logits = token_embed · RMSNorm(x)ᵀ, a column for each position
///
/// Radford et al. 2019 (GPT-2) with the norm of Zhang & Sennrich 2019, https://arxiv.org/abs/1910.07467.
public final class Transformer: @unchecked Sendable {
  /// The model's sizes.
  public let architecture: Architecture
  /// Where each parameter tensor lies.
  public let layout: ParameterLayout
  let parameters: FloatBuffer

  /// A transformer whose parameters are all zero.
  init(architecture: Architecture) {
    self.architecture = architecture
    layout = ParameterLayout(architecture)
    parameters = FloatBuffer(count: layout.bufferCount)
  }

  /// An untrained transformer: every tensor as its role demands, drawn in the layout's order.
  public convenience init(architecture: Architecture, random: inout RandomStream) {
    self.init(architecture: architecture)
    for tensor in layout.tensors {
      let initialization = layout.parametrization.initialization(of: tensor.role)
      let values = parameters[tensor]
      for row in 0..<values.rows {
        for column in 0..<values.columns {
          values.row(row)[column] =
            switch initialization {
            case .uniform(let bound): (2 * random.uniform() - 1) * bound
            case .constant(let value): value
            }
        }
      }
    }
  }

  /// The tensor's elements, row-major.
  public func values(of tensor: ParameterLayout.Tensor) -> [Float] { parameters.values(of: tensor) }

  /// Fills `activations` up to the last norm for `sequences` sequences of `length` tokens.
  ///
  /// - Parameters:
  ///   - tokens: (sequences · (length - start)) the tokens of positions `start..<length`, each below V.
  ///   - start: The first position to compute; those before it were computed by earlier calls and serve as the cache of
  ///     keys and values. Only a single sequence may start past 0.
  func forward(
    _ activations: Activations, tokens: UnsafePointer<Int32>, sequences: Int, length: Int, from start: Int = 0
  ) {
    precondition(activations.architecture == architecture, "activations of another architecture")
    precondition(
      length <= architecture.contextLength
        && sequences * length <= activations.sequences * architecture.contextLength,
      "\(sequences) sequences of \(length) tokens, where there is room for \(activations.sequences)")
    precondition(start == 0 || sequences == 1, "only a single sequence may go on from a cache")
    let pass = pass(activations, sequences: sequences, length: length, from: start)
    let (parts, places) = (layout.parts, activations.places)
    parts.embedding.forward(pass, pass[places.stream(entering: 0)], tokens: tokens)
    for layer in parts.blocks.indices {
      parts.blocks[layer].forward(pass, pass[places.stream(entering: layer + 1)], places.blocks[layer])
    }
    parts.finalNorm.forward(pass, pass[places.output], places.finalNorm)
  }

  private func pass(_ activations: Activations, sequences: Int, length: Int, from start: Int = 0) -> Pass {
    Pass(
      parameters: parameters, activations: activations.memory, sequences: sequences, length: length, start: start,
      team: activations.team)
  }

  /// The logits (V, rows) of some rows, whose last norm is computed.
  func head(_ activations: Activations, rows: Range<Int>) -> Matrix {
    let (head, places) = (layout.parts.head, activations.places)
    let logits = head.logits(activations.memory, places.logits, positions: rows.count)
    let x = activations.memory[places.finalNorm.output].rows(rows)
    head.forward(parameters, logits, x, team: activations.team)
    return logits
  }

  /// Adds the parameters' gradients to `gradients`, which has the parameters' layout. Call after `forward` from 0 over
  /// the same tokens, with the logits replaced by their gradient.
  func backward(
    _ activations: Activations, gradients: FloatBuffer, tokens: UnsafePointer<Int32>, sequences: Int, length: Int
  ) {
    let (parts, places) = (layout.parts, activations.places)
    guard let scratch = places.gradients else { preconditionFailure("these activations aren't for training") }
    let pass = pass(activations, sequences: sequences, length: length)
    let (stream, normed) = (pass[scratch.stream], pass[scratch.normed])
    let dlogits = parts.head.logits(activations.memory, places.logits, positions: pass.rows.count)
    parts.head.backward(pass, gradients: gradients, dx: normed, dlogits: dlogits, pass[places.finalNorm.output])
    stream.zero()
    parts.finalNorm.backward(
      pass, gradients: gradients, dx: stream, dy: normed, pass[places.output], places.finalNorm)
    for layer in parts.blocks.indices.reversed() {
      parts.blocks[layer].backward(pass, gradients: gradients, scratch, places.blocks[layer])
    }
    parts.embedding.backward(pass, gradients: gradients, dx: stream, tokens: tokens)
  }
}

/// The parts that a transformer is composed of. Each stands in a file of its own, with the tensors that it learns, the activations
/// that it keeps, and its forward and backward pass.
struct TransformerParts: Sendable {
  let embedding: Embedding
  let blocks: [Block]
  let finalNorm: Norm
  let head: Head

  init(_ architecture: Architecture, _ table: inout ParameterTable) {
    embedding = Embedding(architecture, &table)
    blocks = (0..<architecture.layers).map { Block("blocks.\($0).", architecture, &table) }
    finalNorm = Norm("norm_final", architecture, &table)
    head = Head(embedding, architecture, &table)
  }
}
