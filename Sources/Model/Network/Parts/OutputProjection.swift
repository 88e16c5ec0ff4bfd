import Kernels

/// The matrix with which a layer ends, and what is dropped of its product before it goes to the residual stream: y = h · w + b,
/// times the parametrization's multiplier.
struct OutputProjection: Sendable {
  /// (inner width, C)
  private let weights: ParameterLayout.Tensor
  /// (C)
  private let bias: ParameterLayout.Tensor?
  private let place: DropoutPlace
  /// What the product is multiplied by before it goes to the residual stream.
  private let multiplier: Float

  /// - Parameter name: What follows "w_" and "b_" in its tensors' names.
  init(
    _ prefix: String, _ name: String, _ width: Int, _ place: DropoutPlace, _ architecture: Architecture,
    _ table: inout ParameterTable
  ) {
    weights = table.addResidual("\(prefix)w_\(name)", width, architecture.dModel)
    bias = architecture.biases ? table.add("\(prefix)b_\(name)", .bias, architecture.dModel) : nil
    self.place = place
    multiplier = Parametrization(architecture).residual
  }

  /// Width of h.
  var width: Int { weights.rows }

  /// (N, C) A place for the gradient of the product where something is dropped of it, or it is multiplied by something.
  func planGradient(_ plan: inout ActivationPlan) -> ActivationPlan.Place? {
    plan.hasDropout || multiplier != 1 ? plan.add("gradient of a product", plan.rows, weights.columns) : nil
  }

  /// Writes y, or residual + y, to `y` (rows, C) from h (rows, inner width).
  func forward(_ pass: Pass, _ y: Matrix, _ h: Matrix, adding residual: Matrix?) {
    let biases = bias.map { pass.repeated($0, y.rows) }
    if pass.dropout != nil || multiplier != 1 {
      multiply(into: y, h, pass.parameters[weights], adding: biases, team: pass.team)
      if let step = pass.dropout {
        let base = multiplier == 1 ? residual : nil
        dropout(y, y, adding: base, step(place), firstRow: step.firstSequence * pass.length, team: pass.team)
      }
      if multiplier != 1 { scaled(y, y, by: multiplier, adding: residual, team: pass.team) }
    } else if let residual {
      multiply(into: y, h, pass.parameters[weights], adding: residual, team: pass.team)
      if let bias { addBias(y, pass.parameters[bias].pointer, team: pass.team) }
    } else {
      multiply(into: y, h, pass.parameters[weights], adding: biases, team: pass.team)
    }
  }

  /// Writes the gradient of h, times `slope` elementwise, to dh.
  func backward(
    _ pass: Pass, gradients: FloatBuffer, dh: Matrix, dy: Matrix, _ h: Matrix, times slope: Matrix? = nil,
    _ changed: ActivationPlan.Place?
  ) {
    var dy = dy
    if let place = changed, pass.dropout != nil || multiplier != 1 {
      let product = pass[place]
      if let step = pass.dropout {
        dropout(product, dy, step(self.place), firstRow: step.firstSequence * pass.length, team: pass.team)
        dy = product
      }
      if multiplier != 1 { scaled(product, dy, by: multiplier, adding: nil, team: pass.team) }
      dy = product
    }
    if let bias { biasBackward(gradients[bias].pointer, dy: dy, team: pass.team) }
    multiply(into: gradients[weights], h.transposed, dy, accumulates: true, team: pass.team)
    multiply(into: dh, dy, pass.parameters[weights].transposed, times: slope, team: pass.team)
  }
}
