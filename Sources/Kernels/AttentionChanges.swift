/// What may change the scores and weights of an attention beside the causal mask: nothing, or some of a cap, a slope and dropout.
package struct AttentionChanges {
  /// Scores s become c · tanh(s / c). Gemma 2, https://arxiv.org/abs/2408.00118
  package var cap: Float?
  /// The derivatives of the capped scores, of as many floats as the weights: written by the forward pass, read by the backward pass.
  package var capSlopes: UnsafeMutablePointer<Float>?
  /// Scores become less by a head's number for each position of distance (ALiBi): as many as heads. Press et al. 2021,
  /// https://arxiv.org/abs/2108.12409
  package var distanceSlopes: UnsafeMutablePointer<Float>?
  /// Drops weights after the softmax. Nil outside training.
  package var dropout: Dropout?
  /// The weights after dropout, of as many floats: written by the forward pass, read by the backward pass.
  package var dropped: UnsafeMutablePointer<Float>?
  /// The number of the first sequence, from which the masks follow.
  package var firstSequence = 0

  /// No changes.
  package init() {}

  /// Whether the scores go to the softmax as they are, and its weights to the product.
  var isNone: Bool { cap == nil && distanceSlopes == nil && dropout == nil }
}

// MARK: - Forward

extension AttentionChanges {
  /// Replaces the scores of `keys` in some columns of `weights`, at most a register of `queries`, by their softmax, and returns the matrix with
  /// the weights that the product takes: the same, or that of the dropped ones. `index` is the head's number.
  func softmax(
    _ weights: Matrix, _ index: Int, _ columns: Range<Int>, _ queries: Range<Int>, _ keys: Range<Int>,
    _ sizes: AttentionSizes
  ) -> Matrix {
    let scores = weights.columns(columns)
    let isScaled = cap != nil || distanceSlopes != nil
    if isScaled { change(scores, index, columns, queries, keys, sizes) }
    let scale = isScaled ? 1 : sizes.scale
    if let window = sizes.window {
      softmaxMasked(scores, queries, keys, window: window, scale: scale)
    } else {
      softmaxCausal(scores, queries, scale: scale)
    }
    guard let dropout, let pointer = dropped else { return weights }
    let dropped = sizes.weights(pointer, index)
    let target = dropped.columns(columns)
    // A head is a row of masks, with its keys one after the other.
    let row = dropout.row(firstSequence * sizes.heads + index)
    for key in keys {
      let factors = dropout.factors(row, from: key * sizes.length + queries.lowerBound)
      target.row(key).setLanes(0, scores.row(key).lanes(0) * factors)
    }
    return dropped
  }

  /// Scales the scores, caps them, and subtracts what grows with the distance.
  private func change(
    _ scores: Matrix, _ index: Int, _ columns: Range<Int>, _ queries: Range<Int>, _ keys: Range<Int>,
    _ sizes: AttentionSizes
  ) {
    let scale = sizes.scale
    let distance = distanceSlopes.map { $0[index % sizes.heads] } ?? 0
    let capSlopes = capSlopes.map { sizes.weights($0, index).columns(columns) }
    for key in keys {
      var value = scores.row(key).lanes(0) * scale
      if let cap {
        let (capped, slope) = capped(value, cap)
        value = capped
        capSlopes?.row(key).setLanes(0, slope)
      }
      if distanceSlopes != nil {
        let distances = Lanes.numbers + Float(queries.lowerBound - key)
        value.addProduct(distances, Lanes(repeating: -distance))
      }
      scores.row(key).setLanes(0, value)
    }
  }
}

/// Replaces the scores of some keys by softmax(scores · scale), for at most one register of queries, each of which sees itself and the
/// `window - 1` keys before it. The others among the keys get weight 0. Reads and writes whole registers.
private func softmaxMasked(_ scores: Matrix, _ queries: Range<Int>, _ keys: Range<Int>, window: Int, scale: Float) {
  let first = queries.lowerBound
  // Lanes from `key - first` to below `key - first + window` see the key.
  func seen(_ value: Lanes, _ key: Int, otherwise other: Lanes) -> Lanes {
    let start = min(max(key - first, 0), Lanes.scalarCount)
    let end = min(max(key - first + window, 0), Lanes.scalarCount)
    return value.replacingLast(from: end, with: other).replacingFirst(start, with: other)
  }
  let lowest = Lanes(repeating: -.infinity)
  var top = lowest
  for key in keys { top = seen(scores.row(key).lanes(0), key, otherwise: lowest).greater(top) }
  let factor = scale * log2e
  var sum = Lanes.zero
  for key in keys {
    let weights = seen(powerOfTwo((scores.row(key).lanes(0) - top) * factor), key, otherwise: .zero)
    scores.row(key).setLanes(0, weights)
    sum += weights
  }
  let share = sum.reciprocals
  for key in keys { scores.row(key).setLanes(0, scores.row(key).lanes(0) * share) }
}

extension Lanes {
  #if AVX512
    /// 0, 1, 2, …
    @inline(__always) static var numbers: Lanes { Lanes(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15) }
  #else
    /// 0, 1, 2, …
    @inline(__always) static var numbers: Lanes { Lanes(0, 1, 2, 3, 4, 5, 6, 7) }
  #endif
}

// MARK: - Backward

extension AttentionChanges {
  /// Turns the gradient of the dropped weights into that of the softmax's weights.
  @inline(__always)
  func dropoutBackward(
    _ dp: Matrix, _ index: Int, _ queries: Range<Int>, _ keys: Range<Int>, _ sizes: AttentionSizes
  ) {
    guard let dropout, let pointer = dropped else { return }
    let dropped = sizes.weights(pointer, index).columns(queries)
    for key in keys {
      let isKept = dropped.row(key).lanes(0) .> Lanes.zero
      dp.row(key).setLanes(0, Lanes.zero.replacing(with: dp.row(key).lanes(0) * dropout.scale, where: isKept))
    }
  }

  /// Turns the gradient of the capped scores into that of the scores.
  @inline(__always)
  func capBackward(
    _ ds: Matrix, _ index: Int, _ queries: Range<Int>, _ keys: Range<Int>, _ sizes: AttentionSizes
  ) {
    guard cap != nil, let pointer = capSlopes else { return }
    let slopes = sizes.weights(pointer, index).columns(queries)
    for key in keys { ds.row(key).setLanes(0, ds.row(key).lanes(0) * slopes.row(key).lanes(0)) }
  }
}
