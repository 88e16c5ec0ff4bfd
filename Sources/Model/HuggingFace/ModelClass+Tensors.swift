import Foundation

/// A tensor of a class of `transformers`, and which of ours it holds.
struct ClassTensor {
  /// How a tensor holds ours.
  enum Form {
    /// One, as it is.
    case same
    /// One, with the output dimension first, as `torch.nn.Linear` has it.
    case transposed
    /// Several, their columns side by side.
    case sideBySide
    /// Queries, keys and values transposed, or their biases: for each of so many heads its rows of the three, one after another.
    case byHead(Int)
    /// None: numbers that don't depend on what is learned.
    case constant([Float])
  }

  /// A tensor of ours.
  struct Part {
    let tensor: ParameterLayout.Tensor
    /// How often each of so many equal groups of columns is repeated: heads of keys and values, for each head that they serve.
    var groups = 1
    var repeats = 1
  }

  let name: String
  let shape: [Int]
  let parts: [Part]
  let form: Form
  /// The numbers are ours times `scale` plus `shift`.
  var scale: Float = 1
  var shift: Float = 0
}

extension ClassTensor {
  /// The tensor's numbers, row-major, from ours.
  ///
  /// - Parameter ours: The numbers of each part, row-major.
  func values(_ ours: [[Float]]) -> [Float] {
    let whole = zip(parts, ours).map { part, values in part.repeated(values) }
    let values: [Float]
    switch form {
    case .same: values = whole[0]
    case .transposed: values = Self.transposed(whole[0], columns: parts[0].columns)
    case .sideBySide: values = Self.joined(whole, widths: parts.map(\.columns))
    case .byHead(let heads): values = byHead(whole, heads)
    case .constant(let constant): values = constant
    }
    return scale == 1 && shift == 0 ? values : values.map { $0 * scale + shift }
  }

  /// The numbers of each part, row-major, from the tensor's.
  func ours(_ values: [Float]) -> [[Float]] {
    let values = scale == 1 && shift == 0 ? values : values.map { ($0 - shift) / scale }
    switch form {
    // A table may have more positions than ours.
    case .same: return [Array(values.prefix(parts[0].tensor.count))]
    case .transposed: return [Self.transposed(values, columns: values.count / parts[0].columns)]
    case .sideBySide: return Self.parted(values, widths: parts.map(\.columns))
    case .byHead(let heads): return byPart(values, heads)
    case .constant: return []
    }
  }

  private static func transposed(_ values: [Float], columns: Int) -> [Float] {
    let rows = values.count / columns
    var result = [Float](repeating: 0, count: values.count)
    for row in 0..<rows {
      for column in 0..<columns { result[column * rows + row] = values[row * columns + column] }
    }
    return result
  }

  private static func joined(_ parts: [[Float]], widths: [Int]) -> [Float] {
    var values: [Float] = []
    for row in 0..<parts[0].count / widths[0] {
      for (part, width) in zip(parts, widths) { values += part[row * width..<(row + 1) * width] }
    }
    return values
  }

  private static func parted(_ values: [Float], widths: [Int]) -> [[Float]] {
    let width = widths.reduce(0, +)
    var parts = [[Float]](repeating: [], count: widths.count)
    for row in stride(from: 0, to: values.count, by: width) {
      var start = row
      for (place, own) in widths.enumerated() {
        parts[place] += values[start..<start + own]
        start += own
      }
    }
    return parts
  }

  /// (heads, parts, headSize, C) of the parts' (C, heads · headSize), or (heads, parts, headSize) of biases.
  private func byHead(_ ours: [[Float]], _ heads: Int) -> [Float] {
    let rows = zip(parts, ours).map { Self.transposed($1, columns: $0.columns) }
    var values: [Float] = []
    for head in 0..<heads {
      for own in rows {
        let block = own.count / heads
        values += own[head * block..<(head + 1) * block]
      }
    }
    return values
  }

  private func byPart(_ values: [Float], _ heads: Int) -> [[Float]] {
    let block = values.count / (heads * parts.count)
    return parts.indices.map { place in
      var rows: [Float] = []
      for head in 0..<heads {
        let start = (head * parts.count + place) * block
        rows += values[start..<start + block]
      }
      return Self.transposed(rows, columns: rows.count / parts[place].columns)
    }
  }
}

extension ClassTensor.Part {
  /// Columns with the repeated ones.
  var columns: Int { tensor.columns * repeats }

  fileprivate func repeated(_ values: [Float]) -> [Float] {
    guard repeats > 1 else { return values }
    let width = tensor.columns / groups
    return stride(from: 0, to: values.count, by: width).flatMap { start in
      (0..<repeats).flatMap { _ in values[start..<start + width] }
    }
  }
}

// MARK: - The tensors of each class

extension ModelClass {
  /// Which matrices of a model have biases; an architecture says it of all, and what has none there is zero.
  struct Biases {
    var ofAttention: Bool
    var ofFeedForward: Bool
  }

  /// What the names of all tensors but the head's begin with.
  var prefix: String {
    switch self {
    case .gpt2: "transformer."
    case .gptNeoX: "gpt_neox."
    default: "model."
    }
  }

  /// The names of the head's matrix, the first for writing.
  var headNames: [String] { self == .gptNeoX ? ["embed_out.weight", "lm_head.weight"] : ["lm_head.weight"] }

  /// Every tensor of a model of this class.
  ///
  /// - Parameter positions: How many positions the table of positions has, which may be more than the context.
  func tensors(_ layout: ParameterLayout, _ architecture: Architecture, _ biases: Biases, positions: Int)
    -> [ClassTensor]
  {
    var table = TensorTable(modelClass: self, architecture, layout, biases)
    switch self {
    case .gpt2: table.addGPT2(positions: positions)
    case .gptNeoX: table.addGPTNeoX()
    default: table.addLlamaLike()
    }
    return table.tensors
  }
}

/// Lists the tensors of a class.
private struct TensorTable {
  private(set) var tensors: [ClassTensor] = []
  private let modelClass: ModelClass
  private let architecture: Architecture
  private let ours: [String: ParameterLayout.Tensor]
  private let biases: ModelClass.Biases

  init(
    modelClass: ModelClass, _ architecture: Architecture, _ layout: ParameterLayout, _ biases: ModelClass.Biases
  ) {
    (self.modelClass, self.architecture, self.biases) = (modelClass, architecture, biases)
    ours = Dictionary(uniqueKeysWithValues: layout.tensors.map { ($0.name, $0) })
  }

  private mutating func add(_ name: String, _ shape: [Int], _ form: ClassTensor.Form, _ parts: [ClassTensor.Part]) {
    tensors.append(ClassTensor(name: modelClass.prefix + name, shape: shape, parts: parts, form: form))
  }

  private mutating func addZeros(_ name: String, _ count: Int) {
    add(name, [count], .constant([Float](repeating: 0, count: count)), [])
  }

  private mutating func addSame(_ name: String, _ tensor: String) {
    guard let tensor = ours[tensor] else { return }
    add(name, tensor.shape, .same, [ClassTensor.Part(tensor: tensor)])
  }

  /// A matrix with the output dimension first, and its bias if it has one.
  private mutating func addLinear(_ name: String, _ matrix: String, bias: String, hasBias: Bool) {
    guard let matrix = ours[matrix] else { return }
    add(name + ".weight", matrix.shape.reversed(), .transposed, [ClassTensor.Part(tensor: matrix)])
    if hasBias { addBias(name, bias, matrix.columns) }
  }

  private mutating func addBias(_ name: String, _ bias: String, _ count: Int) {
    if ours[bias] == nil { addZeros(name + ".bias", count) } else { addSame(name + ".bias", bias) }
  }

  /// A norm's gain, and its bias where the class has one.
  private mutating func addNorm(_ name: String, _ norm: String) {
    guard let gain = ours[norm + "_gamma"] else { return }
    addSame(name + ".weight", norm + "_gamma")
    if modelClass == .gemma2 {
      // https://github.com/huggingface/transformers/blob/v4.57.6/src/transformers/models/gemma2/modeling_gemma2.py: 1 + weight
      tensors[tensors.count - 1].shift = -1
    }
    if modelClass.norm == .layer { addBias(name, norm + "_beta", gain.count) }
  }

  private mutating func addHead() {
    guard let head = ours["head"] else { return }
    tensors.append(
      ClassTensor(
        name: modelClass.headNames[0], shape: head.shape, parts: [ClassTensor.Part(tensor: head)], form: .same))
  }

  mutating func addGPT2(positions: Int) {
    let C = architecture.dModel
    addSame("wte.weight", "token_embed")
    if let table = ours["pos_embed"] {
      add("wpe.weight", [positions, C], .same, [ClassTensor.Part(tensor: table)])
    } else {
      let table: [Float] =
        architecture.positions == .sinusoidal
        ? architecture.sinusoids : [Float](repeating: 0, count: architecture.contextLength * C)
      add("wpe.weight", [architecture.contextLength, C], .constant(table), [])
    }
    for layer in 0..<architecture.layers {
      let (block, own) = ("h.\(layer).", "blocks.\(layer).")
      addNorm(block + "ln_1", own + "norm1")
      let parts = queriesKeysValues(own + "w_")
      add(block + "attn.c_attn.weight", [C, 3 * C], .sideBySide, parts)
      let biases = queriesKeysValues(own + "b_")
      if biases.isEmpty {
        addZeros(block + "attn.c_attn.bias", 3 * C)
      } else {
        add(block + "attn.c_attn.bias", [3 * C], .sideBySide, biases)
      }
      addSame(block + "attn.c_proj.weight", own + "w_o")
      addBias(block + "attn.c_proj", own + "b_o", C)
      addNorm(block + "ln_2", own + "norm2")
      addSame(block + "mlp.c_fc.weight", own + "w_ff1")
      addBias(block + "mlp.c_fc", own + "b_ff1", architecture.dFF)
      addSame(block + "mlp.c_proj.weight", own + "w_ff2")
      addBias(block + "mlp.c_proj", own + "b_ff2", C)
    }
    addNorm("ln_f", "norm_final")
    addHead()
  }

  /// The three matrices, or their biases, keys and values repeated so that each head of queries has its own.
  private func queriesKeysValues(_ prefix: String) -> [ClassTensor.Part] {
    ["q", "k", "v"].compactMap { letter in
      guard let tensor = ours[prefix + letter] else { return nil }
      if letter == "q" { return ClassTensor.Part(tensor: tensor) }
      return ClassTensor.Part(
        tensor: tensor, groups: architecture.kvHeads, repeats: architecture.heads / architecture.kvHeads)
    }
  }

  mutating func addGPTNeoX() {
    let C = architecture.dModel
    addSame("embed_in.weight", "token_embed")
    for layer in 0..<architecture.layers {
      let (block, own) = ("layers.\(layer).", "blocks.\(layer).")
      addNorm(block + "input_layernorm", own + "norm1")
      addNorm(block + "post_attention_layernorm", own + "norm2")
      let form = ClassTensor.Form.byHead(architecture.heads)
      add(block + "attention.query_key_value.weight", [3 * C, C], form, queriesKeysValues(own + "w_"))
      if biases.ofAttention {
        add(block + "attention.query_key_value.bias", [3 * C], form, queriesKeysValues(own + "b_"))
      }
      addLinear(block + "attention.dense", own + "w_o", bias: own + "b_o", hasBias: biases.ofAttention)
      addLinear(block + "mlp.dense_h_to_4h", own + "w_ff1", bias: own + "b_ff1", hasBias: true)
      addLinear(block + "mlp.dense_4h_to_h", own + "w_ff2", bias: own + "b_ff2", hasBias: true)
    }
    addNorm("final_layer_norm", "norm_final")
    addHead()
  }

  mutating func addLlamaLike() {
    // Gemma multiplies the embedding by the root of the width. Where it is the head too, the last norm's gain makes up for that.
    let factor: Float = modelClass == .gemma2 ? Float(architecture.dModel).squareRoot() : 1
    addSame("embed_tokens.weight", "token_embed")
    tensors[tensors.count - 1].scale = 1 / factor
    for layer in 0..<architecture.layers {
      let (block, own) = ("layers.\(layer).", "blocks.\(layer).")
      addNorms(block, own)
      for letter in ["q", "k", "v", "o"] {
        addLinear(
          block + "self_attn.\(letter)_proj", own + "w_" + letter, bias: own + "b_" + letter,
          hasBias: biases.ofAttention)
      }
      addSame(block + "self_attn.q_norm.weight", own + "q_norm_gamma")
      addSame(block + "self_attn.k_norm.weight", own + "k_norm_gamma")
      let (up, down) = modelClass == .starcoder2 ? ("c_fc", "c_proj") : ("up_proj", "down_proj")
      let hasBias = biases.ofFeedForward
      addLinear(block + "mlp.gate_proj", own + "w_gate", bias: own + "b_gate", hasBias: hasBias)
      addLinear(block + "mlp." + up, own + "w_ff1", bias: own + "b_ff1", hasBias: hasBias)
      addLinear(block + "mlp." + down, own + "w_ff2", bias: own + "b_ff2", hasBias: hasBias)
    }
    addNorm("norm", "norm_final")
    if architecture.tiedHead { tensors[tensors.count - 1].scale *= factor }
    addHead()
  }

  private mutating func addNorms(_ block: String, _ own: String) {
    switch modelClass {
    case .gemma2:
      addNorm(block + "input_layernorm", own + "norm1")
      addNorm(block + "post_attention_layernorm", own + "norm1_post")
      addNorm(block + "pre_feedforward_layernorm", own + "norm2")
      addNorm(block + "post_feedforward_layernorm", own + "norm2_post")
    case .olmo2:
      addNorm(block + "post_attention_layernorm", own + "norm1")
      addNorm(block + "post_feedforward_layernorm", own + "norm2")
    default:
      addNorm(block + "input_layernorm", own + "norm1")
      addNorm(block + "post_attention_layernorm", own + "norm2")
    }
  }
}

extension Architecture {
  /// (T, C) Sines and cosines of the positions: sin(p / 10000^(2i/C)) and cos of it at columns 2i and 2i + 1.
  /// Vaswani et al. 2017, https://arxiv.org/abs/1706.03762, section 3.5
  fileprivate var sinusoids: [Float] {
    (0..<contextLength).flatMap { position in
      (0..<dModel).map { column in
        let angle = Double(position) / pow(10_000, Double(column / 2 * 2) / Double(dModel))
        return Float(column % 2 == 0 ? sin(angle) : cos(angle))
      }
    }
  }
}
