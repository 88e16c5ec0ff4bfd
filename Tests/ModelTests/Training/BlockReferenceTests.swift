import Foundation
import Testing

@testable import Kernels
@testable import Model

/// What PyTorch computed of a block in double precision; made by `Fixtures/make_blocks.py`.
struct BlockReference: Decodable, Sendable, CustomTestStringConvertible {
  let architecture: Architecture
  let z_loss, dropout: Double?
  let loss: Double
  /// Single-precision numbers in base64.
  private let logits: String
  private let gradients: [String: String]
  let losses: [Double]

  private struct File: Decodable {
    let cases: [BlockReference]
  }

  static let batchSize = 2
  /// The cases with their numbers, from which parameters and tokens follow.
  static let all: [(number: Int, reference: BlockReference)] = {
    guard let url = Bundle.module.url(forResource: "blocks.json", withExtension: nil, subdirectory: "Fixtures"),
      let data = try? Data(contentsOf: url), let file = try? JSONDecoder().decode(File.self, from: data)
    else { return [] }
    return file.cases.enumerated().map { ($0, $1) }
  }()

  var testDescription: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return (try? encoder.encode(architecture)).map { String(decoding: $0, as: UTF8.self) } ?? ""
  }

  private static func numbers(_ text: String) -> [Float] {
    guard let data = Data(base64Encoded: text) else { return [] }
    return [Float](unsafeUninitializedCapacity: data.count / 4) { buffer, count in
      count = data.copyBytes(to: buffer) / 4
    }
  }

  /// (B, T, V)
  var expectedLogits: [Float] { Self.numbers(logits) }

  func gradient(of name: String) -> [Float]? { gradients[name].map(Self.numbers) }
  var gradientNames: Set<String> { Set(gradients.keys) }

  /// Matrices uniform in ±1/√C, gains in 0.5…1.5, biases in ±0.5.
  func model(_ number: Int) -> Transformer {
    let model = Transformer(architecture: architecture)
    for tensor in model.layout.tensors {
      var random = RandomStream(seed: UInt64(number), name: tensor.name)
      let values = (0..<tensor.count).map { _ in
        let u = random.uniform()
        return switch tensor.role {
        case .gain: u + 0.5
        case .bias: u - 0.5
        default: (2 * u - 1) * (1 / Float(Double(architecture.dModel).squareRoot()))
        }
      }
      model.parameters.setValues(values, of: tensor)
    }
    return model
  }

  /// Ten batches, each of tokens and targets.
  func batches(_ number: Int) -> [(tokens: [Int32], targets: [Int32])] {
    var random = RandomStream(seed: UInt64(number), name: "tokens")
    let count = Self.batchSize * architecture.contextLength
    func draw() -> [Int32] {
      (0..<count).map { _ in Int32((random.next() >> 32) % UInt64(architecture.vocabularySize)) }
    }
    return (0..<10).map { _ in (draw(), draw()) }
  }
}

@Suite("Every block agrees with PyTorch in double precision", .timeLimit(.minutes(10)))
struct BlockReferenceTests {
  private static let bar = 1e-5

  private func distance(_ a: [Float], _ b: [Float]) -> (error: Double, norm: Double) {
    var (error, norm) = (0.0, 0.0)
    for (a, b) in zip(a, b) {
      error += (Double(a) - Double(b)) * (Double(a) - Double(b))
      norm += Double(b) * Double(b)
    }
    return (error.squareRoot(), norm.squareRoot())
  }

  @Test("the file has all cases") func cases() { #expect(BlockReference.all.count == 50) }

  @Test("logits, loss and every gradient to 1e-5 in norm", arguments: BlockReference.all)
  func gradients(number: Int, reference: BlockReference) throws {
    let model = reference.model(number)
    let architecture = reference.architecture
    let (sequences, length) = (BlockReference.batchSize, architecture.contextLength)
    let rows = sequences * length
    let batch = reference.batches(number)[0]
    let dropout = reference.dropout.map {
      StepDropout(
        probability: $0, stream: RandomStream(seed: UInt64(number), name: "dropout").state, step: 1)
    }
    let activations = Activations(
      architecture, sequences: sequences, forTraining: true, hasDropout: dropout != nil)
    model.forward(activations, tokens: batch.tokens, sequences: sequences, length: length, dropout: dropout)
    let logits = model.head(activations, rows: 0..<rows)
    let transposed = (0..<rows).flatMap { row in (0..<logits.rows).map { logits.row($0)[row] } }
    let difference = distance(transposed, reference.expectedLogits)
    #expect(difference.error <= Self.bar * difference.norm, "logits: \(difference)")
    let loss = crossEntropy(
      logits, targets: batch.targets, gradientScale: 1 / Float(rows), zLoss: Float(reference.z_loss ?? 0),
      team: Team())
    #expect(abs(loss / Double(rows) - reference.loss) <= Self.bar * reference.loss)
    let gradients = FloatBuffer(count: model.layout.bufferCount)
    model.backward(
      activations, gradients: gradients, tokens: batch.tokens, sequences: sequences, length: length,
      dropout: dropout)
    #expect(Set(model.layout.tensors.map(\.name)) == reference.gradientNames)
    for tensor in model.layout.tensors {
      let expected = try #require(reference.gradient(of: tensor.name))
      let difference = distance(gradients.values(of: tensor), expected)
      // Some are 0: a bias of keys changes no softmax. PyTorch's are then 1e-17.
      #expect(difference.error <= Self.bar * difference.norm + 1e-7, "\(tensor.name): \(difference)")
    }
  }

  @Test("ten losses of AdamW", arguments: BlockReference.all)
  func losses(number: Int, reference: BlockReference) {
    var settings = TrainingSettings(
      optimizer: .adamW(beta1: 0.9, beta2: 0.95, epsilon: 1e-8, weightDecay: 0.1),
      schedule: LearningRateSchedule(peak: 0.01, shape: .constant, warmupSteps: 0, steps: 10),
      batchSize: BlockReference.batchSize, gradientClip: 0.4)
    settings.dropout = reference.dropout ?? 0
    settings.zLoss = reference.z_loss ?? 0
    let text = [Int32](repeating: 0, count: reference.architecture.contextLength + 1)
    let trainer = Trainer(
      model: reference.model(number), settings: settings, training: text, seed: UInt64(number))
    for (batch, expected) in zip(reference.batches(number), reference.losses) {
      let loss = trainer.step(tokens: batch.tokens, targets: batch.targets).loss
      #expect(abs(loss - expected) <= Self.bar * expected, "step \(trainer.stepsDone): \(loss), not \(expected)")
    }
  }
}
