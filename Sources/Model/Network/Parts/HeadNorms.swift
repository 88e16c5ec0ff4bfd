import Kernels

/// The norms of queries and keys: RMSNorm of each head by itself, or of all heads at once.
struct HeadNorms: Sendable {
  struct Activations {
    /// (N, H·D + K·D) Queries and keys before their norms.
    let former: ActivationPlan.Place
    /// (N, groups) What the backward pass needs of each group.
    let queryStatistics, keyStatistics: ActivationPlan.Place
  }

  private let queries, keys: HeadNorm
  /// (D), or (H·D) and (K·D).
  private let queryGain, keyGain: ParameterLayout.Tensor
  private let epsilon: Float

  /// Nil where the model has no such norms.
  init?(_ prefix: String, _ architecture: Architecture, _ table: inout ParameterTable) {
    let (H, K, D) = (architecture.heads, architecture.kvHeads, architecture.headSize)
    switch architecture.qkNorm {
    case .none: return nil
    case .head:
      queries = HeadNorm(column: 0, groups: H, width: D)
      keys = HeadNorm(column: H * D, groups: K, width: D)
    case .width:
      queries = HeadNorm(column: 0, groups: 1, width: H * D)
      keys = HeadNorm(column: H * D, groups: 1, width: K * D)
    }
    queryGain = table.add(prefix + "q_norm_gamma", .gain, queries.width)
    keyGain = table.add(prefix + "k_norm_gamma", .gain, keys.width)
    epsilon = Float(architecture.normEpsilon)
  }

  func plan(_ plan: inout ActivationPlan) -> Activations {
    Activations(
      former: plan.add("queries, keys before their norms", plan.rows, keys.columns.upperBound),
      queryStatistics: plan.add("norm statistics of queries", plan.rows, queries.groups),
      keyStatistics: plan.add("norm statistics of keys", plan.rows, keys.groups))
  }

  /// Normalizes queries and keys in place.
  func forward(_ pass: Pass, _ qkv: Matrix, _ places: Activations) {
    let former = pass[places.former]
    headNormForward(
      qkv, former: former, inverse: pass[places.queryStatistics], gamma: pass.parameters[queryGain].pointer, queries,
      epsilon: epsilon, team: pass.team)
    headNormForward(
      qkv, former: former, inverse: pass[places.keyStatistics], gamma: pass.parameters[keyGain].pointer, keys,
      epsilon: epsilon, team: pass.team)
  }

  /// Replaces the gradients of queries and keys by those of what was normalized.
  func backward(_ pass: Pass, gradients: FloatBuffer, _ dqkv: Matrix, _ places: Activations) {
    let former = pass[places.former]
    headNormBackward(
      dqkv, dgamma: gradients[queryGain].pointer, former: former, inverse: pass[places.queryStatistics],
      gamma: pass.parameters[queryGain].pointer, queries, team: pass.team)
    headNormBackward(
      dqkv, dgamma: gradients[keyGain].pointer, former: former, inverse: pass[places.keyStatistics],
      gamma: pass.parameters[keyGain].pointer, keys, team: pass.team)
  }
}
