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
    /// Whether its product is added to the residual stream.
    var writesStream = false
    /// Its first element's place in the buffer.
    let offset: Int
    /// Elements from one row to the next.
    let stride: Int

    /// Number of elements.
    public var count: Int { shape.reduce(1, *) }
    var rows: Int { shape.count == 2 ? shape[0] : 1 }
    var columns: Int { shape[shape.count - 1] }
  }

  /// The parts of the network, each with its tensors.
  let parts: TransformerParts
  /// All tensors in the order of the weight file, which is also the order of initialization.
  public let tensors: [Tensor]
  /// Number of trained numbers.
  public let parameterCount: Int
  /// Elements of the flat buffer: the parameters and the gaps between tensors.
  public let bufferCount: Int
  /// How tensors are treated, by their roles.
  let parametrization: Parametrization

  /// The table for a transformer of that architecture.
  public init(_ architecture: Architecture) {
    var table = ParameterTable()
    parts = TransformerParts(architecture, &table)
    tensors = table.tensors
    parameterCount = tensors.reduce(0) { $0 + $1.count }
    bufferCount = table.end
    parametrization = Parametrization(architecture)
  }

  /// The whole buffer, cut into groups of parameters that an optimizer treats alike, in order and without a gap.
  func groups(_ optimizer: Optimizer) -> [ParameterGroup] {
    var starts: [(offset: Int, treatment: ParameterGroup.Treatment)] = []
    for tensor in tensors {
      let treatment = parametrization.treatment(of: tensor.role, optimizer)
      if starts.last?.treatment != treatment { starts.append((tensor.offset, treatment)) }
    }
    let ends = starts.dropFirst().map(\.offset) + [bufferCount]
    return zip(starts, ends).map { ParameterGroup(range: $0.offset..<$1, treatment: $0.treatment) }
  }
}

/// Lays the tensors that the parts add one after another.
struct ParameterTable {
  private(set) var tensors: [ParameterLayout.Tensor] = []
  private(set) var end = 0

  mutating func add(_ name: String, _ role: ParameterRole, _ shape: Int...) -> ParameterLayout.Tensor {
    let tensor = ParameterLayout.Tensor(
      name: name, shape: shape, role: role, offset: end, stride: shape[shape.count - 1])
    tensors.append(tensor)
    advance(by: tensor.count)
    return tensor
  }

  /// Adds a matrix whose product is added to the residual stream.
  mutating func addResidual(_ name: String, _ rows: Int, _ columns: Int) -> ParameterLayout.Tensor {
    let tensor = add(name, .hidden(fanIn: rows, fanOut: columns), rows, columns)
    tensors[tensors.count - 1].writesStream = true
    return tensor
  }

  /// Adds hidden matrices whose rows stand side by side in memory, and gives the matrix that they form together.
  mutating func addHiddenSideBySide(_ matrices: [(name: String, columns: Int)], _ rows: Int) -> ParameterLayout.Tensor {
    addSideBySide(matrices) { (.hidden(fanIn: rows, fanOut: $0), [rows, $0]) }
  }

  /// Adds biases that stand side by side in memory, and gives the vector that they form together.
  mutating func addBiasesSideBySide(_ vectors: [(name: String, columns: Int)]) -> ParameterLayout.Tensor {
    addSideBySide(vectors) { (.bias, [$0]) }
  }

  private mutating func addSideBySide(
    _ parts: [(name: String, columns: Int)], _ form: (_ columns: Int) -> (role: ParameterRole, shape: [Int])
  ) -> ParameterLayout.Tensor {
    let width = parts.reduce(0) { $0 + $1.columns }
    let whole = form(width)
    var offset = end
    let tensor = ParameterLayout.Tensor(
      name: parts.map(\.name).joined(separator: " "), shape: whole.shape, role: whole.role, offset: end, stride: width)
    for part in parts {
      let (role, shape) = form(part.columns)
      tensors.append(
        ParameterLayout.Tensor(name: part.name, shape: shape, role: role, offset: offset, stride: width))
      offset += part.columns
    }
    advance(by: tensor.count)
    return tensor
  }

  private mutating func advance(by count: Int) {
    end = (end + count + FloatBuffer.alignment - 1) / FloatBuffer.alignment * FloatBuffer.alignment
  }
}
