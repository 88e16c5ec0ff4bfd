#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The greatest loss that one prediction reports: -ln 1e-12 = 27.6 nats. The gradient isn't limited.
private let greatestLoss = -log(1e-12)

/// Returns the sum over positions of -ln p(target), in nats. Sums of a softmax are in single precision, the sum over positions in
/// double. `logits` is (V, positions) with V ≥ 1; `targets` holds one token for each position.
///
/// If `gradientScale` isn't nil, replaces `logits` by `(softmax - onehot) · gradientScale`. That also overwrites each row from its last
/// position up to a multiple of a register, so the stride leaves room for it. If `losses` isn't nil, stores each position's loss there.
///
/// With a `zLoss` ζ the gradient is that of the loss and ζ·log²Z together, where Z is the sum of a position's exponentials (Chowdhery et al.
/// 2022, PaLM, https://arxiv.org/abs/2204.02311); what is returned stays the loss alone.
///
/// Each lane of a register holds one position, so that the softmax over the tokens needs no sum across lanes.
package func crossEntropy(
  _ logits: Matrix, targets: UnsafePointer<Int32>, gradientScale: Float?, zLoss: Float = 0,
  losses: UnsafeMutablePointer<Double>? = nil, team: Team
) -> Double {
  check(
    logits.stride >= (logits.columns + Lanes.scalarCount - 1) / Lanes.scalarCount * Lanes.scalarCount,
    "the rows of \(logits) leave no room for whole registers")
  return team.sum(logits.columns, inChunksOf: Lanes.scalarCount, work: logits.rows * logits.columns) { positions in
    let (x, targets) = (logits.columns(positions), targets + positions.lowerBound)
    let greatest = greatestOfColumns(x)
    var loss = 0.0
    // The greatest logit less the target's logit.
    var distance = greatest
    for i in 0..<x.columns {
      checkToken(targets[i], x.rows)
      distance[i] -= x.row(Int(targets[i]))[i]
    }
    let sum = sumOfExponentials(x, less: greatest, replacing: gradientScale != nil)
    for i in 0..<x.columns {
      let exact = log(Double(sum[i])) + Double(distance[i])
      let reported = exact > greatestLoss ? greatestLoss : exact
      loss += reported
      if let losses { losses[positions.lowerBound + i] = reported }
    }
    if let gradientScale {
      var share = gradientScale / sum
      if zLoss != 0 {
        // d(ζ·log²Z)/dlogit = 2ζ·logZ · softmax
        for i in 0..<x.columns {
          share[i] *= 1 + 2 * zLoss * Float(log(Double(sum[i])) + Double(greatest[i]))
        }
      }
      for token in 0..<x.rows { x.row(token).setLanes(0, x.row(token).lanes(0) * share) }
      for i in 0..<x.columns { x.row(Int(targets[i]))[i] -= gradientScale }
    }
    return loss
  }
}

/// The greatest number of each column. x has at most as many columns as a register has lanes, and at least one row.
private func greatestOfColumns(_ x: Matrix) -> Lanes {
  // Two running maxima, for even and odd rows: the comparisons of one don't wait for the other.
  var (greatest, others) = (Lanes(repeating: -.infinity), Lanes(repeating: -.infinity))
  for row in stride(from: 0, to: x.rows - 1, by: 2) {
    greatest = x.row(row).lanes(0).greater(greatest)
    others = x.row(row + 1).lanes(0).greater(others)
  }
  return x.row(x.rows - 1).lanes(0).greater(others).greater(greatest)
}

/// The sum of e^(x - top) over each column. x has at most as many columns as a register has lanes. Where `replaces` is true, the
/// exponentials are written over x.
private func sumOfExponentials(_ x: Matrix, less top: Lanes, replacing replaces: Bool) -> Lanes {
  var sum = Lanes.zero
  // Sums of 64 rows are added up. With a large vocabulary one long sum would lose the small terms.
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
