import Foundation
import Store
import Testing

@testable import Experiments
@testable import Model
@testable import Sweep

/// A kind of file that users hand to the programs, in every state of disrepair.
enum DamagedInput: String, CaseIterable, Codable, CustomTestStringConvertible {
  case specs = "spec.json"
  case weights = "weights.safetensors"
  case checkpoints = "run.checkpoint"
  case databases = "results.sqlite"

  var testDescription: String { rawValue }

  /// How many different complaints many files bring about at least, else too little of them was tried.
  var leastComplaints: Int { [.checkpoints, .databases].contains(self) ? 4 : 20 }

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
      for ending in ["", "-wal", "-shm", "-journal"] { unlink(file.path + ending) }
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
      case .databases: try Self.use(file.path)
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
    case .databases:
      let file = folder.appending(path: rawValue)
      defer { for ending in ["", "-wal", "-shm"] { unlink(file.path + ending) } }
      try Self.fill(file.path)
      return Array(try Data(contentsOf: file))
    case .checkpoints:
      let trainer = Self.trainer()
      _ = trainer.step()
      return Checkpoint(run: "a run's name", notes: Array("{\"steps\": 1}".utf8), trainer: trainer.state).encoded()
    }
  }

  /// Reads all that the programs read of a database, and then stores something in it.
  private static func use(_ path: String) throws {
    let before = try Data(contentsOf: URL(fileURLWithPath: path))
    do {
      let database = try ResultsDatabase(readingFrom: path)
      for experiment in try database.experiments() {
        _ = try database.grid(of: experiment)
        _ = try database.formerRuns(of: experiment)
        _ = try database.looked(at: experiment)
        _ = try database.evaluations(of: experiment, perRun: 10)
        _ = try database.specVersions(of: experiment)
      }
      for run in try database.runStates().keys.sorted(by: { $0.id < $1.id }) {
        _ = try database.run(run.id)
        _ = try database.steps(of: run.id)
        _ = try database.samples(of: run.id)
        _ = try database.trainingCurve(of: run.id, points: 4)
        _ = try database.trainingTrace(of: run.id, points: 4)
      }
      _ = (try database.leases(), try database.secondsRecorded(), try database.weightFiles())
      try database.close()
    }
    // What is read isn't changed.
    guard try Data(contentsOf: URL(fileURLWithPath: path)) == before else { throw Changed() }
    let database = try ResultsDatabase(existingAt: path)
    for experiment in try database.experiments() {
      let runs = try database.grid(of: experiment)
      _ = try database.store(experiment, runs: runs)
      guard let run = runs.first?.run, let reference = run.reference else { continue }
      if let (seen, lease) = try database.standing(of: reference) {
        _ = try database.claim(seen, replacing: lease, for: .here)
      }
      _ = try database.delete(experiment, expected: database.deletion(of: experiment))
    }
    try database.close()
  }

  /// A file was changed by reading it.
  private struct Changed: Error {}

  /// A database with two experiments, some runs with all that is recorded of them, and one that is being trained.
  private static func fill(_ path: String) throws {
    let database = try ResultsDatabase(path: path)
    let recorder = RunRecorder(database, for: .here)
    for (name, rates) in [("a", [0.1, 0.2]), ("b", [0.2, 0.3])] {
      let measuring = Measuring(evalEvery: 2, sampleEvery: 0, prompts: ["The"], sampleTokens: 4, temperature: 1)
      let experiment = Experiment(
        name: name, description: "?", spec: "{}", specPath: "\(name).json",
        axes: [Axis(key: "lr", values: rates.map(Scalar.number))], measuring: measuring, floorBitsPerByte: nil)
      let runs = rates.map { rate in
        let config =
          #"{"batch_size":8,"context_length":16,"d_ff":32,"d_model":8,"heads":4,"layers":2,"lr":\#(rate),"#
          + #""optimizer":"adamw","schedule":"cosine","steps":4,"tokenizer":"char","warmup_steps":0}"#
        let facts = Run.Facts(corpus: "stories", vocabSize: 56, parameters: 1000, trainingFlops: 1e9)
        return (Run(config: config, seed: 0, facts: facts), ["lr": Scalar.number(rate)])
      }
      for run in try database.store(experiment, runs: runs) where !run.state.isOver {
        guard let reference = run.reference, try database.claim(run, replacing: nil, for: .here) else { continue }
        _ = try database.start(reference, from: nil, for: .here, provenance: Provenance(host: "here"))
        recorder.begin(reference)
        for step in 1...40 {
          try recorder.record(
            Step(step: step, loss: 3, lr: 0.1, gradNorm: 1, tokens: 128 * step, seconds: Double(step)), of: reference)
        }
        try recorder.record(Evaluation(step: 4, loss: 3, bitsPerByte: 4, tokens: 64, seconds: 1), of: reference)
        try recorder.record(
          Sample(
            step: 4, promptIndex: 0, prompt: "The", text: String(repeating: "cat ", count: 20), temperature: 1,
            tokens: 4),
          of: reference)
        try recorder.flush()
        if name == "a" { try recorder.end(reference, RunOutcome(state: .finished, stepsDone: 40)) }
      }
    }
    try database.close()
  }

  private static func trainer() -> Trainer {
    Trainer(
      architecture: Architecture(vocabularySize: 5, contextLength: 4, dModel: 4, heads: 2, layers: 1, dFF: 6),
      settings: TrainingSettings(
        optimizer: .adam(beta1: 0.9, beta2: 0.99, epsilon: 1e-8),
        schedule: LearningRateSchedule(peak: 0.1, shape: .constant, warmupSteps: 0, steps: 10), batchSize: 2,
        gradientClip: nil), training: (0..<40).map { Int32($0 % 5) }, seed: 1)
  }

  /// Pages changed, exchanged and cut.
  private static func damagedPages(_ valid: [UInt8], _ mutator: inout Mutator) -> [UInt8] {
    var (bytes, random) = (valid, mutator.random)
    defer { mutator.random = random }
    let pages = valid.count / 4096
    for _ in 0...random.integer(below: 2) {
      let page = random.integer(below: pages) * 4096
      switch random.integer(below: 5) {
      case 0:
        let other = random.integer(below: pages) * 4096
        bytes.replaceSubrange(page..<page + 4096, with: valid[other..<other + 4096])
      case 1: for _ in 0..<8 { bytes[page + random.integer(below: 4096)] = UInt8(random.integer(below: 256)) }
      // The page's header and its cells' places.
      case 2: bytes[page + random.integer(below: 64)] = UInt8(random.integer(below: 256))
      // What the cells hold begins at the end.
      case 3:
        for place in 1...8 {
          bytes[page + 4096 - place * (1 + random.integer(below: 40))] = UInt8(random.integer(below: 256))
        }
      default: return Array(bytes.prefix(page + random.integer(below: 4096)))
      }
    }
    return bytes
  }

  private func damaged(_ valid: [UInt8], _ mutator: inout Mutator) -> [UInt8] {
    if self == .databases { return Self.damagedPages(valid, &mutator) }
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
