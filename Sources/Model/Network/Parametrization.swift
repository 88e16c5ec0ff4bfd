/// How initialization, learning rates and multipliers follow from a model's size, so that what was tuned at the base sizes holds at others. At
/// the base sizes all of them are the same, bit for bit.
///
/// With m = C / base C and n = L / base L, `d_ff` taken to grow with C, and b for the initialization at the base sizes:
///
///     tensor                          initialization   Adam's rate   SGD's   Muon's          decay              ε
///     embeddings, head                b                1             m       (Adam's)        1                  1
///     gains, biases                   1, 0             1             m       (Adam's)        0                  1
///     matrices between two layers     b / √m           1 / m         1       1 or 1 / √m     1 / their rate     1 / m
///     logits / m, scores · √(base D / D); CompleteP: each block's two layers / n, and ε / n in matrices
///
/// The decay is what `weight_decay` is multiplied by beside the learning rate; Muon's rate is 1 / √m with `muon_scale` "rms". Yang et al.
/// 2022, https://arxiv.org/abs/2203.03466, table 8, which allows for a head that is the embedding, with the columns of
/// https://github.com/microsoft/mup; Dey et al. 2025 (CompleteP with α = 1), https://arxiv.org/abs/2505.01618, table 1.
public struct Parametrization: Equatable, Hashable, Sendable {
  /// The parametrizations by the words that a spec has for them.
  public enum Kind: String, CaseIterable, Codable, Sendable {
    /// Every size by itself, as in PyTorch.
    case standard
    /// Maximal update: for widths.
    case mup
    /// Maximal update, and each block's part in the residual stream by the depth: for widths and depths.
    case completep
  }

  /// The kind.
  public let kind: Kind
  /// The width and the depth at which it is as standard; nil where they have no meaning.
  public let baseDModel, baseLayers: Int?
  /// The width of a head at which it is as standard; nil where it has no meaning.
  public let baseHeadSize: Double?

  /// Sizes of the model.
  private let dModel, layers, headSize: Int

  init(_ architecture: Architecture) {
    kind = architecture.parametrization
    (dModel, layers, headSize) = (architecture.dModel, architecture.layers, architecture.headSize)
    baseDModel = kind == .standard ? nil : architecture.baseDModel
    baseLayers = kind == .completep ? architecture.baseLayers : nil
    baseHeadSize =
      kind == .standard
      ? nil : architecture.baseHeadSize.map(Double.init) ?? Double(architecture.baseDModel) / Double(architecture.heads)
  }

  /// m: how many times the base's width.
  var width: Double { baseDModel.map { Double(dModel) / Double($0) } ?? 1 }
  /// n: how many times the base's depth.
  var depth: Double { baseLayers.map { Double(layers) / Double($0) } ?? 1 }

  /// What logits are multiplied by.
  var logits: Float { Float(1 / width) }
  /// What attention's scores are multiplied by, beside 1 / √D.
  var scores: Float { baseHeadSize.map { Float(($0 / Double(headSize)).squareRoot()) } ?? 1 }
  /// What a layer's output is multiplied by before it is added to the residual stream.
  var residual: Float { Float(1 / depth) }
}

// MARK: - Before the first step

/// How matrices are drawn before the first step, by the words that a spec has for it. Gains begin at 1 and biases at 0.
public enum Initialization: String, CaseIterable, Sendable {
  /// Uniform within ±1/√C.
  case uniform
  /// Normal with a standard deviation of 0.02.
  case normal
  /// As `normal`, and matrices whose products are added to the residual stream with 0.02/√(2L): Radford et al. 2019 (GPT-2).
  case scaled
}

extension Parametrization {
  /// What a tensor holds before the first step.
  enum Start: Equatable {
    /// Uniform between -bound and bound.
    case uniform(bound: Float)
    /// Normal with mean 0.
    case normal(deviation: Float)
    case constant(Float)
  }

  func start(of tensor: ParameterLayout.Tensor, _ initialization: Initialization) -> Start {
    // 1/√m of matrices between two layers; of a bound of 1/√C it is a part already.
    let narrowing = Float(tensor.role.isHidden ? 1 / width.squareRoot() : 1)
    let isInner = tensor.role.isHidden || kind == .standard
    return switch (tensor.role, initialization) {
    case (.gain, _): .constant(1)
    case (.bias, _): .constant(0)
    case (_, .uniform): .uniform(bound: 1 / Float(isInner ? dModel : baseDModel ?? dModel).squareRoot())
    case (_, .scaled) where tensor.writesStream:
      .normal(deviation: 0.02 / Float(2 * (baseLayers ?? layers)).squareRoot() * narrowing)
    case (_, .normal), (_, .scaled): .normal(deviation: 0.02 * narrowing)
    }
  }
}

// MARK: - In an update

extension Parametrization {
  /// What the learning rate is multiplied by.
  func learningRate(of role: ParameterRole, _ optimizer: Optimizer) -> Double {
    switch optimizer.kind {
    case .sgd: role.isHidden ? 1 : width
    case .muon where role.isHidden:
      optimizer.word(.muonScale, as: Optimizer.MuonScale.self) == .rms ? 1 / width.squareRoot() : 1
    case .adam, .adamw, .muon, .lion, .signum, .ademamix, .scheduleFree: role.isHidden ? 1 / width : 1
    }
  }

  /// What the weight decay is multiplied by, beside the learning rate.
  func weightDecay(of role: ParameterRole, _ optimizer: Optimizer) -> Double {
    switch role {
    case .tokenEmbedding, .position, .hidden, .head: 1 / learningRate(of: role, optimizer)
    case .gain, .bias: 0
    }
  }

  /// What ε is multiplied by.
  func epsilon(of role: ParameterRole) -> Double { role.isHidden ? 1 / (width * depth) : 1 }

  func treatment(of role: ParameterRole, _ optimizer: Optimizer) -> ParameterGroup.Treatment {
    ParameterGroup.Treatment(
      learningRate: learningRate(of: role, optimizer), weightDecay: weightDecay(of: role, optimizer),
      epsilon: epsilon(of: role), isHidden: role.isHidden)
  }
}
