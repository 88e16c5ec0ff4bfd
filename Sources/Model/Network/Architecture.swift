/// What a transformer is made of and how large: everything that its parameters' shapes and its computation follow from.
///
/// It stands in weight files as JSON. A member that is younger than the format has a default, the one that all models had before
/// it: it may be missing in a file, and is left out where it has that default. The names in JSON are those of the spec's keys.
public struct Architecture: Equatable, Hashable, Sendable {
  /// The norms by the words that a spec has for them.
  public enum Norm: String, CaseIterable, Codable, Sendable {
    /// x / sqrt(mean(x²) + 1e-5) times a gain. Zhang & Sennrich 2019, https://arxiv.org/abs/1910.07467
    case rms = "rmsnorm"
  }

  /// Number of distinct tokens, V.
  public var vocabularySize: Int
  /// Longest sequence the model sees at once, in tokens.
  public var contextLength: Int
  /// Width of the residual stream, C.
  public var dModel: Int
  /// Attention heads of each block, H; they share `dModel` equally.
  public var heads: Int
  /// Number of blocks, L.
  public var layers: Int
  /// Width of the feed-forward layer.
  public var dFF: Int
  /// How each part's input is normalized.
  public var norm = Norm.rms

  /// Today's model in these sizes; `heads` must divide `dModel`, and every size is at least 1.
  public init(vocabularySize: Int, contextLength: Int, dModel: Int, heads: Int, layers: Int, dFF: Int) {
    self.vocabularySize = vocabularySize
    self.contextLength = contextLength
    self.dModel = dModel
    self.heads = heads
    self.layers = layers
    self.dFF = dFF
    precondition(isPossible, "impossible architecture \(self)")
  }

  /// Whether every size is at least 1 and the heads share the width equally.
  public var isPossible: Bool {
    [vocabularySize, contextLength, dModel, heads, layers, dFF].allSatisfy { $0 >= 1 } && dModel % heads == 0
  }

  /// Width of one head, `dModel / heads`.
  public var headSize: Int { dModel / heads }

  /// Numbers in the matrices of one block; a `Double`, since a file may claim any sizes.
  var blockMatricesCount: Double { 4 * Double(dModel) * Double(dModel) + 2 * Double(dModel) * Double(dFF) }

  /// Floating-point operations of one training step's products per token at full context, forward and backward.
  ///
  /// 6 for each matrix parameter that takes part in a product (2 forward, 4 backward: Kaplan et al. 2020, table 1, where
  /// the embedding counts once, as the output head), and 6·T·C a block for attention's two products over the causal
  /// half of the T² pairs.
  public var trainingFlopsPerToken: Double {
    let matrices = Double(layers) * blockMatricesCount + Double(vocabularySize * dModel)
    return 6 * matrices + 6 * Double(layers * contextLength * dModel)
  }
}

extension Architecture: Codable {
  private enum CodingKeys: String, CodingKey {
    case heads, layers, norm
    case vocabularySize = "vocab_size"
    case contextLength = "context_length"
    case dModel = "d_model"
    case dFF = "d_ff"
  }

  /// Reads an architecture, which may be impossible.
  public init(from decoder: any Decoder) throws {
    let members = try decoder.container(keyedBy: CodingKeys.self)
    vocabularySize = try members.decode(Int.self, forKey: .vocabularySize)
    contextLength = try members.decode(Int.self, forKey: .contextLength)
    dModel = try members.decode(Int.self, forKey: .dModel)
    heads = try members.decode(Int.self, forKey: .heads)
    layers = try members.decode(Int.self, forKey: .layers)
    dFF = try members.decode(Int.self, forKey: .dFF)
    norm = try members.decodeIfPresent(Norm.self, forKey: .norm) ?? norm
  }

  /// Writes the sizes, and those of the younger members that don't have their default.
  public func encode(to encoder: any Encoder) throws {
    var members = encoder.container(keyedBy: CodingKeys.self)
    try members.encode(vocabularySize, forKey: .vocabularySize)
    try members.encode(contextLength, forKey: .contextLength)
    try members.encode(dModel, forKey: .dModel)
    try members.encode(heads, forKey: .heads)
    try members.encode(layers, forKey: .layers)
    try members.encode(dFF, forKey: .dFF)
    if norm != .rms { try members.encode(norm, forKey: .norm) }
  }
}
