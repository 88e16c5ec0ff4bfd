/// A team of the calling thread alone: a bare machine has no other.
package final class Team {
  static let productsPerNumber = 16
  private let scratch = Scratch()

  package init() {}

  package func share(
    _ count: Int, inMultiplesOf unit: Int = 1, work: Int, _ body: (_ range: Range<Int>, _ scratch: Scratch) -> Void
  ) {
    body(0..<count, scratch)
  }

  package func sum(
    _ count: Int, inChunksOf length: Int, work: Int, _ body: (_ chunk: Range<Int>) -> Double
  ) -> Double {
    stride(from: 0, to: count, by: length).reduce(0) { $0 + body($1..<min($1 + length, count)) }
  }
}

// What check.c calls. Matrices are row-major without gaps.

/// c (m, n) = a (m, k) · b (k, n); a factor that is transposed lies as (k, m) or (n, k).
@_cdecl("multiply_matrices")
public func multiplyMatrices(
  _ c: UnsafeMutablePointer<Float>, _ a: UnsafeMutablePointer<Float>, _ b: UnsafeMutablePointer<Float>, _ m: Int,
  _ k: Int, _ n: Int, _ transposesA: Bool, _ transposesB: Bool
) {
  multiply(
    into: Matrix(c, m, n), transposesA ? Matrix(a, k, m).transposed : Matrix(a, m, k),
    transposesB ? Matrix(b, n, k).transposed : Matrix(b, k, n), team: Team())
}

/// out (length, heads · size) of one sequence's causal attention over qkv (length, 3 · heads · size).
@_cdecl("attend")
public func attend(
  _ out: UnsafeMutablePointer<Float>, _ qkv: UnsafeMutablePointer<Float>, _ length: Int, _ heads: Int, _ size: Int
) {
  let sizes = AttentionSizes(sequences: 1, length: length, heads: heads, headSize: size)
  let weights = FloatBuffer(count: sizes.headCount * sizes.weightsCount)
  attentionForward(
    Matrix(out, length, heads * size), weights: weights.pointer, Matrix(qkv, length, 3 * heads * size), sizes,
    team: Team())
}
