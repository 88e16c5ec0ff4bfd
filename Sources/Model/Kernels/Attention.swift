// Causal multi-head attention: softmax(QKᵀ / sqrt(D))V for each sequence and head, where D = C / H. Vaswani et al. 2017,
// https://arxiv.org/abs/1706.03762

/// Sizes of an attention: B sequences of T positions, H heads of D numbers each.
struct AttentionSizes {
  let sequences: Int
  let length: Int
  let heads: Int
  let headSize: Int

  var scale: Float { 1 / Float(headSize).squareRoot() }

  /// Heads of all sequences.
  var headCount: Int { sequences * heads }

  /// The work of a pass, as a team measures it: the weights, each with its share of a product.
  var work: Int { headCount * length * length / 2 * (2 + 2 * headSize / Team.productsPerNumber) }

  /// The sequence and the head of a place in `0..<headCount`.
  func sequenceAndHead(_ index: Int) -> (sequence: Int, head: Int) { (index / heads, index % heads) }

  /// The positions from `start` on in blocks that end at multiples of a register's width.
  func blocks(from start: Int) -> some Sequence<Range<Int>> {
    let size = Lanes.scalarCount
    return (start / size..<(length + size - 1) / size).lazy.map { [length] block in
      max(block * size, start)..<min((block + 1) * size, length)
    }
  }

  /// Numbers that one thread needs beside the arguments.
  var forwardScratchCount: Int {
    Panels.copiedCount(depth: headSize, columns: length) + Panels.copiedCount(depth: length, columns: headSize)
  }
  var backwardScratchCount: Int {
    length * length + 2 * Panels.copiedCount(depth: length, columns: headSize) + forwardScratchCount
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
///
/// Rows go in blocks, and a block looks no further than its last position: what is masked beyond is neither computed nor
/// written. Within the block the mask's weights are 0.
func attentionForward(
  _ out: Matrix, probabilities: UnsafeMutablePointer<Float>, _ qkv: Matrix, _ sizes: AttentionSizes,
  from start: Int = 0, team: Team = Team()
) {
  let (T, D) = (sizes.length, sizes.headSize)
  team.share(sizes.headCount, work: sizes.work) { indices, scratch in
    let room = scratch(sizes.forwardScratchCount)
    for index in indices {
      let (sequence, head) = sizes.sequenceAndHead(index)
      let p = sizes.probabilities(probabilities, sequence, head)
      let q = sizes.part(0, of: qkv, sequence, head)
      let keys = Panels(
        copying: sizes.part(1, of: qkv, sequence, head).transposed, depth: 0..<D, columns: 0..<T, to: room)
      let values = Panels(
        copying: sizes.part(2, of: qkv, sequence, head), depth: 0..<T, columns: 0..<D,
        to: room + Panels.copiedCount(depth: D, columns: T))
      let out = sizes.head(head, of: out, sequence)
      for rows in sizes.blocks(from: start) {
        let seen = 0..<rows.upperBound
        multiply(into: p, rows, seen, Strips(q, rows: rows, depth: 0..<D), keys)
        softmaxCausal(p, rows, scale: sizes.scale)
        multiply(into: out, rows, 0..<D, Strips(p, rows: rows, depth: seen), values)
      }
    }
  }
}

/// Writes the gradient of every query, key and value to dqkv (B·T, 3C).
///
/// dV = Pᵀ·dO, dP = dO·Vᵀ, dS = P · (dP - Σ P·dP) / sqrt(D), dQ = dS·K, dK = dSᵀ·Q.
func attentionBackward(
  dqkv: Matrix, dout: Matrix, probabilities: UnsafeMutablePointer<Float>, _ qkv: Matrix, _ sizes: AttentionSizes,
  team: Team = Team()
) {
  let (T, D) = (sizes.length, sizes.headSize)
  team.share(sizes.headCount, work: sizes.work) { indices, scratch in
    let room = scratch(sizes.backwardScratchCount)
    let ds = Matrix(room, T, T)
    let panels = room + T * T
    let size = Panels.copiedCount(depth: T, columns: D)
    for index in indices {
      let (sequence, head) = sizes.sequenceAndHead(index)
      let p = sizes.probabilities(probabilities, sequence, head)
      let dout = sizes.head(head, of: dout, sequence)
      let dParts = (0..<3).lazy.map { sizes.part($0, of: dqkv, sequence, head) }
      func copied(_ matrix: Matrix, _ place: Int) -> Panels {
        Panels(copying: matrix, depth: 0..<T, columns: 0..<D, to: panels + place * size)
      }
      let queries = copied(sizes.part(0, of: qkv, sequence, head), 0)
      let keys = copied(sizes.part(1, of: qkv, sequence, head), 1)
      let douts = copied(dout, 2)
      let values = Panels(
        copying: sizes.part(2, of: qkv, sequence, head).transposed, depth: 0..<D, columns: 0..<T, to: panels + 3 * size)
      for rows in sizes.blocks(from: 0) {
        let seen = 0..<rows.upperBound
        multiply(into: ds, rows, seen, Strips(dout, rows: rows, depth: 0..<D), values)
        softmaxBackward(ds, p, rows, scale: sizes.scale)
        multiply(into: dParts[0], rows, 0..<D, Strips(ds, rows: rows, depth: seen), keys)
      }
      for columns in sizes.blocks(from: 0) {
        let seeing = columns.lowerBound..<T
        multiply(
          into: dParts[1], columns, 0..<D, Strips(ds.transposed, rows: columns, depth: seeing),
          queries.from(seeing.lowerBound))
        multiply(
          into: dParts[2], columns, 0..<D, Strips(p.transposed, rows: columns, depth: seeing),
          douts.from(seeing.lowerBound))
      }
    }
  }
}

/// Softmax of some rows' scores times `scale`, of which row `i` sees the first `i + 1`; up to the end of the rows the others get
/// no weight. The rows' diagonal falls in one register: they are one of the `blocks`, or the end of one.
private func softmaxCausal(_ scores: Matrix, _ rows: Range<Int>, scale: Float) {
  let width = Lanes.scalarCount
  let diagonal = rows.lowerBound / width * width
  for row in rows {
    let (x, visible) = (scores.row(row), row + 1 - diagonal)
    let last = x.lanes(diagonal, count: visible, filler: -.infinity)
    var greatest = last
    for i in stride(from: 0, to: diagonal, by: width) { greatest = x.lanes(i).greater(greatest) }
    let top = greatest.greatest
    let lastWeights = exponential((last - top) * scale).first(visible)
    var sum = lastWeights
    for i in stride(from: 0, to: diagonal, by: width) {
      let weights = exponential((x.lanes(i) - top) * scale)
      x.setLanes(i, weights)
      sum += weights
    }
    let factor = sum.total.reciprocals
    for i in stride(from: 0, to: diagonal, by: width) { x.setLanes(i, x.lanes(i) * factor) }
    x.setLanes(diagonal, lastWeights * factor, count: rows.upperBound - diagonal)
  }
}

/// Replaces dp by p · (dp - Σ p·dp) · scale in some rows. Where p is 0 the result is 0, so the mask needs no second look.
private func softmaxBackward(_ dp: Matrix, _ p: Matrix, _ rows: Range<Int>, scale: Float) {
  let count = rows.upperBound
  for row in rows {
    let (dp, p) = (dp.row(row), p.row(row))
    let mean = dot(p, dp, count)
    forEachLanes(count) { i in
      dp.setLanes(i, p.lanes(i) * scale * (dp.lanes(i) - mean))
    } partial: { i, count in
      dp.setLanes(i, p.lanes(i, count: count) * scale * (dp.lanes(i, count: count) - mean), count: count)
    }
  }
}
