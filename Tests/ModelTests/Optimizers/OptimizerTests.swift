import Testing

@testable import Kernels
@testable import Model

@Suite struct OptimizerTests {
  @Test("an optimizer keeps the hyperparameters that it reads, and no others", arguments: Optimizer.Kind.allCases)
  func hyperparameters(kind: Optimizer.Kind) {
    var asked: [Optimizer.Hyperparameter] = []
    let optimizer = Optimizer(kind) { hyperparameter in
      asked.append(hyperparameter)
      return 0.25
    }
    #expect(asked == kind.hyperparameters)
    let values = asked.map { ($0, Optimizer.Value.number(0.25)) }
    #expect(optimizer == Optimizer(kind, Dictionary(uniqueKeysWithValues: values)))
    #expect(optimizer != Optimizer(kind) { _ in 0.5 })
  }

  @Test(
    "AdEMAMix's slow mean forgets more and more slowly, also where it hardly forgets at the end",
    arguments: [0.99, 1 - 1e-9])
  func slowMean(beta3: Double) {
    let rule = AdEMAMix(
      Optimizer(
        .ademamix,
        [.beta1: 0.9, .beta2: 0.999, .beta3: .number(beta3), .alpha: 8.0, .epsilon: 1e-8, .weightDecay: 0.0]))
    let decays = stride(from: 0.0, through: 1, by: 0.125).map { rule.slowMean(at: $0).beta3 }
    #expect(decays == decays.sorted() && decays.allSatisfy { (0.89...beta3 + 1e-7).contains($0) && $0 < 1 })
    #expect(decays.last == beta3)
  }

  @Test("each moment is a buffer of the parameters' size")
  func moments() {
    let layout = ParameterLayout(TrainerTests.architecture)
    for (optimizer, count) in [
      (Optimizer.sgd(momentum: 0), 0), (.sgd(momentum: 0.5), 1),
      (.adam(beta1: 0.9, beta2: 0.9, epsilon: 1), 2),
    ] {
      let state = OptimizerState(
        optimizer, layout: layout, parameters: FloatBuffer(count: layout.bufferCount))
      #expect(optimizer.momentCount == count)
      #expect(state.moments.map(\.count) == [Int](repeating: layout.bufferCount, count: count))
    }
  }

  /// A rule that needs whole matrices: W -= lr · G·Gᵀ·G for those between two layers, p -= lr · g for the rest.
  struct Cubic: UpdateRule {
    static let hyperparameters: [Optimizer.Hyperparameter] = []
    init(_ optimizer: Optimizer) {}
    let momentCount = 0

    func scratchCount(_ layout: ParameterLayout) -> Int {
      let sides = layout.tensors.filter(\.role.isHidden).map { ($0.rows, $0.columns) }
      return sides.map { $0 * $0 + $0 * $1 }.max() ?? 0
    }

    func update(_ update: ParameterUpdate) {
      let rate = Float(update.learningRate)
      for tensor in update.layout.tensors where tensor.role.isHidden {
        let (rows, columns) = (tensor.rows, tensor.columns)
        let square = Matrix(update.scratch.pointer, rows, rows)
        let cube = Matrix(update.scratch.pointer + rows * rows, rows, columns)
        let (w, g) = (update.parameters[tensor], update.gradients[tensor])
        multiply(into: square, g, g.transposed, team: update.team)
        multiply(into: cube, square, g, team: update.team)
        for row in 0..<rows {
          for column in 0..<columns {
            w.row(row)[column] -= rate * cube.row(row)[column]
            g.row(row)[column] = 0
          }
        }
      }
      update.shareGroups { group, range in
        if group.isHidden { return }
        for place in range {
          update.parameters.pointer[place] -= rate * update.gradients.pointer[place]
          update.gradients.pointer[place] = 0
        }
      }
    }
  }

  @Test("a rule that needs matrices gets each, queries, keys and values apart")
  func matrices() {
    let layout = ParameterLayout(
      Architecture(vocabularySize: 5, contextLength: 3, dModel: 6, heads: 2, layers: 1, dFF: 7))
    let rule = Cubic(.sgd(momentum: 0))
    let (parameters, gradients) = (FloatBuffer(count: layout.bufferCount), FloatBuffer(count: layout.bufferCount))
    var random = RandomStream(seed: 2, name: "gradients")
    for tensor in layout.tensors {
      gradients.setValues((0..<tensor.count).map { _ in random.uniform() - 0.5 }, of: tensor)
    }
    let given = layout.tensors.map { gradients.values(of: $0).map(Double.init) }
    rule.update(
      ParameterUpdate(
        layout: layout, groups: layout.groups(.sgd(momentum: 0)), parameters: parameters, gradients: gradients,
        moments: [],
        scratch: FloatBuffer(count: rule.scratchCount(layout)), gradientScale: 1,
        schedule: LearningRateSchedule(peak: 0.5, shape: .constant, warmupSteps: 0, steps: 1), step: 1,
        team: Team(threads: 2)))
    for (tensor, g) in zip(layout.tensors, given) {
      let (R, C) = (tensor.rows, tensor.columns)
      func product(_ i: Int, _ k: Int) -> Double { (0..<C).reduce(0) { $0 + g[i * C + $1] * g[k * C + $1] } }
      for (place, value) in parameters.values(of: tensor).enumerated() {
        let (i, j) = (place / C, place % C)
        let cube = (0..<R).reduce(0) { $0 + product(i, $1) * g[$1 * C + j] }
        let expected = tensor.role.isHidden ? -0.5 * cube : -0.5 * g[place]
        #expect(abs(Double(value) - expected) < 1e-6, "\(tensor.name) \(place)")
      }
    }
    #expect(gradients.elements.allSatisfy { $0 == 0 })
  }
}
