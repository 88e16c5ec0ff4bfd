import Kernels

/// Every parameter tensor of a transformer, named once: offsets, counts, roles, weight files and test labels all follow from
/// this table.
///
/// All tensors lie in one flat buffer; gradients and moments are buffers of the same layout. A tensor starts at a
/// multiple of 64 bytes; the gaps stay zero.
public struct ParameterLayout: Sendable {
  /// A named part of the flat buffer.
  public struct Tensor: Sendable, Equatable {
    /// What the weight file calls it, such as "blocks.0.w_q".
    public let name: String
    /// (rows, columns) of a matrix, (count) of a vector.
    public let shape: [Int]
    /// What it is for; initialization, weight decay and learning rate follow from it.
    public let role: ParameterRole
    /// Its first element's place in the buffer.
    let offset: Int
    /// Elements from one row to the next.
    let stride: Int

    /// Number of elements.
    public var count: Int { shape.reduce(1, *) }
    var rows: Int { shape.count == 2 ? shape[0] : 1 }
    var columns: Int { shape[shape.count - 1] }
  }

  /// A block's tensors. The query, key and value matrices stand side by side in memory, so that one product makes all
  /// three: `wQKV` is the (C, 3C) matrix that they form.
  struct Block: Sendable {
    let norm1Gamma, wQ, wK, wV, wQKV, wO, norm2Gamma, wFF1, wFF2: Tensor
  }

  let tokenEmbed, posEmbed, normFinalGamma: Tensor
  let blocks: [Block]
  /// All tensors in the order of the weight file, which is also the order of initialization.
  public let tensors: [Tensor]
  /// Number of trained numbers.
  public let parameterCount: Int
  /// Elements of the flat buffer: the parameters and the gaps between tensors.
  public let bufferCount: Int
  /// How tensors are treated, by their roles.
  let parametrization: Parametrization
  /// The whole buffer, cut where the treatment changes.
  let groups: [ParameterGroup]

  /// The table for a transformer of that architecture.
  public init(_ architecture: Architecture) {
    let (V, T, C, F) = (architecture.vocabularySize, architecture.contextLength, architecture.dModel, architecture.dFF)
    var table = Table()
    tokenEmbed = table.add("token_embed", .tokenEmbedding, V, C)
    posEmbed = table.add("pos_embed", .position, T, C)
    blocks = (0..<architecture.layers).map { layer in
      let prefix = "blocks.\(layer)."
      let norm1Gamma = table.add(prefix + "norm1_gamma", .gain, C)
      let qkv = table.addSideBySide(["w_q", "w_k", "w_v"].map { prefix + $0 }, C, C)
      return Block(
        norm1Gamma: norm1Gamma, wQ: qkv[0], wK: qkv[1], wV: qkv[2],
        wQKV: Tensor(
          name: "w_qkv", shape: [C, 3 * C], role: qkv[0].role, offset: qkv[0].offset, stride: qkv[0].stride),
        wO: table.addHidden(prefix + "w_o", C, C),
        norm2Gamma: table.add(prefix + "norm2_gamma", .gain, C), wFF1: table.addHidden(prefix + "w_ff1", C, F),
        wFF2: table.addHidden(prefix + "w_ff2", F, C))
    }
    normFinalGamma = table.add("norm_final_gamma", .gain, C)
    tensors = table.tensors
    parameterCount = tensors.reduce(0) { $0 + $1.count }
    bufferCount = table.end
    parametrization = Parametrization(dModel: C)
    groups = Self.groups(tensors, end: table.end, parametrization)
  }

  /// The buffer cut into groups of parameters that get the same treatment, in order and without a gap.
  private static func groups(
    _ tensors: [Tensor], end: Int, _ parametrization: Parametrization
  ) -> [ParameterGroup] {
    var starts: [(offset: Int, treatment: ParameterGroup.Treatment)] = []
    for tensor in tensors {
      let treatment = parametrization.treatment(of: tensor.role)
      if starts.last?.treatment != treatment { starts.append((tensor.offset, treatment)) }
    }
    let ends = starts.dropFirst().map(\.offset) + [end]
    return zip(starts, ends).map { ParameterGroup(range: $0.offset..<$1, treatment: $0.treatment) }
  }
}

/// Lays tensors one after another.
private struct Table {
  private(set) var tensors: [ParameterLayout.Tensor] = []
  private(set) var end = 0

  mutating func add(_ name: String, _ role: ParameterRole, _ shape: Int...) -> ParameterLayout.Tensor {
    let tensor = ParameterLayout.Tensor(
      name: name, shape: shape, role: role, offset: end, stride: shape[shape.count - 1])
    tensors.append(tensor)
    advance(by: tensor.count)
    return tensor
  }

  mutating func addHidden(_ name: String, _ rows: Int, _ columns: Int) -> ParameterLayout.Tensor {
    add(name, .hidden(fanIn: rows, fanOut: columns), rows, columns)
  }

  /// Hidden matrices whose rows stand side by side in memory.
  mutating func addSideBySide(_ names: [String], _ rows: Int, _ columns: Int) -> [ParameterLayout.Tensor] {
    let added = names.enumerated().map { place, name in
      ParameterLayout.Tensor(
        name: name, shape: [rows, columns], role: .hidden(fanIn: rows, fanOut: columns), offset: end + place * columns,
        stride: names.count * columns)
    }
    tensors += added
    advance(by: names.count * rows * columns)
    return added
  }

  private mutating func advance(by count: Int) {
    end = (end + count + FloatBuffer.alignment - 1) / FloatBuffer.alignment * FloatBuffer.alignment
  }
}
