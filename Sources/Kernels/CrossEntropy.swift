#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Greatest loss of one prediction: the reported probability has a floor of 1e-12, the gradient has none.
private let greatestLoss = -log(1e-12)

/// The sum over positions of -ln p(target), in nats, summed in double precision. Replaces `logits` (V, positions) by the gradient
/// `(softmax - onehot) · gradientScale`, unless that is nil. A row's numbers beyond the last position, up to the next multiple of
/// a register, are overwritten too.
///
/// The positions lie side by side in the lanes of a register, so that the softmax over the tokens needs no sum across lanes.
package func crossEntropy(
  _ logits: Matrix, targets: UnsafePointer<Int32>, gradientScale: Float?, team: Team
) -> Double {
  check(
    logits.stride >= (logits.columns + Lanes.scalarCount - 1) / Lanes.scalarCount * Lanes.scalarCount,
    "the rows of \(logits) leave no room for whole registers")
  return team.sum(logits.columns, inChunksOf: Lanes.scalarCount, work: logits.rows * logits.columns) { positions in
    let (x, targets) = (logits.columns(positions), targets + positions.lowerBound)
    let greatest = greatestOfColumns(x)
    var loss = 0.0
    var rest = greatest
    for i in 0..<x.columns {
      checkToken(targets[i], x.rows)
      rest[i] -= x.row(Int(targets[i]))[i]
    }
    let sum = sumOfExponentials(x, less: greatest, replacing: gradientScale != nil)
    for i in 0..<x.columns {
      let exact = log(Double(sum[i])) + Double(rest[i])
      loss += exact > greatestLoss ? greatestLoss : exact
    }
    if let gradientScale {
      let share = gradientScale / sum
      for token in 0..<x.rows { x.row(token).setLanes(0, x.row(token).lanes(0) * share) }
      for i in 0..<x.columns { x.row(Int(targets[i]))[i] -= gradientScale }
    }
    return loss
  }
}

/// The greatest number of each column of a matrix at most as wide as a register.
private func greatestOfColumns(_ x: Matrix) -> Lanes {
  // Two at a time, since the greater of two isn't known before some cycles have passed.
  var (greatest, others) = (Lanes(repeating: -.infinity), Lanes(repeating: -.infinity))
  for row in stride(from: 0, to: x.rows - 1, by: 2) {
    greatest = x.row(row).lanes(0).greater(greatest)
    others = x.row(row + 1).lanes(0).greater(others)
  }
  return x.row(x.rows - 1).lanes(0).greater(others).greater(greatest)
}

/// The sum of e^(x - top) over each column of a matrix at most as wide as a register. Where `replaces` is true, the exponentials
/// replace x.
private func sumOfExponentials(_ x: Matrix, less top: Lanes, replacing replaces: Bool) -> Lanes {
  var sum = Lanes.zero
  // In chunks of rows, so that a small number isn't added to the sum of a whole vocabulary.
  for start in stride(from: 0, to: x.rows, by: 64) {
    var part = Lanes.zero
    for row in start..<min(start + 64, x.rows) {
      let e = powerOfTwo((x.row(row).lanes(0) - top) * log2e)
      if replaces { x.row(row).setLanes(0, e) }
      part += e
    }
    sum += part
  }
  return sum
}
