import Foundation

/// How much the tokens of a held-out part differ from those of the training part, beside how much blocks of the training part differ
/// from it. A text whose end is of another kind, such as another language or an appendix, measures something else than what was learned.
///
/// 1. Blocks of one length: 19 of the training part, evenly spaced from its first token to its last, and as many as the held-out part has, one
///    after the other. The length is that of the held-out part, but at most a 19th of the training part.
/// 2. The distance D of a block is the Jensen–Shannon divergence, in nats, between the frequencies of tokens in it and in the training part (of
///    a block of the training part: in the rest of it).
///    Lin 1991, "Divergence measures based on the Shannon entropy", https://doi.org/10.1109/18.61115
/// 3. With x the logarithms of the 19 distances, x̄ their mean and s their standard deviation, the mean logarithm y of the held-out blocks is
///    told apart where t = (y − x̄) / (s · sqrt(1 + 1/19)) exceeds 2.552, the 99 % quantile of Student's t of 18 degrees of freedom: of texts
///    without a trend one in a hundred does. It is the prediction interval for one block more; several held-out blocks count as one, since
///    neighbours resemble each other. A difference below 0.001 nats isn't worth a word.
public struct HeldOutDifference: Sendable, Equatable {
  /// Blocks of the training part.
  static let blocks = 19
  /// The 99 % quantile of Student's t of 18 degrees of freedom.
  public static let bound = 2.552_379_630_182_25
  private static let leastDifference = 0.001

  /// The geometric mean of the distances of the held-out blocks from the training part, in nats.
  public let heldOut: Double
  /// The geometric mean of the distances of the training part's blocks from the rest of it, in nats.
  public let usual: Double
  /// The standard deviation of the logarithms of the latter.
  let deviation: Double

  /// How far the held-out part is beyond the blocks of the training part.
  public var t: Double { log(heldOut / usual) / (deviation * (1 + 1 / Double(Self.blocks)).squareRoot()) }
  /// Whether the held-out part is told apart.
  public var isSignificant: Bool { heldOut > max(usual, Self.leastDifference) && t > Self.bound }

  /// Compares the parts; nil where the training part has fewer tokens than blocks, or nothing is held out.
  ///
  /// - Parameter vocabularySize: All tokens are below.
  public init?(training: Tokens, heldOut: Tokens, vocabularySize: Int) {
    let length = min(heldOut.count, training.count / Self.blocks)
    guard length > 0 else { return nil }
    func frequencies(_ tokens: Tokens, _ range: Range<Int>) -> [Int] {
      var counts = [Int](repeating: 0, count: vocabularySize)
      for place in range { counts[Int(tokens[place])] += 1 }
      return counts
    }
    func distance(_ a: [Int], _ b: [Int]) -> Double { log(max(Self.divergence(a, b), 1e-12)) }
    let whole = frequencies(training, 0..<training.count)
    let usual = (0..<Self.blocks).map { block in
      let start = block * (training.count - length) / (Self.blocks - 1)
      let own = frequencies(training, start..<start + length)
      return distance(own, zip(whole, own).map { $0 - $1 })
    }
    let others = (0..<heldOut.count / length).map { block in
      distance(frequencies(heldOut, block * length..<(block + 1) * length), whole)
    }
    let mean = usual.reduce(0, +) / Double(Self.blocks)
    self.heldOut = exp(others.reduce(0, +) / Double(others.count))
    self.usual = exp(mean)
    deviation = (usual.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(Self.blocks - 1)).squareRoot()
  }

  /// The Jensen–Shannon divergence of two distributions given by counts, in nats.
  static func divergence(_ a: [Int], _ b: [Int]) -> Double {
    let (totalA, totalB) = (Double(a.reduce(0, +)), Double(b.reduce(0, +)))
    return zip(a, b).reduce(0.0) { sum, counts in
      let (p, q) = (Double(counts.0) / totalA, Double(counts.1) / totalB)
      let middle = (p + q) / 2
      return sum + (p > 0 ? p / 2 * log(p / middle) : 0) + (q > 0 ? q / 2 * log(q / middle) : 0)
    }
  }
}
