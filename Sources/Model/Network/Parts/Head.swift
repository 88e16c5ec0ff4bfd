import Kernels

/// The output head: logits = matrix · xᵀ, a column for each position.
struct Head: Sendable {
  /// (V, C) The token embedding, or a matrix of the head's own.
  private let matrix: ParameterLayout.Tensor

  init(_ embedding: Embedding, _ architecture: Architecture, _ table: inout ParameterTable) {
    matrix =
      architecture.tiedHead
      ? embedding.tokens : table.add("head", .head, architecture.vocabularySize, architecture.dModel)
  }

  /// A place for the logits of all positions, or of fewer.
  func plan(_ plan: inout ActivationPlan) -> ActivationPlan.Place {
    plan.add("logits", matrix.rows, FloatBuffer.stride(ofRows: plan.rows))
  }

  /// (V, positions) The logits of some positions, replaced by their gradient before the backward pass.
  func logits(_ activations: FloatBuffer, _ place: ActivationPlan.Place, positions: Int) -> Matrix {
    Matrix(activations[place].pointer, matrix.rows, positions, stride: FloatBuffer.stride(ofRows: positions))
  }

  /// Writes the logits of some rows of the last norm's output.
  func forward(_ parameters: FloatBuffer, _ logits: Matrix, _ x: Matrix, team: Team) {
    multiply(into: logits, parameters[matrix], x.transposed, team: team)
  }

  /// Writes the gradient of x to dx.
  func backward(_ pass: Pass, gradients: FloatBuffer, dx: Matrix, dlogits: Matrix, _ x: Matrix) {
    multiply(into: gradients[matrix], dlogits, x, accumulates: true, team: pass.team)
    multiply(into: dx, dlogits.transposed, pass.parameters[matrix], team: pass.team)
  }
}
