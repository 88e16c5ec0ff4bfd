import Foundation
import Testing

@testable import Experiments
@testable import Model
@testable import Sweep

/// A kind of file that users hand to the programs, in every state of disrepair.
enum DamagedInput: String, CaseIterable, Codable, CustomTestStringConvertible {
  case specs = "spec.json"
  case weights = "weights.safetensors"
  case checkpoints = "run.checkpoint"

  var testDescription: String { rawValue }

  /// How many different complaints many files bring about at least, else too little of them was tried.
  var leastComplaints: Int { self == .checkpoints ? 4 : 20 }

  /// What came of trying many damaged files.
  struct Tally: Codable {
    /// Files tried, and those among them that were accepted.
    var tried = 0
    var accepted = 0
    /// The different complaints, without the files' names.
    var complaints: Set<String> = []
    /// Complaints that don't name the file and the cause in a sentence.
    var unworded: [String] = []
  }

  /// Tries damaged files through the program's own way in, each for at most some seconds. Only the file that is being
  /// tried stands in the folder, so that it is found there if it ends the process.
  func tryDamaged(_ count: Int, seed: UInt64, in folder: URL) throws -> Tally {
    let valid = try prepare(folder)
    var mutator = Mutator(seed: seed)
    var tally = Tally()
    for number in 0..<count {
      let file = folder.appending(path: "\(number)-\(rawValue)")
      try Data(damaged(valid, &mutator)).write(to: file)
      alarm(20)
      let complaints = complaints(about: file)
      alarm(0)
      tally.tried += 1
      tally.accepted += complaints.isEmpty ? 1 : 0
      for complaint in complaints {
        let isWorded = complaint.hasPrefix("\(file.path): ") && (complaint.hasSuffix(".") || complaint.hasSuffix("?"))
        if !isWorded { tally.unworded.append("file \(number): \(complaint)") }
        tally.complaints.insert(complaint.replacing("\(number)-\(rawValue)", with: rawValue))
      }
      try FileManager.default.removeItem(at: file)
    }
    return tally
  }

  /// What is said of the file; nothing where it is taken and could be used.
  private func complaints(about file: URL) -> [String] {
    do {
      switch self {
      case .specs:
        // What a plan shows and stores of each run is computed too.
        for run in try Plan(specs: [file.path]).distinctRuns { _ = (run.record, run.memory) }
      case .weights:
        let weights = try WeightFile(contentsOf: URL(fileURLWithPath: file.path))
        _ = weights.model.evaluate([Int32](repeating: 0, count: weights.model.architecture.contextLength + 3))
        var generator = Generator(weights.model, temperature: 1, random: RandomStream(seed: 1, name: "samples"))
        _ = weights.tokenizer.decode(generator.generate(after: [0], count: 12))
      case .checkpoints:
        let trainer = Self.trainer()
        try trainer.restore(Checkpoint(contentsOf: file).trainer)
        _ = trainer.step()
      }
      return []
    } catch let error as CheckpointError {
      // The sweep puts the run's number before the cause.
      return ["\(file.path): \(error)."]
    } catch let error as InvalidSpecs {
      return error.issues.map(\.description)
    } catch {
      return ["\(error)"]
    }
  }

  /// Puts what a file needs beside it into the folder and returns a valid file.
  private func prepare(_ folder: URL) throws -> [UInt8] {
    switch self {
    case .specs:
      try Data(String(repeating: "The cat's on\n", count: 80).utf8).write(to: folder.appending(path: "text.txt"))
      return Array(Self.spec.utf8)
    case .weights:
      let tokenizer = Tokenizer(kind: .word, fittedTo: Array("the cat saw \"the\" \u{1F431}\n".utf8))
      var random = RandomStream(seed: 4, name: "initialization")
      let architecture = Architecture(
        vocabularySize: tokenizer.size, contextLength: 5, dModel: 6, heads: 3, layers: 2, dFF: 7)
      let file = folder.appending(path: rawValue)
      defer { try? FileManager.default.removeItem(at: file) }
      try WeightFile(model: Transformer(architecture: architecture, random: &random), tokenizer: tokenizer).write(
        to: file)
      return Array(try Data(contentsOf: file))
    case .checkpoints:
      let trainer = Self.trainer()
      _ = trainer.step()
      return Checkpoint(run: "a run's name", notes: Array("{\"steps\": 1}".utf8), trainer: trainer.state).encoded()
    }
  }

  private static func trainer() -> Trainer {
    Trainer(
      architecture: Architecture(vocabularySize: 5, contextLength: 4, dModel: 4, heads: 2, layers: 1, dFF: 6),
      settings: TrainingSettings(
        optimizer: .adam(beta1: 0.9, beta2: 0.99, epsilon: 1e-8),
        schedule: LearningRateSchedule(peak: 0.1, shape: .constant, warmupSteps: 0, steps: 10), batchSize: 2,
        gradientClip: nil), training: (0..<40).map { Int32($0 % 5) }, seed: 1)
  }

  private func damaged(_ valid: [UInt8], _ mutator: inout Mutator) -> [UInt8] {
    // A file would nearly always be refused for its checksum, or its header's length, alone; so half the time that is put
    // right.
    guard self != .specs, mutator.coin() else { return mutator.damaged(valid) }
    guard self == .weights else {
      let bytes = mutator.damaged(valid.dropLast(8))
      let checksum = bytes.withUnsafeBytes { XXH64.checksum(of: $0) }
      return bytes + withUnsafeBytes(of: checksum.littleEndian) { Array($0) }
    }
    let end = 8 + (Int(valid[0]) | Int(valid[1]) << 8)
    let header = mutator.damaged(Array(valid[8..<end]))
    return withUnsafeBytes(of: UInt64(header.count).littleEndian) { Array($0) } + header + valid[end...]
  }

  /// A spec with something of everything, small enough that a damaged count doesn't span a large grid.
  private static let spec = #"""
    {
      "name": "everything", "description": "What if? \u00e9", "seeds": [1, 2],
      "corpus": "text.txt", "tokenizer": "char", "validation_fraction": 0.25,
      "d_model": [8, 12], "heads": 4, "layers": 1, "d_ff": 24, "context_length": 8,
      "lr": {"from": 1e-3, "to": 1e-1, "count": 3, "scale": "log"}, "schedule": "linear",
      "warmup_steps": 2, "batch_size": 2, "steps": 20, "beta1": 0.5, "grad_clip": 0,
      "eval_every": 5, "eval_tokens": 64, "sample_every": 10, "prompts": ["The", "cat's"],
      "sample_tokens": 5, "temperature": 0.5, "checkpoint_seconds": 1.5,
      "variants": [{"optimizer": "adamw", "weight_decay": 0.1}, {"optimizer": "adam", "lr": [1, 2]}]
    }
    """#
}
