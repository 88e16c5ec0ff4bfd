/// The classes of `transformers` that some architectures are, by their `model_type`. Where two hold a block, the first is chosen.
///
/// What each computes: https://github.com/huggingface/transformers/tree/v4.57.6/src/transformers/models
enum ModelClass: String, CaseIterable, Sendable {
  case gpt2
  case gptNeoX = "gpt_neox"
  case starcoder2, llama, arcee, qwen3, olmo2, gemma2, smollm3

  /// The name of the class.
  var name: String {
    switch self {
    case .gpt2: "GPT2LMHeadModel"
    case .gptNeoX: "GPTNeoXForCausalLM"
    case .starcoder2: "Starcoder2ForCausalLM"
    case .llama: "LlamaForCausalLM"
    case .arcee: "ArceeForCausalLM"
    case .qwen3: "Qwen3ForCausalLM"
    case .olmo2: "Olmo2ForCausalLM"
    case .gemma2: "Gemma2ForCausalLM"
    case .smollm3: "SmolLM3ForCausalLM"
    }
  }

  /// The norm of the class's residual stream.
  var norm: Architecture.Norm { [.gpt2, .gptNeoX, .starcoder2].contains(self) ? .layer : .rms }
  /// Where its blocks have norms.
  var normPlacement: Architecture.NormPlacement {
    switch self {
    case .olmo2: .output
    case .gemma2: .sandwich
    default: .pre
    }
  }
  /// How it normalizes queries and keys.
  var qkNorm: Architecture.QKNorm {
    switch self {
    case .qwen3: .head
    case .olmo2: .width
    default: .none
    }
  }
  /// Whether a gate is multiplied into its feed-forward layer.
  var isGated: Bool { norm == .rms && self != .arcee }
  /// Whether it caps attention's scores and logits.
  var hasCaps: Bool { self == .gemma2 }
  /// Whether a window may limit its attention.
  var hasWindow: Bool { [.starcoder2, .qwen3, .gemma2, .smollm3].contains(self) }
  /// Whether all its matrices may have biases.
  var hasBiases: Bool { ![.qwen3, .olmo2, .gemma2].contains(self) }
  /// Whether a head may have another width than its share of the model's.
  var hasHeadSize: Bool { ![.gpt2, .gptNeoX].contains(self) }
  /// Whether the heads must divide the model's width even so: transformers 5 checks that.
  var hasDividingHeads: Bool { [.gpt2, .gptNeoX, .llama, .arcee, .gemma2].contains(self) }
}

// MARK: - Which class

extension ModelClass {
  /// What a class demands of an architecture: a key of the spec, and a value that meets the demand.
  struct Demand: Equatable {
    let key: String
    let remedy: String
  }

  /// The class that computes what the architecture does.
  ///
  /// - Throws: `NoModelClass`, with those that are nearest.
  static func holding(_ architecture: Architecture) throws(NoModelClass) -> ModelClass {
    let demands = allCases.map { (modelClass: $0, unmet: $0.unmetDemands(of: architecture)) }
    if let match = demands.first(where: \.unmet.isEmpty) { return match.modelClass }
    let least = demands.map(\.unmet.count).min() ?? 0
    throw NoModelClass(nearest: demands.filter { $0.unmet.count == least })
  }

  /// What the architecture would have to be instead to be of this class.
  func unmetDemands(of architecture: Architecture) -> [Demand] {
    var unmet: [Demand] = []
    func demand(_ key: String, _ isMet: Bool, _ value: String) {
      if !isMet { unmet.append(Demand(key: key, remedy: "\"\(key)\": \(value)")) }
    }
    demand("norm", architecture.norm == norm, "\"\(norm.rawValue)\"")
    demand("norm_placement", architecture.normPlacement == normPlacement, "\"\(normPlacement.rawValue)\"")
    demand("qk_norm", architecture.qkNorm == qkNorm, "\"\(qkNorm.rawValue)\"")
    demand(
      "positions", positions.contains(architecture.positions), "\"\(positions[0].rawValue)\"")
    demand("feed_forward", architecture.feedForward.isGated == isGated, isGated ? "\"swiglu\"" : "\"gelu\"")
    demand("biases", hasBiases || !architecture.biases, "false")
    if self == .gptNeoX {
      demand("biases", architecture.biases, "true")
      demand("kv_heads", architecture.kvHeads == architecture.heads, "\(architecture.heads)")
    }
    let divides = architecture.dModel % architecture.heads == 0
    demand("heads", !hasDividingHeads || divides, "a divisor of d_model \(architecture.dModel)")
    if divides {
      let share = architecture.dModel / architecture.heads
      demand("head_size", hasHeadSize || architecture.headSize == share, "\(share)")
    }
    // transformers 5 demands halves that could be rotated, also where nothing is.
    demand("head_size", self != .smollm3 || architecture.headSize % 2 == 0, "\(architecture.headSize + 1)")
    demand("window", hasWindow || architecture.reachingWindow == nil, "0")
    demand("logit_cap", hasCaps || architecture.logitCap == nil, "0")
    demand("attention_cap", hasCaps || architecture.attentionCap == nil, "0")
    return unmet
  }

  /// The positions that it computes.
  private var positions: [Architecture.Positions] {
    switch self {
    // Its table of positions can hold sines and cosines, or zeros.
    case .gpt2: [.learned, .sinusoidal, .none]
    case .smollm3: [.none]
    default: [.rope]
    }
  }
}

extension Architecture {
  /// The window, where it is shorter than the context.
  var reachingWindow: Int? { window.flatMap { $0 < contextLength ? $0 : nil } }
}

/// That no class of `transformers` computes what an architecture does.
struct NoModelClass: Error, CustomStringConvertible {
  /// The classes that differ in the fewest keys, and what they demand.
  let nearest: [(modelClass: ModelClass, unmet: [ModelClass.Demand])]

  /// The fact and the remedy.
  var description: String {
    let classes = nearest.map { "\($0.modelClass.name) with \($0.unmet.map(\.remedy).joined(separator: ", "))" }
    return "no class of transformers computes exactly what this block does. The nearest: "
      + classes.joined(separator: "; ") + ". Train a run with these keys, and export it."
  }
}
