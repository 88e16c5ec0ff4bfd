import GradientCheck
import Testing

@testable import Kernels
@testable import Model

@Suite struct TransformerGradientTests {
  static let shapes = [
    Architecture(vocabularySize: 2, contextLength: 1, dModel: 4, heads: 1, layers: 1, dFF: 3),
    Architecture(vocabularySize: 5, contextLength: 4, dModel: 6, heads: 3, layers: 1, dFF: 7),
    Architecture(vocabularySize: 7, contextLength: 5, dModel: 8, heads: 2, layers: 2, dFF: 12),
    Architecture(vocabularySize: 3, contextLength: 3, dModel: 1, heads: 1, layers: 1, dFF: 1),
  ]

  @Test("every gradient of the whole model equals finite differences of its loss", arguments: shapes)
  func wholeModel(architecture: Architecture) throws {
    let (sequences, length) = (2, architecture.contextLength)
    var random = RandomStream(seed: 5, name: "model")
    let model = Transformer(architecture: architecture, random: &random)
    let rows = sequences * length
    let tokens = (0..<rows).map { _ in Int32(random.integer(below: architecture.vocabularySize)) }
    let targets = (0..<rows).map { _ in Int32(random.integer(below: architecture.vocabularySize)) }
    let activations = Activations(architecture, sequences: sequences, forTraining: true)
    func loss() -> Double {
      model.forward(activations, tokens: tokens, sequences: sequences, length: length)
      let logits = model.head(activations, rows: 0..<rows)
      return crossEntropy(logits, targets: targets, gradientScale: 1 / Float(rows), team: Team())
        / Double(rows)
    }
    _ = loss()
    let gradients = FloatBuffer(count: model.layout.bufferCount)
    model.backward(activations, gradients: gradients, tokens: tokens, sequences: sequences, length: length)
    for tensor in model.layout.tensors {
      let values = model.parameters[tensor]
      for row in 0..<values.rows {
        expectGradient(
          of: UnsafeMutableBufferPointer(start: values.row(row), count: values.columns),
          equals: UnsafeMutableBufferPointer(start: gradients[tensor].row(row), count: values.columns),
          tolerance: 5e-3, "\(tensor.name) row \(row)", loss)
      }
    }
  }
}
