import Kernels

/// A norm of the residual stream: one of `Architecture.Norm`.
struct Norm: Sendable {
  struct Activations {
    /// (N, C) The normalized rows.
    let output: ActivationPlan.Place
    /// (statistics, N) What the backward pass needs of each row.
    let statistics: ActivationPlan.Place
  }

  private let kind: Architecture.Norm
  /// (C)
  private let gain: ParameterLayout.Tensor
  /// (C) What a LayerNorm adds, where the model has biases.
  private let bias: ParameterLayout.Tensor?

  /// - Parameter name: What its tensors' names begin with.
  init(_ name: String, _ architecture: Architecture, _ table: inout ParameterTable) {
    kind = architecture.norm
    gain = table.add(name + "_gamma", .gain, architecture.dModel)
    bias =
      kind == .layer && architecture.biases ? table.add(name + "_beta", .bias, architecture.dModel) : nil
  }

  /// Numbers that the backward pass needs of each row.
  private var statistics: Int {
    switch kind {
    case .rms: 1
    case .layer: 2
    }
  }

  func plan(_ plan: inout ActivationPlan) -> Activations {
    Activations(
      output: plan.add("norm", plan.rows, gain.count), statistics: plan.add("norm statistics", statistics, plan.rows))
  }

  /// (N, C) A place for the rows that are normalized.
  func planInput(_ plan: inout ActivationPlan) -> ActivationPlan.Place { plan.add("stream", plan.rows, gain.count) }

  /// Normalizes x (rows, C).
  func forward(_ pass: Pass, _ x: Matrix, _ activations: Activations) {
    let (y, gain) = (pass[activations.output], pass.parameters[gain].pointer)
    let statistics = pass.activations[activations.statistics]
    switch kind {
    case .rms: rmsNormForward(y, inverse: statistics.row(0) + pass.start, x, gamma: gain, team: pass.team)
    case .layer: fatalError()
    }
  }

  /// Adds to dx the gradient that comes through the norm from dy.
  func backward(
    _ pass: Pass, gradients: FloatBuffer, dx: Matrix, dy: Matrix, _ x: Matrix, _ activations: Activations
  ) {
    let (gain, dgain) = (pass.parameters[gain].pointer, gradients[gain].pointer)
    let statistics = pass.activations[activations.statistics]
    switch kind {
    case .rms:
      rmsNormBackward(dx: dx, dgamma: dgain, dy: dy, x, inverse: statistics.row(0), gamma: gain, team: pass.team)
    case .layer: fatalError()
    }
  }
}
