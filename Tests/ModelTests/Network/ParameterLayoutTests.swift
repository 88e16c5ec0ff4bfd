import Testing

@testable import Model

@Suite struct ParameterLayoutTests {
  let architecture = Architecture(vocabularySize: 5, contextLength: 3, dModel: 6, heads: 2, layers: 2, dFF: 7)

  @Test("tensors are named as the weight file's documentation says, with matrices input dimension first")
  func names() {
    let layout = ParameterLayout(architecture)
    #expect(
      layout.tensors.prefix(10).map { "\($0.name) \($0.shape)" } == [
        "token_embed [5, 6]", "pos_embed [3, 6]", "blocks.0.norm1_gamma [6]", "blocks.0.w_q [6, 6]",
        "blocks.0.w_k [6, 6]", "blocks.0.w_v [6, 6]", "blocks.0.w_o [6, 6]", "blocks.0.norm2_gamma [6]",
        "blocks.0.w_ff1 [6, 7]", "blocks.0.w_ff2 [7, 6]",
      ])
    #expect(layout.tensors.last?.name == "norm_final_gamma")
    #expect(layout.parameterCount == 5 * 6 + 3 * 6 + 2 * (6 + 4 * 36 + 6 + 2 * 42) + 6)
  }

  @Test("no two elements share a place, and a group holds tensors of one treatment alone")
  func places() {
    let layout = ParameterLayout(architecture)
    var owner = [String?](repeating: nil, count: layout.bufferCount)
    for tensor in layout.tensors {
      for row in 0..<tensor.rows {
        for column in 0..<tensor.columns {
          let place = tensor.offset + row * tensor.stride + column
          #expect(owner[place] == nil)
          owner[place] = tensor.name
        }
      }
    }
    let groups = layout.groups(.adam(beta1: 0.9, beta2: 0.9, epsilon: 1))
    for group in groups {
      for name in owner[group.range].compactMap(\.self) {
        let isGain = name.hasSuffix("gamma")
        #expect(group.treatment.weightDecay == (isGain ? 0 : 1))
        #expect(group.treatment.isHidden == (!isGain && name.hasPrefix("blocks")))
        #expect(group.treatment.learningRate == 1)
      }
    }
    #expect(groups.first?.range.lowerBound == 0 && groups.last?.range.upperBound == owner.count)
    for (group, next) in zip(groups, groups.dropFirst()) {
      #expect(group.range.upperBound == next.range.lowerBound)
      #expect(group.treatment != next.treatment)
    }
  }

  @Test("every tensor has its role, a hidden matrix with the sizes between which it lies")
  func roles() {
    #expect(
      ParameterLayout(architecture).tensors.prefix(10).map(\.role) == [
        .tokenEmbedding, .position, .gain, .hidden(fanIn: 6, fanOut: 6), .hidden(fanIn: 6, fanOut: 6),
        .hidden(fanIn: 6, fanOut: 6), .hidden(fanIn: 6, fanOut: 6), .gain, .hidden(fanIn: 6, fanOut: 7),
        .hidden(fanIn: 7, fanOut: 6),
      ])
  }

  @Test("biases start at 0 and neither they nor gains decay")
  func vectors() {
    let parametrization = Parametrization(
      Architecture(vocabularySize: 5, contextLength: 3, dModel: 16, heads: 2, layers: 8, dFF: 7))
    func start(_ role: ParameterRole, _ initialization: Initialization, writesStream: Bool = false)
      -> Parametrization.Start
    {
      let tensor = ParameterLayout.Tensor(
        name: "", shape: [16, 16], role: role, writesStream: writesStream, offset: 0, stride: 16)
      return parametrization.start(of: tensor, initialization)
    }
    for initialization in Initialization.allCases {
      #expect(start(.bias, initialization) == .constant(0))
      #expect(start(.gain, initialization) == .constant(1))
    }
    #expect(start(.head, .uniform) == .uniform(bound: 0.25))
    #expect(start(.position, .normal) == .normal(deviation: 0.02))
    #expect(start(.hidden(fanIn: 16, fanOut: 16), .scaled) == .normal(deviation: 0.02))
    #expect(start(.hidden(fanIn: 16, fanOut: 16), .scaled, writesStream: true) == .normal(deviation: 0.005))
    let roles: [ParameterRole] = [.gain, .bias, .head]
    #expect(roles.map { parametrization.weightDecay(of: $0, .sgd(momentum: 0)) } == [0, 0, 1])
  }

  @Test("gammas start at 1, matrices uniform within 1/sqrt(d_model)")
  func initialization() {
    var random = RandomStream(seed: 1, name: "initialization")
    let wide = Architecture(vocabularySize: 50, contextLength: 8, dModel: 64, heads: 4, layers: 1, dFF: 64)
    let model = Transformer(architecture: wide, random: &random)
    for tensor in model.layout.tensors {
      let values = model.values(of: tensor).map(Double.init)
      guard tensor.role != .gain else {
        #expect(values.allSatisfy { $0 == 1 })
        continue
      }
      let bound = 1 / 8.0
      #expect(values.allSatisfy { abs($0) <= bound })
      let variance = values.reduce(0) { $0 + $1 * $1 } / Double(values.count)
      #expect(abs(variance / (bound * bound / 3) - 1) < 0.15, "\(tensor.name)")
    }
  }
}
