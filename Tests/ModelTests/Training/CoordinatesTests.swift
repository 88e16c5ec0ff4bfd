import Foundation
import Testing

@testable import Kernels
@testable import Model

@Suite struct CoordinatesTests {
  @Test(
    "each tensor's mean is that of its definition, in double precision",
    arguments: [Parametrization.Kind.standard, .completep])
  func definition(kind: Parametrization.Kind) throws {
    var architecture = Architecture(vocabularySize: 7, contextLength: 4, dModel: 6, heads: 2, layers: 2, dFF: 9)
    architecture.parametrization = kind
    (architecture.baseDModel, architecture.baseLayers) = (3, 1)
    let trainer = Trainer(
      architecture: architecture,
      settings: TrainingSettings(
        optimizer: .sgd(momentum: 0),
        schedule: LearningRateSchedule(peak: 0.01, shape: .constant, warmupSteps: 0, steps: 9), batchSize: 3,
        gradientClip: nil), training: (0..<50).map { Int32($0 % 7) }, seed: 1)
    // Two windows and a part of a third, which isn't measured.
    let text: [Int32] = [0, 3, 6, 2, 5, 1, 4, 0, 1, 1]
    let measured = trainer.coordinates(of: text)
    let expected = Self.coordinates(trainer.model, Array(text.prefix(8)))
    #expect(Set(measured.keys) == Set(Coordinate.allCases))
    for tensor in Coordinate.allCases {
      let (value, reference) = (try #require(measured[tensor]), try #require(expected[tensor]))
      #expect(abs(value - reference) < 1e-5 * reference, "\(tensor): \(value), not \(reference)")
    }
  }

  /// The plain model with the parametrization's multipliers, as its formulas are written.
  private static func coordinates(_ model: Transformer, _ tokens: [Int32]) -> [Coordinate: Double] {
    typealias Rows = [[Double]]
    let architecture = model.architecture
    let (T, C, H) = (architecture.contextLength, architecture.dModel, architecture.heads)
    let (D, m) = (C / H, architecture.parametrization == .standard ? 1 : Double(C) / Double(architecture.baseDModel))
    let n =
      architecture.parametrization == .standard ? 1 : Double(architecture.layers) / Double(architecture.baseLayers)
    let baseHead = architecture.parametrization == .standard ? Double(D) : Double(architecture.baseDModel) / Double(H)
    func matrix(_ name: String) -> Rows {
      let tensor = model.layout.tensors.first { $0.name == name }
      let values = tensor.map { model.values(of: $0).map(Double.init) } ?? []
      let columns = tensor?.columns ?? 1
      return stride(from: 0, to: values.count, by: columns).map { Array(values[$0..<$0 + columns]) }
    }
    func product(_ a: Rows, _ b: Rows) -> Rows {
      a.map { row in b[0].indices.map { j in row.indices.reduce(0) { $0 + row[$1] * b[$1][j] } } }
    }
    func norm(_ x: Rows, _ name: String) -> Rows {
      let gain = matrix(name)[0]
      return x.map { row in
        let r = 1 / (row.reduce(0) { $0 + $1 * $1 } / Double(C) + 1e-5).squareRoot()
        return row.indices.map { gain[$0] * row[$0] * r }
      }
    }
    func mean(_ x: Rows) -> Double {
      x.joined().reduce(0) { $0 + abs($1) } / Double(x.count * x[0].count)
    }
    let (embed, positions) = (matrix("token_embed"), matrix("pos_embed"))
    var x: Rows = tokens.indices.map { i in (0..<C).map { embed[Int(tokens[i])][$0] + positions[i % T][$0] } }
    var result: [Coordinate: Double] = [.embedding: mean(x)]
    for layer in 0..<architecture.layers {
      let prefix = "blocks.\(layer)."
      let h = norm(x, prefix + "norm1_gamma")
      let (q, k, v) = (
        product(h, matrix(prefix + "w_q")), product(h, matrix(prefix + "w_k")), product(h, matrix(prefix + "w_v"))
      )
      var (heads, scores) = (Rows(repeating: [Double](repeating: 0, count: C), count: x.count), [Double]())
      for row in x.indices {
        for head in 0..<H {
          let columns = head * D..<(head + 1) * D
          let keys = row - row % T...row
          let own = keys.map { key in
            columns.reduce(0) { $0 + q[row][$1] * k[key][$1] } * baseHead.squareRoot() / Double(D)
          }
          scores += own
          let weights = own.map(exp)
          let total = weights.reduce(0, +)
          for (key, weight) in zip(keys, weights) { for c in columns { heads[row][c] += weight / total * v[key][c] } }
        }
      }
      let attention = product(heads, matrix(prefix + "w_o"))
      x = zip(x, attention).map { zip($0, $1).map { $0 + $1 / n } }
      let inner = product(norm(x, prefix + "norm2_gamma"), matrix(prefix + "w_ff1")).map {
        $0.map { 0.5 * $0 * (1 + tanh(0.7978845608 * ($0 + 0.044715 * $0 * $0 * $0))) }
      }
      let feedForward = product(inner, matrix(prefix + "w_ff2"))
      x = zip(x, feedForward).map { zip($0, $1).map { $0 + $1 / n } }
      let L = Double(architecture.layers)
      result[.attention, default: 0] += mean(attention) / L
      result[.feedForward, default: 0] += mean(feedForward) / L
      result[.attentionLogits, default: 0] += scores.reduce(0) { $0 + abs($1) } / Double(scores.count) / L
    }
    result[.residual] = mean(x)
    let logits = norm(x, "norm_final_gamma").map { row in
      embed.map { token in row.indices.reduce(0) { $0 + row[$1] * token[$1] } / m }
    }
    result[.logits] = mean(logits)
    return result
  }
}
