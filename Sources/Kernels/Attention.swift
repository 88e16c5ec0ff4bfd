// Causal multi-head attention: softmax(QKᵀ / sqrt(D))V for each sequence and head. Vaswani et al. 2017,
// https://arxiv.org/abs/1706.03762. In memory, scores S and weights P are transposed: row = key, column = query. Several heads of queries
// may share one of keys and values: Ainslie et al. 2023, https://arxiv.org/abs/2305.13245

import CLanes

/// Sizes of an attention: B sequences of T positions, H heads of D elements each, K heads of keys and values.
package struct AttentionSizes {
  package let sequences: Int
  package let length: Int
  package let heads: Int
  package let keyHeads: Int
  package let headSize: Int
  /// How many last positions a position sees, itself among them; nil where it sees all.
  package let window: Int?
  /// What scores are multiplied by, beside 1 / sqrt(D).
  package let multiplier: Float

  /// - Parameter keyHeads: A divisor of `heads`; nil for as many.
  package init(
    sequences: Int, length: Int, heads: Int, keyHeads: Int? = nil, headSize: Int, window: Int? = nil,
    multiplier: Float = 1
  ) {
    self.multiplier = multiplier
    self.sequences = sequences
    self.length = length
    self.heads = heads
    self.keyHeads = keyHeads ?? heads
    self.headSize = headSize
    self.window = window.flatMap { $0 < length ? $0 : nil }
    Kernels.check(
      heads % self.keyHeads == 0 && window ?? 1 >= 1,
      "\(heads) heads for \(self.keyHeads), window \(window ?? 0)")
  }

  var scale: Float { 1 / Float(headSize).squareRoot() * multiplier }

  /// Heads of all sequences.
  package var headCount: Int { sequences * heads }

  /// Heads of queries that share one of keys and values.
  var groupSize: Int { heads / keyHeads }

  /// Columns of queries, keys and values side by side.
  package var columns: Int { (heads + 2 * keyHeads) * headSize }

  /// The work of a pass in the unit of `Team.share`: T²/2 weights of each head, or with a window fewer, each counted 2 for the softmax and
  /// 2·D/16 for its two products.
  var work: Int {
    headCount * length * min(length / 2, window ?? length) * (2 + 2 * headSize / Team.productsPerNumber)
  }

  /// The sequence and the head of an index in `0..<headCount`.
  func sequenceAndHead(_ index: Int) -> (sequence: Int, head: Int) { (index / heads, index % heads) }

  /// The first key whose weight is written for the register of queries that begins with `query`: a multiple of a register's width, so that
  /// the backward pass may go through the keys by registers. 0 without a window.
  func firstKey(_ query: Int) -> Int {
    guard let window else { return 0 }
    return max(0, query - window + 1) / Lanes.scalarCount * Lanes.scalarCount
  }

  /// The queries whose weights of all `keys`, a register of them, are written: up to the last register of which one query sees one of
  /// the keys.
  func queries(seeing keys: Range<Int>) -> Range<Int> {
    guard let window else { return keys.lowerBound..<length }
    let last = (keys.lowerBound + Lanes.scalarCount + window - 2) / Lanes.scalarCount * Lanes.scalarCount
    return keys.lowerBound..<min(last + Lanes.scalarCount, length)
  }

  /// Floats that the weights of one head take.
  package var weightsCount: Int { length * FloatBuffer.stride(ofRows: length) }

  /// Floats of scratch of a thread: a packed micro-panel of queries, and the packed values.
  var forwardScratchCount: Int { panelCount + PanelsB.packedCount(depth: length, columns: headSize) }
  /// Floats of scratch of a thread: dS, a packed micro-panel of queries, and packed queries, keys and output gradients.
  var backwardScratchCount: Int {
    weightsCount + panelCount + 3 * PanelsB.packedCount(depth: length, columns: headSize)
  }

  /// Floats of a packed micro-panel of queries.
  var panelCount: Int { PanelsB.packedCount(depth: headSize, columns: Blocking.NR) }

  /// The query, key or value (`part` 0, 1 or 2) rows of one sequence's head of queries in a (B·T, H·D + 2·K·D) matrix.
  func part(_ part: Int, of qkv: Matrix, _ sequence: Int, _ head: Int) -> Matrix {
    let place = part == 0 ? head : heads + (part - 1) * keyHeads + head / groupSize
    let start = place * headSize
    return qkv.rows(sequence * length..<(sequence + 1) * length).columns(start..<start + headSize)
  }

  /// One sequence's head in a (B·T, H·D) matrix.
  func head(_ head: Int, of matrix: Matrix, _ sequence: Int) -> Matrix {
    matrix.rows(sequence * length..<(sequence + 1) * length).columns(head * headSize..<(head + 1) * headSize)
  }

  /// Checks the widths, and that both have rows for all sequences. `heads` is (B·T, H·D), `qkv` is (B·T, H·D + 2·K·D).
  func check(_ heads: Matrix, _ qkv: Matrix) {
    let width = self.heads * headSize
    Kernels.check(
      heads.columns == width && qkv.columns == columns && min(heads.rows, qkv.rows) >= sequences * length,
      "shapes of \(heads), \(qkv) don't fit \(self)")
  }

  /// The weights of head `index` as (T, T): row k, column q is the weight that query q gives key k. After a forward pass from `start`,
  /// column 0 is query `start`.
  func weights(_ pointer: UnsafeMutablePointer<Float>, _ index: Int = 0) -> Matrix {
    Matrix(pointer + index * weightsCount, length, length, stride: FloatBuffer.stride(ofRows: length))
  }
}

extension Range<Int> {
  /// The range cut into pieces of `size`; the last one may be shorter.
  fileprivate func pieces(of size: Int) -> Pieces { Pieces(rest: self, size: size) }
}

/// The pieces of a range. The standard library's lazy sequence would allocate memory for each head.
private struct Pieces: Sequence, IteratorProtocol {
  var rest: Range<Int>
  let size: Int

  mutating func next() -> Range<Int>? {
    if rest.isEmpty { return nil }
    let piece = rest.prefix(size)
    rest = piece.upperBound..<rest.upperBound
    return piece
  }
}

/// Writes the heads' outputs to `out` (B·T, H·D) and their weights to `weights` (`headCount · weightsCount` floats, which isn't checked).
/// `qkv` is (B·T, H·D + 2·K·D). Positions from `start` on are computed; the earlier rows of `qkv` are the cache of keys and values.
///
/// Each lane holds one query, so that the softmax over the keys needs no sum across lanes. Queries go in pieces of NR, each over the
/// keys from the first that it sees up to its last position. Masked weights of a register's queries are set to 0; weights of later keys
/// are never written, nor those of keys before `firstKey`.
package func attentionForward(
  _ out: Matrix, weights: UnsafeMutablePointer<Float>, _ qkv: Matrix, _ sizes: AttentionSizes,
  _ changes: AttentionChanges = AttentionChanges(), from start: Int = 0, team: Team
) {
  sizes.check(out, qkv)
  check(0...sizes.length ~= start, "position \(start) of \(sizes.length)")
  let (T, D) = (sizes.length, sizes.headSize)
  team.share(sizes.headCount, work: sizes.work) { indices, scratch in
    let buffer = scratch(sizes.forwardScratchCount)
    for index in indices {
      let (sequence, head) = sizes.sequenceAndHead(index)
      // Column 0 belongs to the first query that is computed.
      let weights = sizes.weights(weights, index)
      let (q, k) = (sizes.part(0, of: qkv, sequence, head), sizes.part(1, of: qkv, sequence, head))
      let values = PanelsB(
        sizes.part(2, of: qkv, sequence, head), depth: 0..<T, columns: 0..<D, rows: T - start,
        scratch: buffer + sizes.panelCount)
      let out = sizes.head(head, of: out, sequence)
      for queries in (start..<T).pieces(of: Blocking.NR) {
        // 1. S = K · Qᵀ
        productOfPairs(
          into: weights.columns(queries.lowerBound - start..<queries.upperBound - start), k, q, queries,
          from: sizes.firstKey(queries.lowerBound), scratch: buffer)
        for some in queries.pieces(of: Lanes.scalarCount) {
          let columns = some.lowerBound - start..<some.upperBound - start
          let keys = sizes.firstKey(some.lowerBound)..<some.upperBound
          var factors = weights
          // 2. P = softmax(S / sqrt(D)) over the keys
          if changes.isNone, sizes.window == nil {
            softmaxCausal(weights.columns(columns), some, scale: sizes.scale)
          } else {
            factors = changes.softmax(weights, index, columns, some, keys, sizes)
          }
          // 3. out = Pᵀ · V
          multiply(
            into: out, some, 0..<D, PanelsA(factors.transposed, rows: columns, depth: keys),
            values.from(row: keys.lowerBound))
        }
      }
    }
  }
}

/// Writes the gradients of all queries, keys and values to `dqkv` (B·T, H·D + 2·K·D). `weights` comes from a forward pass of the same sizes
/// and changes from position 0.
///
/// With row = key, column = query, and ∘ elementwise: dV = P · dO, dP = V · dOᵀ, dS = P ∘ (dP - Σ over keys of P ∘ dP) / sqrt(D),
/// dQ = dSᵀ · K, dK = dS · Q.
package func attentionBackward(
  dqkv: Matrix, dout: Matrix, weights: UnsafeMutablePointer<Float>, _ qkv: Matrix, _ sizes: AttentionSizes,
  _ changes: AttentionChanges = AttentionChanges(), team: Team
) {
  sizes.check(dout, qkv)
  sizes.check(dout, dqkv)
  let (T, D) = (sizes.length, sizes.headSize)
  // By heads of keys: the heads of queries that share one add to its gradients one after the other.
  team.share(sizes.sequences * sizes.keyHeads, work: sizes.work) { groups, scratch in
    let buffer = scratch(sizes.backwardScratchCount)
    let ds = sizes.weights(buffer)
    let panel = buffer + sizes.weightsCount
    let size = PanelsB.packedCount(depth: T, columns: D)
    for index in groups.lowerBound * sizes.groupSize..<groups.upperBound * sizes.groupSize {
      let (sequence, head) = sizes.sequenceAndHead(index)
      let isFirst = head % sizes.groupSize == 0
      let p = sizes.weights(weights, index)
      let factors = changes.dropped.map { sizes.weights($0, index) } ?? p
      let dout = sizes.head(head, of: dout, sequence)
      let dParts = (0..<3).lazy.map { sizes.part($0, of: dqkv, sequence, head) }
      func copied(_ matrix: Matrix, _ place: Int) -> PanelsB {
        PanelsB(matrix, depth: 0..<T, columns: 0..<D, scratch: panel + sizes.panelCount + place * size)
      }
      let queryPanels = copied(sizes.part(0, of: qkv, sequence, head), 0)
      let keyPanels = copied(sizes.part(1, of: qkv, sequence, head), 1)
      let doutPanels = copied(dout, 2)
      let values = sizes.part(2, of: qkv, sequence, head)
      for queries in (0..<T).pieces(of: Blocking.NR) {
        // 1. dP = V · dOᵀ, as out = Pᵀ · V
        productOfPairs(
          into: ds.columns(queries), values, dout, queries, from: sizes.firstKey(queries.lowerBound), scratch: panel)
        for some in queries.pieces(of: Lanes.scalarCount) {
          let keys = sizes.firstKey(some.lowerBound)..<some.upperBound
          // 2. dS = P ∘ (dP - Σ over keys of P ∘ dP) / sqrt(D), as P = softmax(S / sqrt(D))
          changes.dropoutBackward(ds.columns(some), index, some, keys, sizes)
          softmaxBackward(ds.columns(some), p.columns(some), keys, scale: sizes.scale)
          changes.capBackward(ds.columns(some), index, some, keys, sizes)
          // 3. dQ = dSᵀ · K, as S = K · Qᵀ
          multiply(
            into: dParts[0], some, 0..<D, PanelsA(ds.transposed, rows: some, depth: keys),
            keyPanels.from(row: keys.lowerBound))
        }
      }
      for keys in (0..<T).pieces(of: Lanes.scalarCount) {
        let seeing = sizes.queries(seeing: keys)
        // 4. dK = dS · Q
        multiply(
          into: dParts[1], keys, 0..<D, PanelsA(ds, rows: keys, depth: seeing),
          queryPanels.from(row: seeing.lowerBound),
          adding: isFirst ? nil : dParts[1])
        // 5. dV = P · dO
        multiply(
          into: dParts[2], keys, 0..<D, PanelsA(factors, rows: keys, depth: seeing),
          doutPanels.from(row: seeing.lowerBound), adding: isFirst ? nil : dParts[2])
      }
    }
  }
}

/// c[k, q] = a[k] · b[q] for at most NR queries and every key from `start` on that one of them may see. `scratch` holds one
/// micro-panel.
private func productOfPairs(
  into c: Matrix, _ a: Matrix, _ b: Matrix, _ queries: Range<Int>, from start: Int,
  scratch: UnsafeMutablePointer<Float>
) {
  let (depth, first) = (0..<a.columns, min(queries.lowerBound + Lanes.scalarCount, queries.upperBound))
  let panel = PanelsB(packing: b.transposed, depth: depth, columns: queries, to: scratch)
  multiply(into: c, start..<first, 0..<queries.count, PanelsA(a, rows: start..<first, depth: depth), panel)
  // Keys after the first register's last query are computed for the second register's queries alone.
  let others = first..<queries.upperBound
  if others.isEmpty { return }
  multiply(
    into: c, others, Lanes.scalarCount..<queries.count, PanelsA(a, rows: others, depth: depth),
    panel.from(column: Lanes.scalarCount))
}

/// Replaces scores by softmax(scores · scale) over the keys, for at most one register of queries. Row k holds key k. Keys after a
/// query, up to the last query of the register, get weight 0. Reads and writes whole registers.
func softmaxCausal(_ scores: Matrix, _ queries: Range<Int>, scale: Float) {
  let first = queries.lowerBound
  var top = Lanes(repeating: -.infinity)
  for key in 0..<first { top = scores.row(key).lanes(0).greater(top) }
  for key in queries {
    let visible = scores.row(key).lanes(0).replacingFirst(key - first, with: Lanes(repeating: -.infinity))
    top = visible.greater(top)
  }
  let factor = scale * log2e
  var sum = Lanes.zero
  for key in 0..<first {
    let weights = powerOfTwo((scores.row(key).lanes(0) - top) * factor)
    scores.row(key).setLanes(0, weights)
    sum += weights
  }
  for key in queries {
    let weights = powerOfTwo((scores.row(key).lanes(0) - top) * factor).replacingFirst(key - first, with: .zero)
    scores.row(key).setLanes(0, weights)
    sum += weights
  }
  let share = sum.reciprocals
  for key in 0..<queries.upperBound { scores.row(key).setLanes(0, scores.row(key).lanes(0) * share) }
}

/// Replaces dp by p ∘ (dp - Σ over keys of p ∘ dp) · scale, for at most one register of queries and the keys that one of them may see. Masked
/// places have p = 0 and become 0.
private func softmaxBackward(_ dp: Matrix, _ p: Matrix, _ keys: Range<Int>, scale: Float) {
  var sum = Lanes.zero
  for key in keys { sum.addProduct(p.row(key).lanes(0), dp.row(key).lanes(0)) }
  for key in keys {
    let dp = dp.row(key)
    // Fetches the next queries' weights, which have left the caches since the forward pass.
    prefetch(p.row(key) + Lanes.scalarCount)
    dp.setLanes(0, p.row(key).lanes(0) * scale * (dp.lanes(0) - sum))
  }
}
