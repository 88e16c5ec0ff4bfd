/// The sizes that make a transformer: everything that its parameters' shapes follow from.
public struct TransformerShape: Equatable, Hashable, Sendable, Codable {
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

  /// A shape; `heads` must divide `dModel`, and every size is at least 1.
  public init(vocabularySize: Int, contextLength: Int, dModel: Int, heads: Int, layers: Int, dFF: Int) {
    self.vocabularySize = vocabularySize
    self.contextLength = contextLength
    self.dModel = dModel
    self.heads = heads
    self.layers = layers
    self.dFF = dFF
    precondition(isPossible, "impossible shape \(self)")
  }

  /// Whether every size is at least 1 and the heads share the width equally.
  public var isPossible: Bool {
    [vocabularySize, contextLength, dModel, heads, layers, dFF].allSatisfy { $0 >= 1 } && dModel % heads == 0
  }

  /// Width of one head, `dModel / heads`.
  public var headSize: Int { dModel / heads }

  /// Numbers in the matrices of one block.
  var blockMatricesCount: Int { 4 * dModel * dModel + 2 * dModel * dFF }

  /// Floating-point operations of one training step's products per token at full context, forward and backward.
  ///
  /// 6 for each matrix parameter that takes part in a product (2 forward, 4 backward: Kaplan et al. 2020, table 1, where
  /// the embedding counts once, as the output head), and 6·T·C a block for attention's two products over the causal
  /// half of the T² pairs.
  public var trainingFlopsPerToken: Double {
    let matrices = layers * blockMatricesCount + vocabularySize * dModel
    return 6 * Double(matrices) + 6 * Double(layers * contextLength * dModel)
  }

  enum CodingKeys: String, CodingKey {
    case heads, layers
    case vocabularySize = "vocab_size"
    case contextLength = "context_length"
    case dModel = "d_model"
    case dFF = "d_ff"
  }
}
