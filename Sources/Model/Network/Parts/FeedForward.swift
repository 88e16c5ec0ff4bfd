import Kernels

/// The layer that works on each position by itself: y = f(x · w_ff1) · w_ff2, or gated y = (f(x · w_gate) ∘ (x · w_ff1)) · w_ff2, with
/// biases where the model has them.
struct FeedForward: Sendable {
  struct Activations {
    /// (N, F) What w_ff2 is applied to.
    let hidden: ActivationPlan.Place
    /// (N, F) f'(x · w_ff1); of a gated layer (N, 2F) the derivatives of `hidden` by both its products.
    let slope: ActivationPlan.Place
  }

  struct Gradients {
    /// (N, F) The gradient of x · w_ff1, or of a gated layer that of `hidden`.
    let hidden: ActivationPlan.Place
    let dropped: ActivationPlan.Place?
  }

  private let activation: Activation
  private let isGated: Bool
  /// (C, F), or of a gated layer (C, 2F), the gate first.
  private let w1: ParameterLayout.Tensor
  /// (F) or (2F). Nil where the model has no biases.
  private let b1: ParameterLayout.Tensor?
  private let output: OutputProjection

  init(_ prefix: String, block: Int, _ architecture: Architecture, _ table: inout ParameterTable) {
    let F = architecture.dFF
    activation = Activation(architecture.feedForward)
    isGated = architecture.feedForward.isGated
    let inner = isGated ? ["gate", "ff1"] : ["ff1"]
    w1 = table.addHiddenSideBySide(inner.map { (prefix + "w_" + $0, F) }, architecture.dModel)
    b1 = architecture.biases ? table.addBiasesSideBySide(inner.map { (prefix + "b_" + $0, F) }) : nil
    output = OutputProjection(prefix, "ff2", F, .feedForward(ofBlock: block), architecture, &table)
  }

  func plan(_ plan: inout ActivationPlan) -> Activations {
    Activations(
      hidden: plan.add("hidden", plan.rows, output.width), slope: plan.add("slope of hidden", plan.rows, w1.columns))
  }

  func planGradients(_ plan: inout ActivationPlan) -> Gradients {
    Gradients(
      hidden: plan.add("gradient of hidden", plan.rows, output.width), dropped: output.planGradient(&plan))
  }

  /// Writes y, or residual + y, from x, all (rows, C).
  func forward(_ pass: Pass, _ y: Matrix, _ x: Matrix, adding residual: Matrix?, _ activations: Activations) {
    let (hidden, slope) = (pass[activations.hidden], pass[activations.slope])
    let product = isGated ? slope : hidden
    let biases = b1.map { pass.repeated($0, product.rows) }
    multiply(into: product, x, pass.parameters[w1], adding: biases, team: pass.team)
    if isGated {
      gatedForward(activation, hidden, slope, team: pass.team)
    } else {
      activationForward(
        activation, hidden.pointer, slope: slope.pointer, hidden.rows * hidden.columns, team: pass.team)
    }
    output.forward(pass, y, hidden, adding: residual)
  }

  /// Writes the gradient of x, or base + that, to dx.
  func backward(
    _ pass: Pass, gradients: FloatBuffer, dx: Matrix, adding base: Matrix?, dy: Matrix, _ x: Matrix,
    _ activations: Activations, _ places: Gradients
  ) {
    let (team, slope) = (pass.team, pass[activations.slope])
    var dhidden = pass[places.hidden]
    output.backward(
      pass, gradients: gradients, dh: dhidden, dy: dy, pass[activations.hidden], times: isGated ? nil : slope,
      places.dropped)
    if isGated {
      gatedBackward(slope, dy: dhidden, team: team)
      dhidden = slope
    }
    if let b1 { biasBackward(gradients[b1].pointer, dy: dhidden, team: team) }
    multiply(into: gradients[w1], x.transposed, dhidden, accumulates: true, team: team)
    multiply(into: dx, dhidden, pass.parameters[w1].transposed, adding: base, team: team)
  }
}

extension Activation {
  fileprivate init(_ feedForward: Architecture.FeedForward) {
    self =
      switch feedForward {
      case .gelu, .geglu: .gelu
      case .geluErf: .geluErf
      case .relu: .relu
      case .relu2: .relu2
      case .swiglu: .silu
      }
  }
}
