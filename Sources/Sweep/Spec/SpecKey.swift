/// A key of a spec. What a key may hold, and what it is where a spec doesn't say, stands here and nowhere else.
enum SpecKey: String, CaseIterable {
  case name, description, seeds, variants

  case corpus, tokenizer
  case vocabSize = "vocab_size"
  case validationFraction = "validation_fraction"

  case dModel = "d_model"
  case heads, layers
  case dFF = "d_ff"
  case contextLength = "context_length"

  case optimizer, lr, schedule
  case warmupSteps = "warmup_steps"
  case finalLRFraction = "final_lr_fraction"
  case batchSize = "batch_size"
  case steps, beta1, beta2, epsilon, momentum
  case weightDecay = "weight_decay"
  case gradClip = "grad_clip"

  case evalEvery = "eval_every"
  case evalTokens = "eval_tokens"
  case sampleEvery = "sample_every"
  case prompts
  case sampleTokens = "sample_tokens"
  case temperature

  case checkpointSeconds = "checkpoint_seconds"

  /// What a key is about. Only data, model and training keys can be axes.
  enum Group { case experiment, data, model, training, measuring, work }

  /// What is known of a key: its group, the values it takes, and the one it has where the spec is silent.
  private struct Entry {
    let group: Group
    let rule: Rule
    let fallback: Scalar?

    init(_ group: Group, _ rule: Rule, _ fallback: Scalar? = nil) {
      self.group = group
      self.rule = rule
      self.fallback = fallback
    }
  }

  private var entry: Entry {
    switch self {
    case .name: Entry(.experiment, .text)
    case .description: Entry(.experiment, .text, "")
    case .seeds: Entry(.experiment, .structure, 1)
    case .variants: Entry(.experiment, .structure)

    case .corpus: Entry(.data, .text, "stories")
    case .tokenizer: Entry(.data, .word(["char", "word", "byte"]), "char")
    case .vocabSize: Entry(.data, .integer(2...1_000_000))
    case .validationFraction: Entry(.data, .number(above: 0, atMost: 0.5), 0.1)

    case .dModel: Entry(.model, .integer(1...65_536), 64)
    case .heads: Entry(.model, .integer(1...65_536), 4)
    case .layers: Entry(.model, .integer(1...1024), 2)
    case .dFF: Entry(.model, .integer(1...262_144))
    case .contextLength: Entry(.model, .integer(1...65_536), 64)

    case .optimizer: Entry(.training, .word(["adamw", "adam", "sgd"]), "adamw")
    case .lr: Entry(.training, .number(above: 0, atMost: 1e6), 1e-3)
    case .schedule: Entry(.training, .word(["cosine", "linear", "constant"]), "cosine")
    case .warmupSteps: Entry(.training, .integer(0...100_000_000), 0)
    case .finalLRFraction: Entry(.training, .number(from: 0, atMost: 1), 0.1)
    case .batchSize: Entry(.training, .integer(1...65_536), 16)
    case .steps: Entry(.training, .integer(1...100_000_000), 500)
    case .beta1: Entry(.training, .number(from: 0, below: 1), 0.9)
    case .beta2: Entry(.training, .number(from: 0, below: 1), 0.999)
    case .epsilon: Entry(.training, .number(above: 0, atMost: 1), 1e-8)
    case .momentum: Entry(.training, .number(from: 0, below: 1), 0.0)
    case .weightDecay: Entry(.training, .number(from: 0, atMost: 1e6), 0.01)
    case .gradClip: Entry(.training, .number(from: 0, atMost: 1e6), 1.0)

    case .evalEvery: Entry(.measuring, .integer(1...100_000_000), 50)
    case .evalTokens: Entry(.measuring, .integer(1...1_000_000_000), 8192)
    case .sampleEvery: Entry(.measuring, .integer(0...100_000_000), 250)
    case .prompts: Entry(.measuring, .structure)
    case .sampleTokens: Entry(.measuring, .integer(0...1_000_000), 100)
    case .temperature: Entry(.measuring, .number(from: 0, atMost: 1e6), 0.8)

    case .checkpointSeconds: Entry(.work, .number(above: 0, atMost: 1e6), 30.0)
    }
  }

  var group: Group { entry.group }
  var rule: Rule { entry.rule }
  /// The value where the spec is silent; nil for a key without one, or whose value follows from others.
  var fallback: Scalar? { entry.fallback }
  /// Whether the key may hold several values, which span the grid.
  var canBeAxis: Bool { group == .data || group == .model || group == .training }
  /// Whether the key's value is a part of a configuration.
  var isOfConfiguration: Bool { (canBeAxis || group == .measuring) && self != .prompts }

  /// Whether no training and no loss depends on the key.
  var isOnlyLookedAt: Bool { group == .measuring && self != .evalTokens }

  /// Whether the key has a meaning beside these others: `momentum` has none for Adam, say. A configuration holds only
  /// keys that have.
  func isUsed(beside values: [SpecKey: Scalar]) -> Bool {
    switch self {
    case .vocabSize: values[.tokenizer] == "word"
    case .momentum: values[.optimizer] == "sgd"
    case .beta1, .beta2, .epsilon: values[.optimizer] != "sgd"
    case .weightDecay: values[.optimizer] == "adamw"
    case .finalLRFraction: values[.schedule] != "constant"
    default: true
    }
  }

  /// What gives the key a meaning, for keys that don't always have one.
  var purpose: String {
    switch self {
    case .vocabSize: "with tokenizer \"word\""
    case .momentum: "with optimizer \"sgd\""
    case .beta1, .beta2, .epsilon: "with optimizer \"adam\" or \"adamw\""
    case .weightDecay: "with optimizer \"adamw\""
    case .finalLRFraction: "with schedule \"cosine\" or \"linear\""
    default: "always"
    }
  }
}
