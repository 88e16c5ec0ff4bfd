/// What a `config.json` says of a model: its class, and the architecture that it is.
struct ModelConfiguration {
  let modelClass: ModelClass
  var architecture: Architecture
  /// Which matrices have biases.
  let biases: ModelClass.Biases
  /// The positions that the folder's model knows; the architecture's context is at most as long where they are learned.
  let positions: Int
}

// MARK: - Writing

extension ModelClass {
  /// The content of `config.json` for an architecture that this class holds.
  func configuration(of architecture: Architecture) -> JSON {
    var members: [JSON.Member] = []
    func add(_ key: String, _ value: JSON) { members.append(JSON.Member(key, value)) }
    add("architectures", [.string(name)])
    add("model_type", .string(rawValue))
    add("vocab_size", .integer(architecture.vocabularySize))
    switch self {
    case .gpt2: addGPT2(architecture, add)
    default: addLlamaLike(architecture, add)
    }
    add("tie_word_embeddings", .bool(architecture.tiedHead))
    // The tokenizers have no tokens that mean something to a program.
    for key in ["bos_token_id", "eos_token_id", "pad_token_id"] { add(key, .null) }
    add("torch_dtype", "float32")
    return .object(members)
  }

  private func addGPT2(_ architecture: Architecture, _ add: (String, JSON) -> Void) {
    add("n_positions", .integer(architecture.contextLength))
    add("n_embd", .integer(architecture.dModel))
    add("n_layer", .integer(architecture.layers))
    add("n_head", .integer(architecture.heads))
    add("n_inner", .integer(architecture.dFF))
    add("activation_function", .string(architecture.feedForward.activation))
    add("layer_norm_epsilon", .number(architecture.normEpsilon))
    for key in ["resid_pdrop", "embd_pdrop", "attn_pdrop"] { add(key, 0.0) }
  }

  private func addLlamaLike(_ architecture: Architecture, _ add: (String, JSON) -> Void) {
    add("max_position_embeddings", .integer(architecture.contextLength))
    add("hidden_size", .integer(architecture.dModel))
    add("num_hidden_layers", .integer(architecture.layers))
    add("num_attention_heads", .integer(architecture.heads))
    if self != .gptNeoX {
      add("num_key_value_heads", .integer(architecture.kvHeads))
      add("head_dim", .integer(architecture.headSize))
    }
    add("intermediate_size", .integer(architecture.dFF))
    add(activationKey, .string(architecture.feedForward.activation))
    add(epsilonKey, .number(architecture.normEpsilon))
    add("attention_dropout", 0.0)
    addPositions(architecture, add)
    addWindow(architecture, add)
    switch self {
    case .starcoder2: add("use_bias", .bool(architecture.biases))
    case .gptNeoX:
      add("use_parallel_residual", false)
      add("attention_bias", true)
    default:
      add("attention_bias", .bool(architecture.biases))
      if hasBiases { add("mlp_bias", .bool(architecture.biases)) }
    }
    if self == .gemma2 {
      add("query_pre_attn_scalar", .integer(architecture.headSize))
      add("attn_logit_softcapping", architecture.attentionCap.map { .number($0) } ?? .null)
      add("final_logit_softcapping", architecture.logitCap.map { .number($0) } ?? .null)
      // Its other attention leaves the cap out. transformers 4 reads the first name, 5 the second.
      for key in ["_attn_implementation", "attn_implementation"] { add(key, "eager") }
    }
  }

  /// transformers 4 reads `rope_theta`, or a class's own names; 5 reads `rope_parameters`.
  private func addPositions(_ architecture: Architecture, _ add: (String, JSON) -> Void) {
    var parameters: [JSON.Member] = [
      JSON.Member("rope_type", "default"), JSON.Member("rope_theta", .number(architecture.ropeBase)),
    ]
    if self == .gptNeoX {
      add("rotary_pct", 1.0)
      add("rotary_emb_base", .number(architecture.ropeBase))
      parameters.append(JSON.Member("partial_rotary_factor", 1.0))
    } else {
      add("rope_theta", .number(architecture.ropeBase))
    }
    add("rope_parameters", .object(parameters))
    if self == .smollm3 {
      add("no_rope_layers", .array([JSON](repeating: 0, count: architecture.layers)))
    }
  }

  private func addWindow(_ architecture: Architecture, _ add: (String, JSON) -> Void) {
    guard hasWindow else { return }
    let window = architecture.reachingWindow
    // Gemma 2 asks for a window even where no layer has one.
    let unused: JSON = self == .gemma2 ? .integer(architecture.contextLength) : .null
    add("sliding_window", window.map { .integer($0) } ?? unused)
    guard self != .starcoder2 else { return }
    let type: JSON = window == nil ? "full_attention" : "sliding_attention"
    add("layer_types", .array([JSON](repeating: type, count: architecture.layers)))
    if self != .gemma2 { add("use_sliding_window", .bool(window != nil)) }
  }

  private var activationKey: String { self == .gemma2 ? "hidden_activation" : "hidden_act" }

  private var epsilonKey: String {
    switch self {
    case .gpt2: "layer_norm_epsilon"
    case .gptNeoX: "layer_norm_eps"
    case .starcoder2: "norm_epsilon"
    default: "rms_norm_eps"
    }
  }
}

extension Architecture.FeedForward {
  /// What `transformers` calls the activation.
  fileprivate var activation: String {
    switch self {
    case .gelu, .geglu: "gelu_pytorch_tanh"
    case .geluErf: "gelu"
    case .relu: "relu"
    case .relu2: "relu2"
    case .swiglu: "silu"
    }
  }

  /// What it may be called, also where one has several names.
  fileprivate static let activations = [
    "gelu_pytorch_tanh", "gelu_new", "gelu_fast", "gelu", "relu", "relu2", "silu", "swish",
  ]

  fileprivate init?(activation: String, isGated: Bool) {
    switch (activation, isGated) {
    case ("gelu_pytorch_tanh", false), ("gelu_new", false), ("gelu_fast", false): self = .gelu
    case ("gelu_pytorch_tanh", true), ("gelu_new", true), ("gelu_fast", true): self = .geglu
    case ("gelu", false): self = .geluErf
    case ("relu", false): self = .relu
    case ("relu2", false): self = .relu2
    case ("silu", true), ("swish", true): self = .swiglu
    default: return nil
    }
  }
}

// MARK: - Reading

extension ModelConfiguration {
  /// Reads a `config.json`. What it leaves out is as by default in its class.
  ///
  /// - Parameter contextLength: A shorter context than the model's; where positions aren't learned, a longer one too.
  /// - Throws: `WeightFileError.Fault`, where the file says something that this program doesn't compute.
  init(_ json: JSON, contextLength: Int?) throws(WeightFileError.Fault) {
    guard case .object = json else { throw .notJSON }
    guard case .string(let type)? = json["model_type"] else { throw .missingMember("model_type") }
    guard let modelClass = ModelClass(rawValue: type) else { throw .unknownModelType(type) }
    let members = Members(json: json)
    try members.refuse("quantization_config", unless: [nil], "Save the model without quantization.")
    try members.refuse("is_causal", unless: [nil, true], "Attention is always causal here.")
    try members.refuse("auto_map", unless: [nil], "Code that comes with a model isn't run here.")
    var architecture = try members.sizes(modelClass)
    positions = architecture.contextLength
    architecture.contextLength = contextLength ?? positions
    (architecture.norm, architecture.normPlacement) = (modelClass.norm, modelClass.normPlacement)
    architecture.qkNorm = modelClass.qkNorm
    try members.readLayers(modelClass, &architecture)
    try members.readPositions(modelClass, &architecture)
    try members.readWindow(modelClass, &architecture)
    biases = try members.biases(modelClass)
    // A LayerNorm has one whatever the matrices have.
    architecture.biases = biases.ofAttention || biases.ofFeedForward || modelClass.norm == .layer
    guard architecture.isPossible, architecture.fitsMemory else { throw .impossibleConfiguration }
    guard architecture.positions != .learned || architecture.contextLength <= positions else {
      throw .longContext(architecture.contextLength, known: positions)
    }
    self.modelClass = modelClass
    self.architecture = architecture
  }
}

/// The members of a `config.json`.
private struct Members {
  let json: JSON

  /// A member that isn't null.
  func member(_ key: String) -> JSON? { json[key].flatMap { $0 == .null ? nil : $0 } }

  func integer(_ key: String, _ fallback: Int? = nil) throws(WeightFileError.Fault) -> Int {
    switch member(key) {
    case .integer(let value) where (1...100_000_000).contains(value): return value
    case nil:
      guard let fallback else { throw .missingMember(key) }
      return fallback
    case .some(let other): throw .unsupportedMember(key, other.line, "It should be a whole number from 1 up.")
    }
  }

  func number(_ key: String, _ fallback: Double) throws(WeightFileError.Fault) -> Double {
    switch member(key) {
    case .integer(let value) where value > 0: return Double(value)
    case .number(let value) where value > 0 && value.isFinite: return value
    case nil: return fallback
    case .some(let other): throw .unsupportedMember(key, other.line, "It should be a number above 0.")
    }
  }

  func bool(_ key: String, _ fallback: Bool) throws(WeightFileError.Fault) -> Bool {
    switch member(key) {
    case .bool(let value): return value
    case nil: return fallback
    case .some(let other): throw .unsupportedMember(key, other.line, "It should be true or false.")
    }
  }

  /// Refuses a member that has none of these values; nil among them is one that isn't there.
  func refuse(_ key: String, unless values: [JSON?], _ remedy: String) throws(WeightFileError.Fault) {
    let found = member(key)
    guard !values.contains(found) else { return }
    throw .unsupportedMember(key, found?.line ?? "missing", remedy)
  }

  func sizes(_ modelClass: ModelClass) throws(WeightFileError.Fault) -> Architecture {
    let isGPT2 = modelClass == .gpt2
    func size(_ key: String, gpt2: String) throws(WeightFileError.Fault) -> Int { try integer(isGPT2 ? gpt2 : key) }
    let width = try size("hidden_size", gpt2: "n_embd")
    let heads = try size("num_attention_heads", gpt2: "n_head")
    let layers = try size("num_hidden_layers", gpt2: "n_layer")
    guard layers <= 4096 else { throw .impossibleConfiguration }
    let inner = isGPT2 ? try integer("n_inner", 4 * width) : try integer("intermediate_size")
    // The initializer takes none that the heads don't divide.
    var architecture = Architecture(
      vocabularySize: try integer("vocab_size"),
      contextLength: try size("max_position_embeddings", gpt2: "n_positions"),
      dModel: width, heads: 1, layers: layers, dFF: inner)
    architecture.heads = heads
    architecture.kvHeads = heads
    if !isGPT2, modelClass != .gptNeoX { architecture.kvHeads = try integer("num_key_value_heads", heads) }
    architecture.headSize = width / heads
    if modelClass.hasHeadSize {
      // https://github.com/huggingface/transformers/blob/v4.57.6/src/transformers/models/qwen3/configuration_qwen3.py
      let usual = modelClass == .qwen3 ? 128 : modelClass == .gemma2 ? 256 : width / heads
      architecture.headSize = try integer("head_dim", usual)
    } else if width % heads != 0 {
      throw .impossibleConfiguration
    }
    return architecture
  }

  func readLayers(_ modelClass: ModelClass, _ architecture: inout Architecture) throws(WeightFileError.Fault) {
    let tied = [ModelClass.gpt2, .starcoder2, .gemma2, .smollm3].contains(modelClass)
    architecture.tiedHead = try bool("tie_word_embeddings", tied)
    let (key, usual) = modelClass.activation
    let activation: String
    switch member(key) {
    case .string(let value): activation = value
    case nil: activation = usual
    case .some(let other): throw .unsupportedMember(key, other.line, "It should be the name of an activation.")
    }
    guard let feedForward = Architecture.FeedForward(activation: activation, isGated: modelClass.isGated) else {
      let known = Architecture.FeedForward.activations.filter {
        Architecture.FeedForward(activation: $0, isGated: modelClass.isGated) != nil
      }
      throw .unsupportedMember(
        key, "\"\(activation)\"",
        "Of this class's activations this program computes "
          + known.map { "\"\($0)\"" }.joined(separator: ", ") + " alone.")
    }
    architecture.feedForward = feedForward
    let (epsilonKey, epsilon) = modelClass.epsilon
    architecture.normEpsilon = try number(epsilonKey, epsilon)
    switch modelClass {
    case .gpt2:
      try refuse("scale_attn_weights", unless: [nil, true], "Scores are always scaled here.")
      try refuse("scale_attn_by_inverse_layer_idx", unless: [nil, false], "Scores aren't scaled by layer here.")
      try refuse("add_cross_attention", unless: [nil, false], "There is no cross-attention here.")
    case .gptNeoX:
      try refuse(
        "use_parallel_residual", unless: [false], "Here the feed-forward layer always comes after attention.")
    case .gemma2:
      try refuse("use_bidirectional_attention", unless: [nil, false], "Attention is always causal here.")
      let scale = try number("query_pre_attn_scalar", 256)
      guard scale == Double(architecture.headSize) else {
        throw .unsupportedMember(
          "query_pre_attn_scalar", member("query_pre_attn_scalar")?.line ?? "256",
          "Scores are scaled by head_dim \(architecture.headSize) here.")
      }
      architecture.attentionCap = try cap("attn_logit_softcapping", 50)
      architecture.logitCap = try cap("final_logit_softcapping", 30)
    default: break
    }
  }

  /// A number, null for none; where it isn't there, the class's own.
  private func cap(_ key: String, _ fallback: Double) throws(WeightFileError.Fault) -> Double? {
    json[key] == .null ? nil : try number(key, fallback)
  }

  func readPositions(_ modelClass: ModelClass, _ architecture: inout Architecture) throws(WeightFileError.Fault) {
    guard modelClass != .gpt2 else { return }
    architecture.positions = .rope
    for key in Self.rotationKeys {
      guard let value = member(key) else { continue }
      guard case .object = value else { throw .unsupportedMember(key, value.line, "It should be an object.") }
      guard let type = value["rope_type"] ?? value["type"], type != "default" else { continue }
      throw .unsupportedMember(key, value.line, "Rotations aren't rescaled here.")
    }
    let isNeoX = modelClass == .gptNeoX
    let partKey = isNeoX ? "rotary_pct" : "partial_rotary_factor"
    let part = try rotationNumber("partial_rotary_factor", beside: partKey) ?? (isNeoX ? 0.25 : 1)
    guard part == 1 else { throw .unsupportedMember(partKey, "\(part)", "Whole heads are rotated here.") }
    let usual = modelClass == .smollm3 ? 2_000_000.0 : 10_000
    architecture.ropeBase =
      try rotationNumber("rope_theta", beside: isNeoX ? "rotary_emb_base" : "rope_theta") ?? usual
    if modelClass == .smollm3 { try readLayersWithoutPositions(&architecture) }
  }

  /// Where numbers of the rotations may stand beside `config.json` itself: transformers 5 reads them there, and 4 doesn't.
  private static let rotationKeys = ["rope_scaling", "rope_parameters"]

  /// A number of the rotations, which is the same wherever it stands: which of two is right depends on the version of transformers.
  private func rotationNumber(_ key: String, beside outer: String) throws(WeightFileError.Fault) -> Double? {
    var found: (place: String, value: Double)?
    for (place, members, key) in [("config.json", self, outer)]
      + Self.rotationKeys.compactMap({ name in member(name).map { (name, Members(json: $0), key) } })
    where members.member(key) != nil {
      let value = try members.number(key, 0)
      if let found, found.value != value {
        throw .unsupportedMember(
          outer, "\(found.value) in \(found.place), but \(value) in \(place)",
          "Versions of transformers differ in which they read; write the number that the model was trained with in both."
        )
      }
      found = (place, value)
    }
    return found?.value
  }

  /// SmolLM3's layers with positions, 1, and without, 0: all are alike here.
  private func readLayersWithoutPositions(_ architecture: inout Architecture) throws(WeightFileError.Fault) {
    let interval = try integer("no_rope_layer_interval", 4)
    var layers = (1...architecture.layers).map { JSON.integer($0 % interval == 0 ? 0 : 1) }
    if case .array(let given)? = member("no_rope_layers") { layers = Array(given.prefix(architecture.layers)) }
    if layers.allSatisfy({ $0 == 0 }) {
      architecture.positions = .none
      architecture.ropeBase = Architecture.defaultRopeBase
    } else if layers.contains(0) {
      throw .unsupportedMember(
        "no_rope_layers", JSON.array(layers).line, "Here all layers know positions, or none does.")
    }
  }

  /// Here all layers have the same window; one that is no shorter than the context is none.
  func readWindow(_ modelClass: ModelClass, _ architecture: inout Architecture) throws(WeightFileError.Fault) {
    guard modelClass.hasWindow else { return }
    let isUsed: Bool
    switch modelClass {
    case .starcoder2, .gemma2: isUsed = true
    // https://github.com/huggingface/transformers/blob/v4.57.6/src/transformers/models/smollm3/configuration_smollm3.py
    case .smollm3 where member("layer_types") != nil: isUsed = true
    default: isUsed = try bool("use_sliding_window", false)
    }
    let usual: Int? = modelClass == .gemma2 ? 4096 : modelClass == .qwen3 ? 4096 : nil
    let key = "sliding_window"
    let window: Int? = json[key] == .null || (json[key] == nil && usual == nil) ? nil : try integer(key, usual)
    guard isUsed, let window, window < architecture.contextLength else { return }
    var types: [JSON]
    // Starcoder2 has no such member, and reads none.
    if modelClass != .starcoder2, case .array(let given)? = member("layer_types") {
      types = given
    } else {
      types = try slidingLayers(modelClass, architecture).map { $0 ? "sliding_attention" : "full_attention" }
    }
    types = Array(types.prefix(architecture.layers))
    if types.allSatisfy({ $0 == "sliding_attention" }) {
      architecture.window = window
    } else if !types.allSatisfy({ $0 == "full_attention" }) {
      throw .unsupportedMember(
        "layer_types", JSON.array(types).line,
        "Here all layers have a window, or none has. With a context of at most \(window) tokens the windows make no "
          + "difference: add --context \(window).")
    }
  }

  /// Which layers have a window where `layer_types` doesn't say it.
  private func slidingLayers(
    _ modelClass: ModelClass, _ architecture: Architecture
  ) throws(WeightFileError.Fault) -> [Bool] {
    let layers = 0..<architecture.layers
    switch modelClass {
    case .gemma2: return layers.map { $0 % 2 == 0 }
    case .qwen3:
      let first: Int
      if case .integer(let value)? = member("max_window_layers") { first = value } else { first = 28 }
      return layers.map { $0 >= first }
    case .smollm3: return layers.map { _ in architecture.positions == .none }
    default: return layers.map { _ in true }
    }
  }

  func biases(_ modelClass: ModelClass) throws(WeightFileError.Fault) -> ModelClass.Biases {
    switch modelClass {
    case .gpt2: return ModelClass.Biases(ofAttention: true, ofFeedForward: true)
    case .gptNeoX: return ModelClass.Biases(ofAttention: try bool("attention_bias", true), ofFeedForward: true)
    case .starcoder2:
      let isUsed = try bool("use_bias", true)
      return ModelClass.Biases(ofAttention: isUsed, ofFeedForward: isUsed)
    case .qwen3, .olmo2, .gemma2:
      return ModelClass.Biases(ofAttention: try bool("attention_bias", false), ofFeedForward: false)
    default:
      return ModelClass.Biases(
        ofAttention: try bool("attention_bias", false), ofFeedForward: try bool("mlp_bias", false))
    }
  }
}

extension ModelClass {
  /// Where the activation stands in `config.json`, and what it is where it doesn't.
  fileprivate var activation: (key: String, usual: String) {
    switch self {
    case .gpt2: ("activation_function", "gelu_new")
    case .gptNeoX: (activationKey, "gelu")
    case .starcoder2, .gemma2: (activationKey, "gelu_pytorch_tanh")
    case .arcee: (activationKey, "relu2")
    default: (activationKey, "silu")
    }
  }

  fileprivate var epsilon: (key: String, usual: Double) {
    (epsilonKey, [.llama, .qwen3, .gemma2, .smollm3].contains(self) ? 1e-6 : 1e-5)
  }
}
