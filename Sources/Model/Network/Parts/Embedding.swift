import Kernels

/// The token's embedding, and what is added for its position: where the residual stream begins.
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

  /// (N, C) A place for a residual stream.
  func plan(_ plan: inout ActivationPlan) -> ActivationPlan.Place { plan.add("stream", plan.rows, tokens.columns) }

  /// Writes x (rows, C).
  func forward(_ pass: Pass, _ x: Matrix, tokens: UnsafePointer<Int32>) {
    embeddingForward(
      x, tokens: tokens, tokenEmbed: pass.parameters[self.tokens],
      posEmbed: positions.map { pass.parameters[$0] } ?? pass.tables.sinusoids, positions: pass.start..<pass.length,
      team: pass.team)
    drop(pass, x)
  }

  func backward(_ pass: Pass, gradients: FloatBuffer, dx: Matrix, tokens: UnsafePointer<Int32>) {
    drop(pass, dx)
    embeddingBackward(
      dTokenEmbed: gradients[self.tokens], dPosEmbed: positions.map { gradients[$0] }, dx: dx, tokens: tokens,
      length: pass.length, team: pass.team)
  }

  private func drop(_ pass: Pass, _ x: Matrix) {
    guard let step = pass.dropout else { return }
    dropout(x, x, step(.embedding), firstRow: step.firstSequence * pass.length, team: pass.team)
  }
}
