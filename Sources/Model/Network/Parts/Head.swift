import Kernels

/// The output head: logits = matrix · xᵀ, a column for each position, times the parametrization's multiplier, capped where the model has
/// a cap.
struct Head: Sendable {
  struct Activations {
    /// (V, positions) The logits.
    let logits: ActivationPlan.Place
    /// (V, positions) The derivatives of capped logits, for the backward pass.
    let capSlopes: ActivationPlan.Place?
  }

  /// (V, C) The token embedding, or a matrix of the head's own.
  private let matrix: ParameterLayout.Tensor
  private let cap: Float?
  /// What the logits are multiplied by.
  private let multiplier: Float

  init(_ embedding: Embedding, _ architecture: Architecture, _ table: inout ParameterTable) {
    matrix =
      architecture.tiedHead
      ? embedding.tokens : table.add("head", .head, architecture.vocabularySize, architecture.dModel)
    cap = architecture.logitCap.map { Float($0) }
    multiplier = Parametrization(architecture).logits
  }

  /// Places for all positions, or fewer.
  func plan(_ plan: inout ActivationPlan) -> Activations {
    let stride = FloatBuffer.stride(ofRows: plan.rows)
    let logits = plan.add("logits", matrix.rows, stride)
    let hasSlopes = cap != nil && plan.forTraining
    return Activations(
      logits: logits, capSlopes: hasSlopes ? plan.add("slopes of capped logits", matrix.rows, stride) : nil)
  }

  /// (V, positions) The logits of some positions, replaced by their gradient before the backward pass.
  func logits(_ activations: FloatBuffer, _ places: Activations, positions: Int) -> Matrix {
    matrix(activations, places.logits, positions)
  }

  private func matrix(_ activations: FloatBuffer, _ place: ActivationPlan.Place, _ positions: Int) -> Matrix {
    Matrix(activations[place].pointer, matrix.rows, positions, stride: FloatBuffer.stride(ofRows: positions))
  }

  /// Writes the logits of some rows of the last norm's output.
  func forward(
    _ parameters: FloatBuffer, _ activations: FloatBuffer, _ places: Activations, _ x: Matrix, team: Team
  ) {
    let logits = logits(activations, places, positions: x.rows)
    multiply(into: logits, parameters[matrix], x.transposed, team: team)
    if multiplier != 1 { scale(logits, by: multiplier, team: team) }
    guard let cap else { return }
    capForward(logits, cap: cap, slopes: places.capSlopes.map { matrix(activations, $0, x.rows) }, team: team)
  }

  /// Writes the gradient of x to dx.
  func backward(_ pass: Pass, gradients: FloatBuffer, dx: Matrix, _ x: Matrix, _ places: Activations) {
    let dlogits = logits(pass.activations, places, positions: x.rows)
    if let capSlopes = places.capSlopes {
      slopeBackward(dlogits, slopes: matrix(pass.activations, capSlopes, x.rows), team: pass.team)
    }
    if multiplier != 1 { scale(dlogits, by: multiplier, team: pass.team) }
    multiply(into: gradients[matrix], dlogits, x, accumulates: true, team: pass.team)
    multiply(into: dx, dlogits.transposed, pass.parameters[matrix], team: pass.team)
  }
}
