import Kernels

/// The layer that works on each position by itself: y = residual + gelu(x · w_ff1) · w_ff2.
struct FeedForward: Sendable {
  struct Activations {
    /// (N, F) gelu(x · w_ff1) and gelu'(x · w_ff1).
    let hidden, slope: ActivationPlan.Place
  }

  /// (C, F) and (F, C).
  private let w1, w2: ParameterLayout.Tensor

  init(_ prefix: String, _ architecture: Architecture, _ table: inout ParameterTable) {
    w1 = table.addHidden(prefix + "w_ff1", architecture.dModel, architecture.dFF)
    w2 = table.addHidden(prefix + "w_ff2", architecture.dFF, architecture.dModel)
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
