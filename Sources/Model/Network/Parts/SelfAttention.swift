import Kernels

/// Causal attention of H heads of queries and K of keys and values: y = heads(x · w_qkv) · w_o, with biases where the model has them.
/// Queries and keys are normalized and rotated where the model says so.
struct SelfAttention: Sendable {
  struct Activations {
    /// (N, H·D + 2·K·D) Queries, keys and values.
    let qkv: ActivationPlan.Place
    /// (B·H, T·T) Attention weights, as `AttentionSizes` lays them out.
    let weights: ActivationPlan.Place
    /// (B·H, T·T) The derivatives of capped scores, and the weights after dropout.
    let capSlopes, dropped: ActivationPlan.Place?
    /// (N, H·D) The heads' outputs side by side.
    let heads: ActivationPlan.Place
    let norms: HeadNorms.Activations?
  }

  struct Gradients {
    /// (N, H·D + 2·K·D)
    let qkv: ActivationPlan.Place
    /// (N, H·D) The gradient of the heads' outputs; nil where it has the place of a norm's gradient.
    let heads: ActivationPlan.Place?
    let dropped: ActivationPlan.Place?
  }

  private let heads, keyHeads, headSize: Int
  private let window: Int?
  private let cap: Float?
  /// What scores are multiplied by, beside 1 / √D.
  private let multiplier: Float
  /// (C, H·D + 2·K·D) The query, key and value matrices side by side, so that one product makes all three.
  private let wQKV: ParameterLayout.Tensor
  /// (H·D + 2·K·D). Nil where the model has no biases.
  private let bQKV: ParameterLayout.Tensor?
  private let norms: HeadNorms?
  private let output: OutputProjection
  private let weightsPlace: DropoutPlace

  init(_ prefix: String, block: Int, _ architecture: Architecture, _ table: inout ParameterTable) {
    (heads, keyHeads, headSize) = (architecture.heads, architecture.kvHeads, architecture.headSize)
    window = architecture.window
    cap = architecture.attentionCap.map { Float($0) }
    multiplier = Parametrization(architecture).scores
    let widths = [("q", architecture.queryWidth), ("k", architecture.keyWidth), ("v", architecture.keyWidth)]
    wQKV = table.addHiddenSideBySide(widths.map { (prefix + "w_" + $0.0, $0.1) }, architecture.dModel)
    bQKV = architecture.biases ? table.addBiasesSideBySide(widths.map { (prefix + "b_" + $0.0, $0.1) }) : nil
    norms = HeadNorms(prefix, architecture, &table)
    output = OutputProjection(
      prefix, "o", architecture.queryWidth, .attention(ofBlock: block), architecture, &table)
    weightsPlace = .attentionWeights(ofBlock: block)
  }

  private func sizes(_ sequences: Int, _ length: Int) -> AttentionSizes {
    AttentionSizes(
      sequences: sequences, length: length, heads: heads, keyHeads: keyHeads, headSize: headSize, window: window,
      multiplier: multiplier)
  }

  func plan(_ plan: inout ActivationPlan) -> Activations {
    let sizes = sizes(plan.sequences, plan.contextLength)
    return Activations(
      qkv: plan.add("queries, keys, values", plan.rows, wQKV.columns),
      weights: plan.add("attention weights", sizes.headCount, sizes.weightsCount),
      capSlopes: cap != nil && plan.forTraining
        ? plan.add("slopes of capped scores", sizes.headCount, sizes.weightsCount) : nil,
      dropped: plan.hasDropout ? plan.add("dropped attention weights", sizes.headCount, sizes.weightsCount) : nil,
      heads: plan.add("heads", plan.rows, output.width), norms: norms?.plan(&plan))
  }

  /// - Parameter width: Of a place that holds the heads' gradient on the way, if that is its width.
  func planGradients(_ plan: inout ActivationPlan, sharing width: Int) -> Gradients {
    Gradients(
      qkv: plan.add("gradient of queries, keys, values", plan.rows, wQKV.columns),
      heads: output.width == width ? nil : plan.add("gradient of heads", plan.rows, output.width),
      dropped: output.planGradient(&plan))
  }

  private func changes(_ pass: Pass, _ activations: Activations) -> AttentionChanges {
    var changes = AttentionChanges()
    changes.cap = cap
    changes.capSlopes = activations.capSlopes.map { pass.activations[$0].pointer }
    changes.distanceSlopes = pass.tables.distanceSlopes
    if let step = pass.dropout, let dropped = activations.dropped {
      changes.dropout = step(weightsPlace)
      changes.dropped = pass.activations[dropped].pointer
      changes.firstSequence = step.firstSequence
    }
    return changes
  }

  /// Writes y, or residual + y, from x, all (rows, C).
  func forward(_ pass: Pass, _ y: Matrix, _ x: Matrix, adding residual: Matrix?, _ activations: Activations) {
    let qkv = pass[activations.qkv]
    let biases = bQKV.map { pass.repeated($0, qkv.rows) }
    multiply(into: qkv, x, pass.parameters[wQKV], adding: biases, team: pass.team)
    if let norms, let places = activations.norms { norms.forward(pass, qkv, places) }
    if let table = pass.tables.rotations {
      rotate(
        qkv, heads: heads + keyHeads, table: table, positions: pass.start..<pass.length, team: pass.team)
    }
    // Whole, since the keys and values of earlier positions take part.
    attentionForward(
      pass.activations[activations.heads], weights: pass.activations[activations.weights].pointer,
      pass.activations[activations.qkv], sizes(pass.sequences, pass.length), changes(pass, activations),
      from: pass.start, team: pass.team)
    output.forward(pass, y, pass[activations.heads], adding: residual)
  }

  /// Writes the gradient of x, or base + that, to dx. `dheads` is a place for the heads' gradient where they have none of their own.
  func backward(
    _ pass: Pass, gradients: FloatBuffer, dx: Matrix, adding base: Matrix?, dy: Matrix, _ x: Matrix,
    _ activations: Activations, _ places: Gradients, dheads: Matrix
  ) {
    let (dqkv, team) = (pass[places.qkv], pass.team)
    let dheads = places.heads.map { pass[$0] } ?? dheads
    output.backward(
      pass, gradients: gradients, dh: dheads, dy: dy, pass[activations.heads], places.dropped)
    attentionBackward(
      dqkv: dqkv, dout: dheads, weights: pass.activations[activations.weights].pointer,
      pass.activations[activations.qkv], sizes(pass.sequences, pass.length), changes(pass, activations), team: team)
    if let table = pass.tables.rotations {
      rotate(
        dqkv, heads: heads + keyHeads, table: table, positions: 0..<pass.length, isInverse: true, team: team)
    }
    if let norms, let places = activations.norms { norms.backward(pass, gradients: gradients, dqkv, places) }
    if let bQKV { biasBackward(gradients[bQKV].pointer, dy: dqkv, team: team) }
    multiply(into: gradients[wQKV], x.transposed, dqkv, accumulates: true, team: team)
    multiply(into: dx, dqkv, pass.parameters[wQKV].transposed, adding: base, team: team)
  }
}
