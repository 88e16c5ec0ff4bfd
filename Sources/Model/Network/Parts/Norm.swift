import Kernels

/// A norm of the residual stream, or of what is added to it: one of `Architecture.Norm`.
struct Norm: Sendable {
  struct Activations {
    /// (N, C) The normalized rows.
    let output: ActivationPlan.Place
    /// (statistics, N) What the backward pass needs of each row.
    let statistics: ActivationPlan.Place
  }

  private let kind: Architecture.Norm
  private let epsilon: Float
  /// (C)
  private let gain: ParameterLayout.Tensor
  /// (C) What a LayerNorm adds, where the model has biases.
  private let bias: ParameterLayout.Tensor?

  /// - Parameter name: What its tensors' names begin with.
  init(_ name: String, _ architecture: Architecture, _ table: inout ParameterTable) {
    kind = architecture.norm
    epsilon = Float(architecture.normEpsilon)
    gain = table.add(name + "_gamma", .gain, architecture.dModel)
    bias =
      kind == .layer && architecture.biases ? table.add(name + "_beta", .bias, architecture.dModel) : nil
  }

  func plan(_ plan: inout ActivationPlan) -> Activations {
    Activations(output: plan.add("norm", plan.rows, gain.count), statistics: planStatistics(&plan))
  }

  /// A place for the statistics alone, where the normalized rows go elsewhere.
  func planStatistics(_ plan: inout ActivationPlan) -> ActivationPlan.Place {
    let count =
      switch kind {
      case .rms: 1
      case .layer: 2
      }
    return plan.add("norm statistics", count, plan.rows)
  }

  /// Writes y = norm(x), or residual + norm(x), all (rows, C).
  func forward(
    _ pass: Pass, _ y: Matrix, _ x: Matrix, adding residual: Matrix? = nil, statistics: ActivationPlan.Place
  ) {
    let gain = pass.parameters[gain].pointer
    let statistics = pass.activations[statistics]
    let inverse = statistics.row(0) + pass.start
    switch kind {
    case .rms:
      rmsNormForward(y, inverse: inverse, x, gamma: gain, epsilon: epsilon, adding: residual, team: pass.team)
    case .layer:
      layerNormForward(
        y, mean: statistics.row(1) + pass.start, inverse: inverse, x, gamma: gain,
        beta: bias.map { pass.parameters[$0].pointer }, epsilon: epsilon, adding: residual, team: pass.team)
    }
  }

  /// Adds to dx, or writes to it, the gradient that comes through the norm from dy.
  func backward(
    _ pass: Pass, gradients: FloatBuffer, dx: Matrix, dy: Matrix, _ x: Matrix, statistics: ActivationPlan.Place,
    accumulates: Bool = true
  ) {
    let (gain, dgain) = (pass.parameters[gain].pointer, gradients[gain].pointer)
    let statistics = pass.activations[statistics]
    switch kind {
    case .rms:
      rmsNormBackward(
        dx: dx, dgamma: dgain, dy: dy, x, inverse: statistics.row(0), gamma: gain,
        accumulates: accumulates, team: pass.team)
    case .layer:
      layerNormBackward(
        dx: dx, dgamma: dgain, dbeta: bias.map { gradients[$0].pointer }, dy: dy, x, mean: statistics.row(1),
        inverse: statistics.row(0), gamma: gain, accumulates: accumulates, team: pass.team)
    }
  }
}
