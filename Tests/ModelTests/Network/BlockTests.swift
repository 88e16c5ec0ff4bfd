import Foundation
import Testing

@testable import Kernels
@testable import Model

extension Architecture {
  /// A copy with changes.
  func with(_ change: (inout Architecture) -> Void) -> Architecture {
    var copy = self
    change(&copy)
    return copy
  }

  /// Every part that a block may have, in a few mixtures, of sizes that divide evenly by nothing.
  static let blocks: [Architecture] = {
    let base = Architecture(vocabularySize: 23, contextLength: 19, dModel: 12, heads: 6, layers: 2, dFF: 17)
    return [
      base.with {
        ($0.positions, $0.kvHeads, $0.headSize, $0.feedForward, $0.tiedHead) = (.rope, 2, 4, .swiglu, false)
      },
      base.with { ($0.norm, $0.biases, $0.normPlacement, $0.positions) = (.layer, true, .post, .sinusoidal) },
      base.with {
        ($0.normPlacement, $0.qkNorm, $0.attentionCap, $0.logitCap, $0.window) = (.sandwich, .head, 2, 3, 5)
      },
      base.with {
        ($0.normPlacement, $0.qkNorm, $0.positions, $0.feedForward, $0.kvHeads) = (.output, .width, .alibi, .relu2, 1)
      },
      base.with { ($0.positions, $0.feedForward, $0.biases, $0.window) = (.none, .geluErf, true, 18) },
      base.with { ($0.feedForward, $0.norm, $0.headSize, $0.normEpsilon) = (.geglu, .layer, 7, 0.01) },
    ]
  }()
}

@Suite("Every block trains, generates and is stored as the plain one", .timeLimit(.minutes(10)))
struct BlockTests {
  static let text: [Int32] = (0..<1500).map { (place: Int) in Int32((place / 3 * place + place / 11) % 23) }

  func trainer(_ architecture: Architecture, threads: Int = 1, dropout: Double = 0, seed: UInt64 = 3) -> Trainer {
    var settings = TrainingSettings(
      optimizer: .adam(beta1: 0.9, beta2: 0.999, epsilon: 1e-8),
      schedule: LearningRateSchedule(peak: 1e-2, shape: .constant, warmupSteps: 0, steps: 80), batchSize: 15,
      gradientClip: 1)
    settings.dropout = dropout
    settings.zLoss = 0.01
    let trainer = Trainer(architecture: architecture, settings: settings, training: Self.text, seed: seed)
    trainer.threads = threads
    trainer.activations.team.leastWork = 1
    return trainer
  }

  @Test("the bits don't depend on the number of threads", arguments: Architecture.blocks, [0, 0.25])
  func threads(architecture: Architecture, dropout: Double) {
    let (alone, shared) = (
      trainer(architecture, dropout: dropout), trainer(architecture, threads: 3, dropout: dropout)
    )
    for _ in 0..<3 { #expect(alone.step() == shared.step()) }
    #expect(alone.state == shared.state)
    #expect(alone.evaluate(Self.text, limit: 300) == shared.evaluate(Self.text, limit: 300))
  }

  @Test("training lowers the loss", arguments: Architecture.blocks, [0, 0.1])
  func learns(architecture: Architecture, dropout: Double) {
    let trainer = trainer(architecture, dropout: dropout)
    let before = trainer.evaluate(Self.text, limit: 300).loss
    for _ in 0..<40 { _ = trainer.step() }
    #expect(trainer.evaluate(Self.text, limit: 300).loss < before - 0.05)
  }

  @Test("a run with dropout goes on from a checkpoint with the same bits")
  func resumed() throws {
    let architecture = Architecture.blocks[1]
    let (whole, first) = (trainer(architecture, dropout: 0.3), trainer(architecture, threads: 2, dropout: 0.3))
    let second = trainer(architecture, dropout: 0.3)
    for _ in 0..<6 { _ = whole.step() }
    for _ in 0..<3 { _ = first.step() }
    try second.restore(first.state)
    for _ in 0..<3 { _ = second.step() }
    #expect(second.state == whole.state)
  }

  @Test("nothing is dropped in an evaluation, and each step and seed drops by itself")
  func dropout() {
    let architecture = Architecture.blocks[0]
    let (with, without) = (trainer(architecture, dropout: 0.5), trainer(architecture))
    #expect(with.evaluate(Self.text, limit: 300) == without.evaluate(Self.text, limit: 300))
    let batch = Array(Self.text.prefix(15 * 19))
    let targets = Array(Self.text.dropFirst().prefix(15 * 19))
    func losses(_ trainer: Trainer) -> [Double] {
      // With a learning rate of next to nothing two steps differ by what is dropped alone.
      (0..<2).map { _ in trainer.step(tokens: batch, targets: targets).loss }
    }
    var settings = TrainingSettings(
      optimizer: .sgd(momentum: 0),
      schedule: LearningRateSchedule(peak: 1e-30, shape: .constant, warmupSteps: 0, steps: 9),
      batchSize: 15, gradientClip: nil)
    settings.dropout = 0.5
    func frozen(_ seed: UInt64) -> Trainer {
      Trainer(model: with.model, settings: settings, training: Self.text, seed: seed)
    }
    let (one, again, other) = (losses(frozen(1)), losses(frozen(1)), losses(frozen(2)))
    #expect(one == again)
    #expect(one[0] != one[1] && one[0] != other[0])
  }

  @Test("what is dropped of a sequence follows from its number in the batch, not from those beside it")
  func dropoutBySequence() {
    let architecture = Architecture.blocks[0]
    let length = architecture.contextLength
    let model = trainer(architecture).model
    func logits(_ sequences: Range<Int>) -> [Float] {
      let activations = Activations(architecture, sequences: 4, forTraining: true, hasDropout: true)
      let dropout = StepDropout(probability: 0.4, stream: 7, step: 2, firstSequence: sequences.lowerBound)
      let tokens = Array(Self.text[sequences.lowerBound * length..<sequences.upperBound * length])
      model.forward(
        activations, tokens: tokens, sequences: sequences.count, length: length, dropout: dropout)
      let head = model.head(activations, rows: 0..<sequences.count * length)
      return (0..<sequences.count * length).flatMap { row in (0..<head.rows).map { head.row($0)[row] } }
    }
    let (whole, parts) = (logits(0..<4), logits(0..<1) + logits(1..<4))
    for (a, b) in zip(whole, parts) { #expect(abs(a - b) <= 1e-5) }
  }

  @Test("with and without the cache it writes the same tokens, also past the context", arguments: Architecture.blocks)
  func cache(architecture: Architecture) {
    let trainer = trainer(architecture)
    for _ in 0..<40 { _ = trainer.step() }
    func text(_ usesCache: Bool) -> [Int32] {
      var generator = Generator(trainer.model, temperature: 1, random: RandomStream(seed: 9, name: "samples"))
      return generator.generate(after: [3, 1, 4], count: 50, usesCache: usesCache)
    }
    #expect(text(true) == text(false))
    #expect(Set(text(true)).count > 1)
  }

  @Test("weights are stored and read bit for bit, and the architecture as JSON", arguments: Architecture.blocks)
  func stored(architecture: Architecture) throws {
    let url = FileManager.default.temporaryDirectory.appending(path: "block-\(UUID().uuidString).safetensors")
    defer { try? FileManager.default.removeItem(at: url) }
    let tokenizer = try Tokenizer(kind: .char, vocabulary: (0..<23).map { String(UnicodeScalar(UInt8(65 + $0))) })
    let model = trainer(architecture).model
    try WeightFile(model: model, tokenizer: tokenizer).write(to: url)
    let read = try WeightFile(contentsOf: url)
    #expect(read.model.architecture == architecture)
    for tensor in model.layout.tensors { #expect(read.model.values(of: tensor) == model.values(of: tensor)) }
    #expect(Set(model.layout.tensors.map(\.name)).count == model.layout.tensors.count)
  }

  @Test("operations count each matrix that takes part in a product, and the keys that a position sees")
  func flops() {
    let plain = Architecture(vocabularySize: 65, contextLength: 64, dModel: 64, heads: 4, layers: 2, dFF: 256)
    func flops(_ change: (inout Architecture) -> Void = { _ in }) -> Double { plain.with(change).trainingFlopsPerToken }
    #expect(flops() == Double(6 * (2 * (4 * 64 * 64 + 2 * 64 * 256) + 65 * 64) + 6 * 2 * 64 * 64))
    #expect(flops { ($0.feedForward, $0.dFF) = (.swiglu, 176) } - flops() == Double(6 * 2 * 64 * (3 * 176 - 2 * 256)))
    #expect(flops { $0.kvHeads = 1 } - flops() == Double(-6 * 2 * 64 * 2 * 48))
    #expect(flops { $0.headSize = 32 } - flops() == Double(6 * 2 * (4 * 64 * 64 + 64 * 64)))
    #expect(flops { $0.tiedHead = false } == flops())
    // A window of 16: 16 - 16²/128 = 14 keys instead of 32.
    #expect(flops { $0.window = 16 } - flops() == Double(-12 * 2 * 64 * 18))
    #expect(flops { $0.window = 64 } == flops())
  }

  @Test("a normal number has mean 0 and variance 1, and lies as far out as it may")
  func normal() {
    var random = RandomStream(seed: 1, name: "normal")
    let numbers = (0..<40_000).map { _ in Double(random.normal()) }
    let mean = numbers.reduce(0, +) / 40_000
    let variance = numbers.reduce(0) { $0 + $1 * $1 } / 40_000
    #expect(abs(mean) < 0.02 && abs(variance - 1) < 0.03)
    // One in 22 lies beyond two standard deviations, one in 370 beyond three.
    #expect(abs(Double(numbers.count { abs($0) > 2 }) / 40_000 - 0.0455) < 0.004)
    #expect(abs(Double(numbers.count { abs($0) > 3 }) / 40_000 - 0.0027) < 0.001)
  }

  @Test("matrices begin normal, and smaller where their product goes to the residual stream, if that is asked for")
  func initialization() {
    let wide = Architecture(vocabularySize: 50, contextLength: 8, dModel: 64, heads: 4, layers: 2, dFF: 64)
    var random = RandomStream(seed: 1, name: "initialization")
    let model = Transformer(architecture: wide, initialization: .scaled, random: &random)
    for tensor in model.layout.tensors where tensor.role != .gain {
      let values = model.values(of: tensor).map(Double.init)
      let deviation = (values.reduce(0) { $0 + $1 * $1 } / Double(values.count)).squareRoot()
      let isResidual = tensor.name.hasSuffix("w_o") || tensor.name.hasSuffix("w_ff2")
      #expect(abs(deviation / (isResidual ? 0.01 : 0.02) - 1) < 0.1, "\(tensor.name)")
    }
  }

  @Test(
    "slopes of distances fall by a power for each head; other numbers of heads take every second of the next power's")
  func slopes() {
    #expect(PositionTables.slopes(1) == [0x1p-8])
    #expect(PositionTables.slopes(8) == (1...8).map { Float(sign: .plus, exponent: -$0, significand: 1) })
    #expect(PositionTables.slopes(3).prefix(2) == [0x1p-4, 0x1p-8] && PositionTables.slopes(3)[2] == 0x1p-2)
  }
}
