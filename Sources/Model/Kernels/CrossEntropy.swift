import COpenBLAS

/// Greatest loss of one prediction: the reported probability has a floor of 1e-12, the gradient has none.
private let greatestLoss = -log(1e-12)

/// The sum over rows of -ln p(target), in nats, summed in double precision. Replaces `logits` (rows, V) by the gradient
/// `(softmax - onehot) · gradientScale`, unless that is nil: then they become unnormalized probabilities.
func crossEntropy(
  _ logits: Matrix, targets: UnsafePointer<Int32>, gradientScale: Float?, team: Team = Team()
) -> Double {
  team.sum(logits.rows, inStretchesOf: 1, work: logits.rows * logits.columns) { rows in
    let row = rows.lowerBound
    let (x, target) = (logits.row(row), Int(targets[row]))
    let logit = x[target]
    let (sum, greatest) = exponentiate(x, logits.columns)
    let loss = log(Double(sum)) + Double(greatest - logit)
    if let gradientScale {
      scale(x, by: gradientScale / sum, logits.columns)
      x[target] -= gradientScale
    }
    return loss > greatestLoss ? greatestLoss : loss
  }
}
