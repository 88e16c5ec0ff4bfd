import Store

/// The blocks by the words that a spec has for them: each sets several keys of the architecture at once, as the family's models have
/// them. How a model is trained (`initialization`, `dropout`, `z_loss`) stays what the spec says, so that an axis of blocks compares
/// blocks alone.
package enum BlockPreset: String, CaseIterable, Sendable {
  /// The defaults.
  case plain
  /// Radford et al. 2019, "Language Models are Unsupervised Multitask Learners".
  case gpt2
  /// Touvron et al. 2023, https://arxiv.org/abs/2302.13971
  case llama
  /// Yang et al. 2025, https://arxiv.org/abs/2505.09388
  case qwen3
  /// OLMo team 2024, https://arxiv.org/abs/2501.00656
  case olmo2
  /// Gemma team 2024, https://arxiv.org/abs/2408.00118. Its embeddings aren't multiplied, and all its blocks see all positions.
  case gemma2
  /// Karpathy 2025, https://github.com/karpathy/nanochat. Its norms have gains here.
  case nanochat

  /// The keys that the block sets, but for those that follow from other keys.
  package var values: [SpecKey: Scalar] {
    switch self {
    case .plain: [:]
    case .gpt2: [.norm: "layernorm", .biases: true]
    case .llama: [.positions: "rope", .feedForward: "swiglu", .tiedHead: false]
    case .qwen3:
      [.positions: "rope", .ropeBase: 1e6, .feedForward: "swiglu", .qkNorm: "head", .normEpsilon: 1e-6]
    case .olmo2:
      [
        .positions: "rope", .ropeBase: 5e5, .feedForward: "swiglu", .qkNorm: "width", .normPlacement: "output",
        .normEpsilon: 1e-6, .tiedHead: false,
      ]
    case .gemma2:
      [
        .positions: "rope", .feedForward: "geglu", .normPlacement: "sandwich", .normEpsilon: 1e-6,
        .attentionCap: 50.0, .logitCap: 30.0,
      ]
    case .nanochat:
      [
        .positions: "rope", .feedForward: "relu2", .qkNorm: "head", .normEpsilon: 1e-6, .tiedHead: false,
        .logitCap: 15.0,
      ]
    }
  }

  /// Whether two heads of queries share one of keys and values, where their number is even.
  package var groupsHeads: Bool { self == .qwen3 || self == .gemma2 }

  /// The key's value beside the others where the spec is silent; nil where the block says nothing of it.
  func value(of key: SpecKey, beside others: [SpecKey: Scalar]) -> Scalar? {
    if key == .kvHeads, groupsHeads, case .integer(let heads) = others[.heads], heads % 2 == 0 {
      return .integer(heads / 2)
    }
    return values[key]
  }
}
