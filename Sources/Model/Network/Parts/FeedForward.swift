import Kernels

/// The layer that works on each position by itself: y = residual + gelu(x · w_ff1) · w_ff2.
struct FeedForward: Sendable {
  struct Activations {
    /// (N, F) gelu(x · w_ff1) and gelu'(x · w_ff1).
    let hidden, slope: ActivationPlan.Place
  }

  /// (C, F), or of a gated layer (C, 2F), the gate first; (F, C).
  private let w1, w2: ParameterLayout.Tensor
  /// (F) or (2F); (C). Nil where the model has no biases.
  private let b1, b2: ParameterLayout.Tensor?

  init(_ prefix: String, _ architecture: Architecture, _ table: inout ParameterTable) {
    let (C, F) = (architecture.dModel, architecture.dFF)
    let inner = (architecture.feedForward.isGated ? ["gate", "ff1"] : ["ff1"])
    w1 = table.addHiddenSideBySide(inner.map { (prefix + "w_" + $0, F) }, C)
    b1 = architecture.biases ? table.addBiasesSideBySide(inner.map { (prefix + "b_" + $0, F) }) : nil
    w2 = table.addResidual(prefix + "w_ff2", F, C)
    b2 = architecture.biases ? table.add(prefix + "b_ff2", .bias, C) : nil
  }

  func plan(_ plan: inout ActivationPlan) -> Activations {
    Activations(
      hidden: plan.add("hidden", plan.rows, w1.columns), slope: plan.add("slope of hidden", plan.rows, w1.columns))
  }

  /// (N, F) A place for the gradient of x · w_ff1.
  func planGradient(_ plan: inout ActivationPlan) -> ActivationPlan.Place {
    plan.add("gradient of hidden", plan.rows, w1.columns)
  }

  /// Writes y from x, all (rows, C).
  func forward(_ pass: Pass, _ y: Matrix, _ x: Matrix, adding residual: Matrix, _ activations: Activations) {
    let hidden = pass[activations.hidden]
    multiply(into: hidden, x, pass.parameters[w1], team: pass.team)
    geluForward(
      hidden.pointer, slope: pass[activations.slope].pointer, hidden.rows * hidden.columns, team: pass.team)
    multiply(into: y, hidden, pass.parameters[w2], adding: residual, team: pass.team)
  }

  /// Writes the gradient of x to dx.
  func backward(
    _ pass: Pass, gradients: FloatBuffer, dx: Matrix, dy: Matrix, _ x: Matrix, _ activations: Activations,
    dhidden: ActivationPlan.Place
  ) {
    let (dhidden, team) = (pass[dhidden], pass.team)
    multiply(into: gradients[w2], pass[activations.hidden].transposed, dy, accumulates: true, team: team)
    multiply(into: dhidden, dy, pass.parameters[w2].transposed, times: pass[activations.slope], team: team)
    multiply(into: gradients[w1], x.transposed, dhidden, accumulates: true, team: team)
    multiply(into: dx, dhidden, pass.parameters[w1].transposed, team: team)
  }
}
