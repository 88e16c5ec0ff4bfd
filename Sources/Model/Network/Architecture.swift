/// What a transformer is made of and how large: everything that its parameters' shapes and its computation follow from.
///
/// It stands in weight files as JSON. A member that is younger than the format has a default, the one that all models had before
/// it: it may be missing in a file, and is left out where it has that default. The names in JSON are those of the spec's keys.
public struct Architecture: Equatable, Hashable, Sendable {
  /// Number of distinct tokens, V.
  public var vocabularySize: Int
  /// Longest sequence the model sees at once, in tokens.
  public var contextLength: Int
  /// Width of the residual stream, C.
  public var dModel: Int
  /// Attention heads of each block, H.
  public var heads: Int
  /// Number of blocks, L.
  public var layers: Int
  /// Width of the feed-forward layer; of a gated one, that of its gate and of what the gate is multiplied by.
  public var dFF: Int

  /// How the model knows where a token stands.
  public var positions = Positions.learned
  /// The base of the rotations' wavelengths, where `positions` is `rope`.
  public var ropeBase = Self.defaultRopeBase
  /// The norm of the residual stream.
  public var norm = Norm.rms
  /// What every norm adds to the mean square.
  public var normEpsilon = Self.defaultNormEpsilon
  /// Where a block's norms stand.
  public var normPlacement = NormPlacement.pre
  /// How queries and keys are normalized.
  public var qkNorm = QKNorm.none
  /// What a block's feed-forward layer computes.
  public var feedForward = FeedForward.gelu
  /// Heads of keys and values of each block; each serves `heads / kvHeads` heads of queries.
  public var kvHeads: Int
  /// Width of one head, D.
  public var headSize: Int
  /// Whether the token embedding is the output head too.
  public var tiedHead = true
  /// Whether every matrix between two layers has a bias, and so every LayerNorm. The output head has none.
  public var biases = false
  /// How many last positions a position sees, itself among them. Nil: all.
  public var window: Int?
  /// Caps logits: c · tanh(z / c). Nil: no cap. Gemma 2, https://arxiv.org/abs/2408.00118
  public var logitCap: Double?
  /// Caps attention's scores the same way, before the mask.
  public var attentionCap: Double?
  /// How initialization, learning rates and multipliers follow from the sizes.
  public var parametrization = Parametrization.Kind.standard
  /// The width at which the parametrization is as standard.
  public var baseDModel = Self.defaultBaseDModel
  /// The depth at which it is.
  public var baseLayers = Self.defaultBaseLayers
  /// The width of a head at that width; nil for `baseDModel / heads`.
  public var baseHeadSize: Int?

  static let defaultRopeBase = 10_000.0
  static let defaultNormEpsilon = 1e-5
  static let defaultBaseDModel = 64
  static let defaultBaseLayers = 2

  /// The plain model in these sizes; `heads` must divide `dModel`, and every size is at least 1.
  public init(vocabularySize: Int, contextLength: Int, dModel: Int, heads: Int, layers: Int, dFF: Int) {
    self.vocabularySize = vocabularySize
    self.contextLength = contextLength
    self.dModel = dModel
    self.heads = heads
    self.layers = layers
    self.dFF = dFF
    kvHeads = heads
    headSize = Self.headSize(dModel: dModel, heads: heads)
    precondition(isPossible, "impossible architecture \(self)")
  }

  /// The width of a head where nothing else is said: an equal share of the model's width. 0 where the heads don't divide it.
  static func headSize(dModel: Int, heads: Int) -> Int { heads >= 1 && dModel % heads == 0 ? dModel / heads : 0 }

  /// Whether such a model can be: every size is at least 1, `kvHeads` divides `heads`, and halves of a head can be rotated into one
  /// another where positions are rotations.
  public var isPossible: Bool {
    let sizes = [
      vocabularySize, contextLength, dModel, heads, layers, dFF, kvHeads, headSize, window ?? 1, baseDModel, baseLayers,
      baseHeadSize ?? 1,
    ]
    let numbers = [ropeBase, normEpsilon, logitCap ?? 1, attentionCap ?? 1]
    return sizes.allSatisfy { $0 >= 1 } && heads % kvHeads == 0 && (positions != .rope || headSize % 2 == 0)
      && numbers.allSatisfy { $0 > 0 && $0.isFinite }
      // A norm behind a layer would undo what the layer is multiplied by.
      && (parametrization != .completep || normPlacement == .pre)
  }

  /// Width of all heads' queries side by side, H·D.
  var queryWidth: Int { heads * headSize }
  /// Width of all heads' keys, or values, side by side.
  var keyWidth: Int { kvHeads * headSize }
  /// Whether there is a norm after the last block: not where the last block ends with one.
  var hasFinalNorm: Bool { normPlacement != .post }

  /// Numbers in the matrices of one block; a `Double`, since a file may claim any sizes.
  var blockMatricesCount: Double {
    let attention = Double(dModel) * (2 * Double(heads) + 2 * Double(kvHeads)) * Double(headSize)
    return attention + (feedForward.isGated ? 3 : 2) * Double(dModel) * Double(dFF)
  }

  /// Floating-point operations of one training step's products per token at full context, forward and backward.
  ///
  /// 6 for each matrix parameter that takes part in a product (2 forward, 4 backward: Kaplan et al. 2020, table 1, where
  /// the embedding counts once, as the output head; so does a head of its own), and 12 for each element of a head and each key that a
  /// position sees in attention's two products: T/2 keys on average, or with a window of W fewer than T positions W - W²/2T.
  public var trainingFlopsPerToken: Double {
    let matrices = Double(layers) * blockMatricesCount + Double(vocabularySize * dModel)
    guard let window, window < contextLength else {
      return 6 * matrices + 6 * Double(layers * contextLength * queryWidth)
    }
    let seen = Double(window) - Double(window) * Double(window) / Double(2 * contextLength)
    return 6 * matrices + 12 * Double(layers * queryWidth) * seen
  }
}

// MARK: - Words

extension Architecture {
  /// How the model knows where a token stands, by the words that a spec has for it.
  public enum Positions: String, CaseIterable, Codable, Sendable {
    /// A learned row for each position is added to the token's.
    case learned
    /// Queries and keys are rotated, half of a head against the other half (RoPE). Su et al. 2021, https://arxiv.org/abs/2104.09864
    case rope
    /// Scores fall with the distance (ALiBi). Press et al. 2021, https://arxiv.org/abs/2108.12409
    case alibi
    /// Fixed sines and cosines are added to the token's row. Vaswani et al. 2017, https://arxiv.org/abs/1706.03762
    case sinusoidal
    /// The causal mask alone tells positions apart (NoPE).
    case none
  }

  /// The norms by the words that a spec has for them.
  public enum Norm: String, CaseIterable, Codable, Sendable {
    /// x / sqrt(mean(x²) + ε) times a gain. Zhang & Sennrich 2019, https://arxiv.org/abs/1910.07467
    case rms = "rmsnorm"
    /// The same of x - mean(x); with biases it adds one. Ba et al. 2016, https://arxiv.org/abs/1607.06450
    case layer = "layernorm"
  }

  /// Where a block's norms n stand beside a layer f, by the words that a spec has for it.
  public enum NormPlacement: String, CaseIterable, Codable, Sendable {
    /// x + f(n(x)), and a norm after the last block.
    case pre
    /// n(x + f(x)), as in the first transformer, and no norm after the last block.
    case post
    /// x + n(f(x)), and a norm after the last block (OLMo 2, https://arxiv.org/abs/2501.00656).
    case output
    /// x + n(f(n(x))), and a norm after the last block (Gemma 2, https://arxiv.org/abs/2408.00118).
    case sandwich
  }

  /// How queries and keys are normalized, always by RMSNorm, by the words that a spec has for it.
  public enum QKNorm: String, CaseIterable, Codable, Sendable {
    /// Not at all.
    case none
    /// Each head by itself, all heads with one gain, before the rotation (Qwen 3, https://arxiv.org/abs/2505.09388).
    case head
    /// All heads at once (OLMo 2, https://arxiv.org/abs/2501.00656).
    case width
  }

  /// What a feed-forward layer computes of x, by the words that a spec has for it.
  public enum FeedForward: String, CaseIterable, Codable, Sendable {
    /// w2(gelu(w1 x)), with GELU in its tanh form.
    case gelu
    /// w2(gelu(w1 x)), with GELU by the error function.
    case geluErf = "gelu_erf"
    /// w2(max(w1 x, 0)).
    case relu
    /// w2(max(w1 x, 0)²). So et al. 2021, https://arxiv.org/abs/2109.08668
    case relu2
    /// w2(silu(gate x) · w1 x). Shazeer 2020, https://arxiv.org/abs/2002.05202
    case swiglu
    /// w2(gelu(gate x) · w1 x), with GELU in its tanh form.
    case geglu

    /// Whether one product is multiplied by the activation of another: the layer has three matrices instead of two.
    public var isGated: Bool { self == .swiglu || self == .geglu }
  }
}

// MARK: - JSON

extension Architecture: Codable {
  private enum CodingKeys: String, CodingKey {
    case heads, layers, norm, positions, biases, window, parametrization
    case vocabularySize = "vocab_size"
    case contextLength = "context_length"
    case dModel = "d_model"
    case dFF = "d_ff"
    case ropeBase = "rope_base"
    case normEpsilon = "norm_epsilon"
    case normPlacement = "norm_placement"
    case qkNorm = "qk_norm"
    case feedForward = "feed_forward"
    case kvHeads = "kv_heads"
    case headSize = "head_size"
    case tiedHead = "tied_head"
    case logitCap = "logit_cap"
    case attentionCap = "attention_cap"
    case baseDModel = "base_d_model"
    case baseLayers = "base_layers"
    case baseHeadSize = "base_head_size"
  }

  /// Reads an architecture, which may be impossible. A window or a cap of 0 is none.
  public init(from decoder: any Decoder) throws {
    let members = try decoder.container(keyedBy: CodingKeys.self)
    func value<Value: Decodable>(_ key: CodingKeys, _ fallback: Value) throws -> Value {
      try members.decodeIfPresent(Value.self, forKey: key) ?? fallback
    }
    vocabularySize = try members.decode(Int.self, forKey: .vocabularySize)
    contextLength = try members.decode(Int.self, forKey: .contextLength)
    dModel = try members.decode(Int.self, forKey: .dModel)
    heads = try members.decode(Int.self, forKey: .heads)
    layers = try members.decode(Int.self, forKey: .layers)
    dFF = try members.decode(Int.self, forKey: .dFF)
    positions = try value(.positions, positions)
    ropeBase = try value(.ropeBase, ropeBase)
    norm = try value(.norm, norm)
    normEpsilon = try value(.normEpsilon, normEpsilon)
    normPlacement = try value(.normPlacement, normPlacement)
    qkNorm = try value(.qkNorm, qkNorm)
    feedForward = try value(.feedForward, feedForward)
    kvHeads = try value(.kvHeads, heads)
    headSize = try value(.headSize, Self.headSize(dModel: dModel, heads: heads))
    tiedHead = try value(.tiedHead, tiedHead)
    biases = try value(.biases, biases)
    window = try members.decodeIfPresent(Int.self, forKey: .window).flatMap { $0 == 0 ? nil : $0 }
    logitCap = try members.decodeIfPresent(Double.self, forKey: .logitCap).flatMap { $0 == 0 ? nil : $0 }
    attentionCap = try members.decodeIfPresent(Double.self, forKey: .attentionCap).flatMap { $0 == 0 ? nil : $0 }
    parametrization = try value(.parametrization, parametrization)
    baseDModel = try value(.baseDModel, baseDModel)
    baseLayers = try value(.baseLayers, baseLayers)
    baseHeadSize = try members.decodeIfPresent(Int.self, forKey: .baseHeadSize)
  }

  /// Writes the sizes, and those of the younger members that don't have their default.
  public func encode(to encoder: any Encoder) throws {
    var members = encoder.container(keyedBy: CodingKeys.self)
    func write<Value: Encodable & Equatable>(_ value: Value, _ key: CodingKeys, unless fallback: Value) throws {
      if value != fallback { try members.encode(value, forKey: key) }
    }
    try members.encode(vocabularySize, forKey: .vocabularySize)
    try members.encode(contextLength, forKey: .contextLength)
    try members.encode(dModel, forKey: .dModel)
    try members.encode(heads, forKey: .heads)
    try members.encode(layers, forKey: .layers)
    try members.encode(dFF, forKey: .dFF)
    try write(positions, .positions, unless: .learned)
    try write(ropeBase, .ropeBase, unless: Self.defaultRopeBase)
    try write(norm, .norm, unless: .rms)
    try write(normEpsilon, .normEpsilon, unless: Self.defaultNormEpsilon)
    try write(normPlacement, .normPlacement, unless: .pre)
    try write(qkNorm, .qkNorm, unless: QKNorm.none)
    try write(feedForward, .feedForward, unless: .gelu)
    try write(kvHeads, .kvHeads, unless: heads)
    try write(headSize, .headSize, unless: Self.headSize(dModel: dModel, heads: heads))
    try write(tiedHead, .tiedHead, unless: true)
    try write(biases, .biases, unless: false)
    try members.encodeIfPresent(window, forKey: .window)
    try members.encodeIfPresent(logitCap, forKey: .logitCap)
    try members.encodeIfPresent(attentionCap, forKey: .attentionCap)
    try write(parametrization, .parametrization, unless: .standard)
    try write(baseDModel, .baseDModel, unless: Self.defaultBaseDModel)
    try write(baseLayers, .baseLayers, unless: Self.defaultBaseLayers)
    try members.encodeIfPresent(baseHeadSize, forKey: .baseHeadSize)
  }
}
