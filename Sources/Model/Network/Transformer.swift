import Kernels

/// A decoder-only transformer. In its plain form it has pre-norm RMSNorm blocks, learned positions, tanh GELU, the token
/// embedding as output head and no biases; `Architecture` says what else it may have.
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
  private let tables: PositionTables

  /// A transformer whose parameters are all zero.
  init(architecture: Architecture) {
    self.architecture = architecture
    layout = ParameterLayout(architecture)
    parameters = FloatBuffer(count: layout.bufferCount)
    tables = PositionTables(architecture)
  }

  /// A transformer of another's sizes with these parameters, which lie as the other's do.
  init(of other: Transformer, parameters: FloatBuffer) {
    (architecture, layout, tables) = (other.architecture, other.layout, other.tables)
    self.parameters = parameters
  }

  /// A copy, with the first of the learned positions where it sees fewer tokens at once.
  ///
  /// - Parameter contextLength: At most the model's own where its positions are learned.
  package convenience init(copying model: Transformer, contextLength: Int) {
    var architecture = model.architecture
    precondition(
      architecture.positions != .learned || contextLength <= architecture.contextLength, "context \(contextLength)")
    architecture.contextLength = contextLength
    self.init(architecture: architecture)
    for (tensor, own) in zip(model.layout.tensors, layout.tensors) {
      parameters.setValues(Array(model.values(of: tensor).prefix(own.count)), of: own)
    }
  }

  /// An untrained transformer: every tensor as its role demands, drawn in the layout's order.
  public convenience init(
    architecture: Architecture, initialization: Initialization = .uniform, random: inout RandomStream
  ) {
    self.init(architecture: architecture)
    for tensor in layout.tensors {
      let start = layout.parametrization.start(of: tensor, initialization)
      let values = parameters[tensor]
      for row in 0..<values.rows {
        for column in 0..<values.columns {
          values.row(row)[column] =
            switch start {
            case .uniform(let bound): (2 * random.uniform() - 1) * bound
            case .normal(let deviation): random.normal() * deviation
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
  ///   - dropout: What is dropped; nil outside training.
  func forward(
    _ activations: Activations, tokens: UnsafePointer<Int32>, sequences: Int, length: Int, from start: Int = 0,
    dropout: StepDropout? = nil
  ) {
    precondition(activations.architecture == architecture, "activations of another architecture")
    precondition(
      length <= architecture.contextLength
        && sequences * length <= activations.sequences * architecture.contextLength,
      "\(sequences) sequences of \(length) tokens, where there is room for \(activations.sequences)")
    precondition(start == 0 || sequences == 1, "only a single sequence may go on from a cache")
    let pass = pass(activations, sequences: sequences, length: length, from: start, dropout)
    let (parts, places) = (layout.parts, activations.places)
    parts.embedding.forward(pass, pass[places.stream(entering: 0)], tokens: tokens)
    for layer in parts.blocks.indices {
      parts.blocks[layer].forward(pass, pass[places.stream(entering: layer + 1)], places.blocks[layer])
    }
    if let norm = parts.finalNorm, let place = places.finalNorm {
      norm.forward(pass, pass[place.output], pass[places.output], statistics: place.statistics)
    }
  }

  private func pass(
    _ activations: Activations, sequences: Int, length: Int, from start: Int = 0, _ dropout: StepDropout?
  ) -> Pass {
    Pass(
      parameters: parameters, activations: activations.memory, tables: tables, sequences: sequences, length: length,
      start: start, dropout: dropout, team: activations.team)
  }

  /// The logits (V, rows) of some rows, whose last norm is computed.
  func head(_ activations: Activations, rows: Range<Int>) -> Matrix {
    let (head, places) = (layout.parts.head, activations.places)
    let x = activations.memory[places.headInput].rows(rows)
    head.forward(parameters, activations.memory, places.head, x, team: activations.team)
    return head.logits(activations.memory, places.head, positions: rows.count)
  }

  /// Adds the parameters' gradients to `gradients`, which has the parameters' layout. Call after `forward` from 0 over
  /// the same tokens with the same dropout, with the logits replaced by their gradient.
  func backward(
    _ activations: Activations, gradients: FloatBuffer, tokens: UnsafePointer<Int32>, sequences: Int, length: Int,
    dropout: StepDropout? = nil
  ) {
    let (parts, places) = (layout.parts, activations.places)
    guard let scratch = places.gradients else { preconditionFailure("these activations aren't for training") }
    let pass = pass(activations, sequences: sequences, length: length, dropout)
    let (stream, normed) = (pass[scratch.stream], pass[scratch.normed])
    if let norm = parts.finalNorm, let place = places.finalNorm {
      parts.head.backward(pass, gradients: gradients, dx: normed, pass[place.output], places.head)
      norm.backward(
        pass, gradients: gradients, dx: stream, dy: normed, pass[places.output], statistics: place.statistics,
        accumulates: false)
    } else {
      parts.head.backward(pass, gradients: gradients, dx: stream, pass[places.output], places.head)
    }
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
  /// Nil where the last block ends with a norm.
  let finalNorm: Norm?
  let head: Head

  init(_ architecture: Architecture, _ table: inout ParameterTable) {
    embedding = Embedding(architecture, &table)
    blocks = (0..<architecture.layers).map { Block($0, architecture, &table) }
    finalNorm = architecture.hasFinalNorm ? Norm("norm_final", architecture, &table) : nil
    head = Head(embedding, architecture, &table)
  }
}
