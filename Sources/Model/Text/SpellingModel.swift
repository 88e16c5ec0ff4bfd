import Foundation

/// How likely the spelling of a word is: a model of its bytes, each beside the one before, fitted to the words that became unknown in the text
/// that is learned from.
///
/// With n the counts over those words, each with its end as a last symbol, N the number of symbols in them, and a the byte before b (or
/// the word's beginning):
///
///     P(b)   = (n(b) + 1) / (N + 257)               of the 256 bytes and the end
///     P(b|a) = (n(a, b) + P(b)) / (n(a) + 1)
///
/// Without such words it is uniform over the 257 symbols. It is a Markov chain whose row has a prior of weight 1, spread as the single symbols
/// are (MacKay and Peto 1995, "A hierarchical Dirichlet language model", https://doi.org/10.1017/S1351324900000218).
struct SpellingModel: Sendable {
  private static let symbols = 257
  /// The word's end as a symbol, and its beginning as the symbol before the first.
  private static let boundary = 256

  private var single = [Int](repeating: 0, count: symbols)
  private var total = 0
  /// n(a, b) at a · 257 + b, and n(a).
  private var pairs = [Int](repeating: 0, count: symbols * symbols)
  private var before = [Int](repeating: 0, count: symbols)

  /// Counts a word.
  mutating func add(_ word: some Sequence<UInt8>) {
    var last = Self.boundary
    func count(_ symbol: Int, _ model: inout SpellingModel) {
      model.single[symbol] += 1
      model.total += 1
      model.pairs[last * Self.symbols + symbol] += 1
      model.before[last] += 1
      last = symbol
    }
    for byte in word { count(Int(byte), &self) }
    count(Self.boundary, &self)
  }

  /// −ln of the probability of a word's bytes and its end.
  func nats(of word: some Sequence<UInt8>) -> Double {
    var (last, nats) = (Self.boundary, 0.0)
    func cost(_ symbol: Int) -> Double {
      let alone = Double(single[symbol] + 1) / Double(total + Self.symbols)
      defer { last = symbol }
      return -log((Double(pairs[last * Self.symbols + symbol]) + alone) / Double(before[last] + 1))
    }
    for byte in word { nats += cost(Int(byte)) }
    return nats + cost(Self.boundary)
  }
}
