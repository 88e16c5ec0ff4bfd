import Kernels

/// Causal attention of H heads: y = residual + heads(x · w_qkv) · w_o.
struct SelfAttention: Sendable {
  struct Activations {
    /// (N, 3C) Queries, keys and values.
    let qkv: ActivationPlan.Place
    /// (B·H, T·T) Attention weights, as `AttentionSizes` lays them out.
    let weights: ActivationPlan.Place
    /// (N, C) The heads' outputs side by side.
    let heads: ActivationPlan.Place
  }

  private let heads, headSize: Int
  /// (C, H·D + 2·K·D) The query, key and value matrices side by side, so that one product makes all three, with K heads of keys and
  /// values; (H·D, C).
  private let wQKV, wO: ParameterLayout.Tensor
  /// (H·D + 2·K·D) and (C). Nil where the model has no biases.
  private let bQKV, bO: ParameterLayout.Tensor?
  /// The gains of the queries' and the keys' norm: (D) for each head by itself, (H·D) and (K·D) for all at once.
  private let queryGain, keyGain: ParameterLayout.Tensor?

  init(_ prefix: String, _ architecture: Architecture, _ table: inout ParameterTable) {
    let (C, D) = (architecture.dModel, architecture.headSize)
    (heads, headSize) = (architecture.heads, D)
    let widths = [("q", architecture.queryWidth), ("k", architecture.keyWidth), ("v", architecture.keyWidth)]
    wQKV = table.addHiddenSideBySide(widths.map { (prefix + "w_" + $0.0, $0.1) }, C)
    bQKV = architecture.biases ? table.addBiasesSideBySide(widths.map { (prefix + "b_" + $0.0, $0.1) }) : nil
    switch architecture.qkNorm {
    case .none: (queryGain, keyGain) = (nil, nil)
    case .head, .width:
      let isWide = architecture.qkNorm == .width
      queryGain = table.add(prefix + "q_norm_gamma", .gain, isWide ? architecture.queryWidth : D)
      keyGain = table.add(prefix + "k_norm_gamma", .gain, isWide ? architecture.keyWidth : D)
    }
    wO = table.addResidual(prefix + "w_o", architecture.queryWidth, C)
    bO = architecture.biases ? table.add(prefix + "b_o", .bias, C) : nil
  }

  private func sizes(_ sequences: Int, _ length: Int) -> AttentionSizes {
    AttentionSizes(sequences: sequences, length: length, heads: heads, headSize: headSize)
  }

  func plan(_ plan: inout ActivationPlan) -> Activations {
    let sizes = sizes(plan.sequences, plan.contextLength)
    return Activations(
      qkv: plan.add("queries, keys, values", plan.rows, wQKV.columns),
      weights: plan.add("attention weights", sizes.headCount, sizes.weightsCount),
      heads: plan.add("heads", plan.rows, wO.rows))
  }

  /// (N, 3C) A place for the gradient of queries, keys and values.
  func planGradient(_ plan: inout ActivationPlan) -> ActivationPlan.Place {
    plan.add("gradient of queries, keys, values", plan.rows, wQKV.columns)
  }

  /// Writes y from x, all (rows, C).
  func forward(_ pass: Pass, _ y: Matrix, _ x: Matrix, adding residual: Matrix, _ activations: Activations) {
    multiply(into: pass[activations.qkv], x, pass.parameters[wQKV], team: pass.team)
    // Whole, since the keys and values of earlier positions take part.
    attentionForward(
      pass.activations[activations.heads], weights: pass.activations[activations.weights].pointer,
      pass.activations[activations.qkv], sizes(pass.sequences, pass.length), from: pass.start, team: pass.team)
    multiply(into: y, pass[activations.heads], pass.parameters[wO], adding: residual, team: pass.team)
  }

  /// Writes the gradient of x to dx, which holds the heads' gradient on the way.
  func backward(
    _ pass: Pass, gradients: FloatBuffer, dx: Matrix, dy: Matrix, _ x: Matrix, _ activations: Activations,
    dqkv: ActivationPlan.Place
  ) {
    let (dqkv, team) = (pass[dqkv], pass.team)
    multiply(into: gradients[wO], pass[activations.heads].transposed, dy, accumulates: true, team: team)
    multiply(into: dx, dy, pass.parameters[wO].transposed, team: team)
    attentionBackward(
      dqkv: dqkv, dout: dx, weights: pass.activations[activations.weights].pointer, pass.activations[activations.qkv],
      sizes(pass.sequences, pass.length), team: team)
    multiply(into: gradients[wQKV], x.transposed, dqkv, accumulates: true, team: team)
    multiply(into: dx, dqkv, pass.parameters[wQKV].transposed, team: team)
  }
}
