/// Signum (Bernstein et al. 2018, https://arxiv.org/abs/1802.04434): `m = momentum · m + (1 - momentum) · g; p -= rate · sign(m)`, beside
/// the weight decay. It is Lion with one mean for both.
struct Signum: UpdateRule {
  static let hyperparameters: [Optimizer.Hyperparameter] = [.momentum] + WeightDecay.hyperparameters

  let momentum: Double
  let decay: WeightDecay

  init(_ optimizer: Optimizer) { (momentum, decay) = (optimizer.number(.momentum), WeightDecay(optimizer)) }

  var momentCount: Int { 1 }

  func update(_ update: ParameterUpdate) { update.applySigns(beta1: momentum, beta2: momentum, decay) }
}
