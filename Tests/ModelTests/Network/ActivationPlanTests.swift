import Testing

@testable import Kernels
@testable import Model

@Suite struct ActivationPlanTests {
  static let architectures =
    [
      Architecture(vocabularySize: 1, contextLength: 1, dModel: 1, heads: 1, layers: 1, dFF: 1),
      Architecture(vocabularySize: 5, contextLength: 3, dModel: 6, heads: 2, layers: 2, dFF: 7),
      Architecture(vocabularySize: 37, contextLength: 19, dModel: 21, heads: 3, layers: 3, dFF: 17),
    ] + Architecture.blocks

  @Test(
    "places begin at cache lines, none reaches into another, and all lie in the allocation", arguments: architectures)
  func places(architecture: Architecture) {
    for (sequences, forTraining) in [(1, false), (3, true)] {
      let entries = Activations.plan(architecture, sequences: sequences, forTraining: forTraining).plan.entries
      let memory = Activations(architecture, sequences: sequences, forTraining: forTraining).memory
      var end = 0
      for (name, place) in entries {
        #expect(Int(place.offset) >= end && Int(place.offset) % FloatBuffer.alignment == 0, "\(name)")
        end = Int(place.offset) + place.rows * place.columns
      }
      #expect(end <= memory.count && memory.count < end + FloatBuffer.alignment)
    }
  }

  @Test(
    "a step writes every place from its first row to its last, and nothing between places", arguments: architectures)
  func written(architecture: Architecture) {
    let (sequences, length) = (2, architecture.contextLength)
    var random = RandomStream(seed: 5, name: "model")
    let model = Transformer(architecture: architecture, random: &random)
    let activations = Activations(architecture, sequences: sequences, forTraining: true)
    let untouched: Float = 12345.678
    for place in 0..<activations.memory.count { activations.memory.pointer[place] = untouched }
    let tokens = (0..<sequences * length).map { _ in Int32(random.integer(below: architecture.vocabularySize)) }
    model.forward(activations, tokens: tokens, sequences: sequences, length: length)
    _ = model.head(activations, rows: 0..<sequences * length)
    let gradients = FloatBuffer(count: model.layout.bufferCount)
    model.backward(activations, gradients: gradients, tokens: tokens, sequences: sequences, length: length)
    let (_, plan) = Activations.plan(architecture, sequences: sequences, forTraining: true)
    var end = 0
    for (name, place) in plan.entries {
      for gap in end..<Int(place.offset) { #expect(activations.memory.pointer[gap] == untouched, "before \(name)") }
      let matrix = activations.memory[place]
      // The attention weights have rows that are longer than a sequence.
      let hasLongerRows = ["attention weights", "slopes of capped scores", "logits", "slopes of capped logits"]
      let written = hasLongerRows.contains(name) ? 1 : matrix.columns
      for row in [0, matrix.rows - 1] {
        #expect((0..<written).allSatisfy { matrix.row(row)[$0] != untouched }, "\(name), row \(row)")
      }
      end = Int(place.offset) + place.rows * place.columns
    }
  }
}
