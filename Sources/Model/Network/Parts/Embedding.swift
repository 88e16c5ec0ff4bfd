import Kernels

/// The sum of the token's and the position's embedding: where the residual stream begins.
struct Embedding: Sendable {
  /// (V, C)
  let tokens: ParameterLayout.Tensor
  /// (T, C), where positions are learned.
  let positions: ParameterLayout.Tensor?

  init(_ architecture: Architecture, _ table: inout ParameterTable) {
    tokens = table.add("token_embed", .tokenEmbedding, architecture.vocabularySize, architecture.dModel)
    positions =
      architecture.positions == .learned
      ? table.add("pos_embed", .position, architecture.contextLength, architecture.dModel) : nil
  }

  /// Writes x (rows, C).
  func forward(_ pass: Pass, _ x: Matrix, tokens: UnsafePointer<Int32>) {
    embeddingForward(
      x, tokens: tokens, tokenEmbed: pass.parameters[self.tokens], posEmbed: pass.parameters[positions!],
      positions: pass.start..<pass.length, team: pass.team)
  }

  func backward(_ pass: Pass, gradients: FloatBuffer, dx: Matrix, tokens: UnsafePointer<Int32>) {
    embeddingBackward(
      dTokenEmbed: gradients[self.tokens], dPosEmbed: gradients[positions!], dx: dx, tokens: tokens,
      length: pass.length, team: pass.team)
  }
}
