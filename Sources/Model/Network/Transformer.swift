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
      length <= architecture.contextLength && sequences * length <= activations.sequences * architecture.contextLength,
      "\(sequences) sequences of \(length) tokens, where there is room for \(activations.sequences)")
    precondition(start == 0 || sequences == 1, "only a single sequence may go on from a cache")
    let rows = start..<sequences * length
    let team = activations.team
    let sizes = AttentionSizes(
      sequences: sequences, length: length, heads: architecture.heads, headSize: architecture.headSize)
    embeddingForward(
      (activations.blocks.first?.input ?? activations.output).rows(rows), tokens: tokens,
      tokenEmbed: parameters[layout.tokenEmbed], posEmbed: parameters[layout.posEmbed], positions: start..<length,
      team: team)
    for layer in 0..<architecture.layers {
      let (block, tensors) = (activations.blocks[layer], layout.blocks[layer])
      let next = layer + 1 < architecture.layers ? activations.blocks[layer + 1].input : activations.output
      let (input, middle, output) = (block.input.rows(rows), block.middle.rows(rows), next.rows(rows))

      let norm1 = block.norm1.rows(rows)
      rmsNormForward(
        norm1, inverse: block.inverse1 + start, input, gamma: parameters[tensors.norm1Gamma].pointer, team: team)
      multiply(into: block.qkv.rows(rows), norm1, parameters[tensors.wQKV], team: team)
      attentionForward(block.heads, weights: block.weights, block.qkv, sizes, from: start, team: team)
      multiply(into: middle, block.heads.rows(rows), parameters[tensors.wO], adding: input, team: team)

      let (norm2, hidden) = (block.norm2.rows(rows), block.hidden.rows(rows))
      rmsNormForward(
        norm2, inverse: block.inverse2 + start, middle, gamma: parameters[tensors.norm2Gamma].pointer, team: team)
      multiply(into: hidden, norm2, parameters[tensors.wFF1], team: team)
      geluForward(hidden.pointer, slope: block.slope.row(start), hidden.rows * hidden.columns, team: team)
      multiply(into: output, hidden, parameters[tensors.wFF2], adding: middle, team: team)
    }
    rmsNormForward(
      activations.norm.rows(rows), inverse: activations.inverse + start, activations.output.rows(rows),
      gamma: parameters[layout.normFinalGamma].pointer, team: team)
  }

  /// The logits (V, rows) of some rows, whose last norm is computed.
  func head(_ activations: Activations, rows: Range<Int>) -> Matrix {
    let logits = activations.logits(of: rows.count)
    multiply(
      into: logits, parameters[layout.tokenEmbed], activations.norm.rows(rows).transposed, team: activations.team)
    return logits
  }

  /// Adds the parameters' gradients to `gradients`, which has the parameters' layout. Call after `forward` from 0 over
  /// the same tokens, with the logits replaced by their gradient.
  func backward(
    _ activations: Activations, gradients: FloatBuffer, tokens: UnsafePointer<Int32>, sequences: Int, length: Int
  ) {
    guard let scratch = activations.gradients else { preconditionFailure("these activations aren't for training") }
    let rows = 0..<sequences * length
    let team = activations.team
    let sizes = AttentionSizes(
      sequences: sequences, length: length, heads: architecture.heads, headSize: architecture.headSize)
    let (stream, product) = (scratch.stream.rows(rows), scratch.product.rows(rows))
    let (dqkv, dhidden) = (scratch.qkv.rows(rows), scratch.hidden.rows(rows))
    let dlogits = activations.logits(of: rows.count)

    multiply(
      into: gradients[layout.tokenEmbed], dlogits, activations.norm.rows(rows), accumulates: true, team: team)
    multiply(into: product, dlogits.transposed, parameters[layout.tokenEmbed], team: team)
    stream.zero()
    rmsNormBackward(
      dx: stream, dgamma: gradients[layout.normFinalGamma].pointer, dy: product, activations.output.rows(rows),
      inverse: activations.inverse, gamma: parameters[layout.normFinalGamma].pointer, team: team)

    for layer in (0..<architecture.layers).reversed() {
      let (block, tensors) = (activations.blocks[layer], layout.blocks[layer])
      multiply(into: gradients[tensors.wFF2], block.hidden.rows(rows).transposed, stream, accumulates: true, team: team)
      multiply(
        into: dhidden, stream, parameters[tensors.wFF2].transposed, times: block.slope.rows(rows), team: team)
      multiply(into: gradients[tensors.wFF1], block.norm2.rows(rows).transposed, dhidden, accumulates: true, team: team)
      multiply(into: product, dhidden, parameters[tensors.wFF1].transposed, team: team)
      rmsNormBackward(
        dx: stream, dgamma: gradients[tensors.norm2Gamma].pointer, dy: product, block.middle.rows(rows),
        inverse: block.inverse2, gamma: parameters[tensors.norm2Gamma].pointer, team: team)

      multiply(into: gradients[tensors.wO], block.heads.rows(rows).transposed, stream, accumulates: true, team: team)
      multiply(into: product, stream, parameters[tensors.wO].transposed, team: team)
      attentionBackward(
        dqkv: dqkv, dout: product, weights: block.weights, block.qkv, sizes, team: team)
      multiply(into: gradients[tensors.wQKV], block.norm1.rows(rows).transposed, dqkv, accumulates: true, team: team)
      multiply(into: product, dqkv, parameters[tensors.wQKV].transposed, team: team)
      rmsNormBackward(
        dx: stream, dgamma: gradients[tensors.norm1Gamma].pointer, dy: product, block.input.rows(rows),
        inverse: block.inverse1, gamma: parameters[tensors.norm1Gamma].pointer, team: team)
    }
    embeddingBackward(
      dTokenEmbed: gradients[layout.tokenEmbed], dPosEmbed: gradients[layout.posEmbed], dx: stream, tokens: tokens,
      length: length, team: team)
  }
}
