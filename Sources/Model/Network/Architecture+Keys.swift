extension Architecture {
  /// The members in which two architectures differ, as a spec would write them to get this one: `"d_model": 128`. The number of tokens
  /// isn't a spec's to choose.
  package func keys(differingFrom other: Architecture) -> [String] {
    zip(members, other.members).compactMap { own, theirs in
      // What follows from the width and the heads in both needn't be written.
      let follows =
        own.key == "kv_heads" && kvHeads == heads && other.kvHeads == other.heads
        || own.key == "head_size" && hasEqualShares && other.hasEqualShares
        || own.key == "base_head_size" && baseHeadSize == nil && other.baseHeadSize == nil
      return follows || own.value == theirs.value ? nil : "\"\(own.key)\": \(own.value)"
    }
  }

  private var hasEqualShares: Bool { headSize == Self.headSize(dModel: dModel, heads: heads) }

  /// All members but the number of tokens, their values as JSON.
  private var members: [(key: String, value: String)] {
    func number(_ value: Double?) -> String { value.map { "\($0)" } ?? "0" }
    return [
      ("d_model", "\(dModel)"), ("heads", "\(heads)"), ("kv_heads", "\(kvHeads)"), ("head_size", "\(headSize)"),
      ("layers", "\(layers)"), ("d_ff", "\(dFF)"), ("context_length", "\(contextLength)"),
      ("positions", "\"\(positions.rawValue)\""), ("rope_base", number(ropeBase)), ("norm", "\"\(norm.rawValue)\""),
      ("norm_epsilon", number(normEpsilon)), ("norm_placement", "\"\(normPlacement.rawValue)\""),
      ("qk_norm", "\"\(qkNorm.rawValue)\""), ("feed_forward", "\"\(feedForward.rawValue)\""),
      ("tied_head", "\(tiedHead)"), ("biases", "\(biases)"), ("window", "\(window ?? 0)"),
      ("logit_cap", number(logitCap)), ("attention_cap", number(attentionCap)),
      ("parametrization", "\"\(parametrization.rawValue)\""), ("base_d_model", "\(baseDModel)"),
      ("base_layers", "\(baseLayers)"),
      ("base_head_size", parametrization == .standard ? "0" : "\(baseHeadSize ?? baseDModel / heads)"),
    ]
  }
}
