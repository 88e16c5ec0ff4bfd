// Causal multi-head attention: softmax(QKᵀ / sqrt(D))V for each sequence and head, where D = C / H. Vaswani et al. 2017,
// https://arxiv.org/abs/1706.03762

/// Sizes of an attention: B sequences of T positions, H heads of D numbers each.
struct AttentionSizes {
  let sequences: Int
  let length: Int
  let heads: Int
  let headSize: Int

  var scale: Float { 1 / Float(headSize).squareRoot() }

  /// Calls the body for every sequence and head.
  @inline(__always)
  func forEachHead(_ body: (_ sequence: Int, _ head: Int) -> Void) {
    for sequence in 0..<sequences { for head in 0..<heads { body(sequence, head) } }
  }

  /// The query, key or value (`part` 0, 1 or 2) rows of one sequence's head in a (B·T, 3C) matrix.
  func part(_ part: Int, of qkv: Matrix, _ sequence: Int, _ head: Int) -> Matrix {
    let start = part * heads * headSize + head * headSize
    return qkv.rows(sequence * length..<(sequence + 1) * length).columns(start..<start + headSize)
  }

  /// One sequence's head in a (B·T, C) matrix.
  func head(_ head: Int, of matrix: Matrix, _ sequence: Int) -> Matrix {
    matrix.rows(sequence * length..<(sequence + 1) * length).columns(head * headSize..<(head + 1) * headSize)
  }

  /// One sequence's head in the (B, H, T, T) probabilities.
  func probabilities(_ pointer: UnsafeMutablePointer<Float>, _ sequence: Int, _ head: Int) -> Matrix {
    Matrix(pointer + (sequence * heads + head) * length * length, length, length)
  }
}

/// out (B·T, C), probabilities (B, H, T, T), qkv (B·T, 3C). Only positions from `start` on are computed; what stands in
/// `qkv` before them is the cache of keys and values.
func attentionForward(
  _ out: Matrix, probabilities: UnsafeMutablePointer<Float>, _ qkv: Matrix, _ sizes: AttentionSizes, from start: Int = 0
) {
  let positions = start..<sizes.length
  sizes.forEachHead { sequence, head in
    let q = sizes.part(0, of: qkv, sequence, head).rows(positions)
    let p = sizes.probabilities(probabilities, sequence, head).rows(positions)
    multiply(into: p, q, sizes.part(1, of: qkv, sequence, head).transposed, scale: sizes.scale)
    for position in positions { softmaxCausal(p.row(position - start), visible: position + 1, sizes.length) }
    multiply(
      into: sizes.head(head, of: out, sequence).rows(positions), p, sizes.part(2, of: qkv, sequence, head))
  }
}

/// Writes the gradient of every query, key and value to dqkv (B·T, 3C). `scratch` holds T·T numbers.
///
/// dV = Pᵀ·dO, dP = dO·Vᵀ, dS = P · (dP - Σ P·dP), dQ = dS·K / sqrt(D), dK = dSᵀ·Q / sqrt(D).
func attentionBackward(
  dqkv: Matrix, dout: Matrix, probabilities: UnsafeMutablePointer<Float>, _ qkv: Matrix, _ sizes: AttentionSizes,
  scratch: UnsafeMutablePointer<Float>
) {
  let dp = Matrix(scratch, sizes.length, sizes.length)
  sizes.forEachHead { sequence, head in
    let p = sizes.probabilities(probabilities, sequence, head)
    let dout = sizes.head(head, of: dout, sequence)
    multiply(into: sizes.part(2, of: dqkv, sequence, head), p.transposed, dout)
    multiply(into: dp, dout, sizes.part(2, of: qkv, sequence, head).transposed)
    for position in 0..<sizes.length { softmaxBackward(dp.row(position), p.row(position), sizes.length) }
    multiply(
      into: sizes.part(0, of: dqkv, sequence, head), dp, sizes.part(1, of: qkv, sequence, head), scale: sizes.scale)
    multiply(
      into: sizes.part(1, of: dqkv, sequence, head), dp.transposed, sizes.part(0, of: qkv, sequence, head),
      scale: sizes.scale)
  }
}

/// Softmax over the visible scores; what comes after them gets no weight.
@inline(__always)
private func softmaxCausal(_ scores: UnsafeMutablePointer<Float>, visible: Int, _ length: Int) {
  let (sum, _) = exponentiate(scores, visible)
  scale(scores, by: 1 / sum, visible)
  (scores + visible).update(repeating: 0, count: length - visible)
}

/// Replaces dp by p · (dp - Σ p·dp). Where p is 0 the result is 0, so the mask needs no second look.
@inline(__always)
private func softmaxBackward(_ dp: UnsafeMutablePointer<Float>, _ p: UnsafeMutablePointer<Float>, _ count: Int) {
  let mean = dot(p, dp, count)
  forEachLanes(count) { i in
    dp.setLanes(i, p.lanes(i) * (dp.lanes(i) - mean))
  } partial: { i, count in
    dp.setLanes(i, p.lanes(i, count: count) * (dp.lanes(i, count: count) - mean), count: count)
  }
}
