import Foundation
import Testing

@testable import Model

@Suite(.timeLimit(.minutes(10)))
struct CheckpointTests {
  private static let architecture = Architecture(
    vocabularySize: 11, contextLength: 5, dModel: 6, heads: 2, layers: 1, dFF: 7)

  private func trainer(_ optimizer: Optimizer, seed: UInt64 = 3) -> Trainer {
    Trainer(
      architecture: Self.architecture,
      settings: TrainingSettings(
        optimizer: optimizer,
        schedule: LearningRateSchedule(peak: 0.01, shape: .cosine(finalFraction: 0.1), warmupSteps: 2, steps: 12),
        batchSize: 3, gradientClip: 1),
      training: (0..<200).map { Int32($0 * $0 % 11) }, seed: seed)
  }

  private func checkpoint() -> Checkpoint {
    let trainer = trainer(.adam(beta1: 0.9, beta2: 0.99, epsilon: 1e-8))
    for _ in 0..<3 { _ = trainer.step() }
    return Checkpoint(run: "a run", notes: Array("{\"n\": 1}".utf8), trainer: trainer.state)
  }

  @Test(
    "A trainer that is restored after any step goes on to the same bits",
    arguments: [
      Optimizer.sgd(momentum: 0), .sgd(momentum: 0.9), .adam(beta1: 0.9, beta2: 0.999, epsilon: 1e-8),
      .adamW(beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.1),
    ] + OptimizerReference.optimizers)
  func sameBits(optimizer: Optimizer) throws {
    let reference = trainer(optimizer)
    let results = (0..<12).map { _ in reference.step() }
    for stop in 0...12 {
      let first = trainer(optimizer)
      for step in 0..<stop { #expect(first.step() == results[step]) }
      let stored = try Checkpoint(Checkpoint(run: "r", notes: [], trainer: first.state).encoded())
      // Another seed, so that nothing is right by being there already.
      let second = trainer(optimizer, seed: 99)
      try second.restore(stored.trainer)
      #expect(second.stepsDone == stop)
      for step in stop..<12 { #expect(second.step() == results[step]) }
      #expect(second.state == reference.state)
    }
  }

  @Test("What is written is read again, to the bit")
  func roundTrip() throws {
    var checkpoint = checkpoint()
    checkpoint.trainer.parameters[0] = -0.0
    checkpoint.trainer.moments[1][2] = .leastNonzeroMagnitude
    for notes in [[], [1], [1, 2, 3, 4, 5]] as [[UInt8]] {
      checkpoint.notes = notes
      let read = try Checkpoint(checkpoint.encoded())
      #expect(read == checkpoint)
      #expect(read.trainer.parameters.map(\.bitPattern) == checkpoint.trainer.parameters.map(\.bitPattern))
    }
  }

  @Test("A file cut anywhere is noticed")
  func cut() {
    let bytes = checkpoint().encoded()
    for count in 0..<bytes.count {
      #expect(throws: CheckpointError.self) { try Checkpoint(Array(bytes[..<count])) }
    }
    #expect(throws: CheckpointError.damaged) { try Checkpoint(bytes + [0]) }
  }

  @Test("Any changed byte is noticed")
  func flipped() {
    let bytes = checkpoint().encoded()
    for place in bytes.indices {
      var changed = bytes
      changed[place] ^= UInt8(1 << (place % 8))
      #expect(throws: place < 8 ? CheckpointError.notACheckpoint : .damaged) { try Checkpoint(changed) }
    }
  }

  @Test("A file whose checksum fits and whose sizes lie is refused", arguments: [12, 16, 32, 40, 48])
  func lying(place: Int) {
    for value in [0, 1, 7, UInt64.max, UInt64.max / 2, 1 << 62] {
      var bytes = Array(checkpoint().encoded().dropLast(8))
      let width = place == 12 ? 4 : 8
      for index in 0..<width { bytes[place + index] = UInt8(truncatingIfNeeded: value >> UInt64(8 * index)) }
      let checksum = bytes.withUnsafeBytes { XXH64.checksum(of: $0) }
      bytes += (0..<8).map { UInt8(truncatingIfNeeded: checksum >> UInt64(8 * $0)) }
      // Sizes that happen to fit give a checkpoint, which no trainer takes; all others an error. Nothing traps.
      if let read = try? Checkpoint(bytes) {
        #expect(place == 16 || read.run != "a run" || read.notes != checkpoint().notes)
      }
    }
  }

  @Test("A trainer refuses the state of one of other sizes and stays as it was")
  func foreign() throws {
    let trainer = trainer(.sgd(momentum: 0))
    let before = trainer.state
    #expect(throws: CheckpointError.foreign) { try trainer.restore(checkpoint().trainer) }
    #expect(trainer.state == before)
  }

  @Test("The file that stood in the place becomes the previous one, and nothing is left beside them")
  func files() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "checkpoint-tests-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let (latest, previous) = (folder.appending(path: "a"), folder.appending(path: "b"))
    var checkpoint = checkpoint()
    #expect(throws: CheckpointError.missing) { try Checkpoint(contentsOf: latest) }
    try checkpoint.write(to: latest, previous: previous)
    #expect(try Checkpoint(contentsOf: latest) == checkpoint)
    let first = checkpoint
    checkpoint.run = "another"
    try checkpoint.write(to: latest, previous: previous)
    #expect(try Checkpoint(contentsOf: latest) == checkpoint)
    #expect(try Checkpoint(contentsOf: previous) == first)

    struct Refusal: Error {}
    #expect(throws: Refusal.self) { try first.write(to: latest, previous: previous) { throw Refusal() } }
    #expect(try Checkpoint(contentsOf: latest) == checkpoint)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["a", "b"])
    try FileManager.default.removeItem(at: latest)
    try FileManager.default.createDirectory(at: latest, withIntermediateDirectories: true)
    #expect(
      #expect(throws: FileError.self) { try first.write(to: latest, previous: previous) }?.description
        == "\(latest.path): a folder stands where a file is needed. Move it away; the same command then goes on.")
    #expect(throws: FileError.self) {
      try first.write(to: folder.appending(path: "none/a"), previous: folder.appending(path: "none/b"))
    }
  }
}
