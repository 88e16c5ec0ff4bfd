import Model
import Store

/// A key of a spec. What a key may hold, what it is where a spec is silent, and beside which other keys it has a meaning
/// stands in the table of `SpecKey.row` and nowhere else: reading, messages, identities and the JSON Schema follow from it.
package enum SpecKey: String, CaseIterable, Sendable {
  case name, description, seeds, variants

  case corpus, tokenizer
  case vocabSize = "vocab_size"
  case validation
  case validationFraction = "validation_fraction"
  case split
  case documentMark = "document_mark"

  case block
  case dModel = "d_model"
  case heads
  case kvHeads = "kv_heads"
  case headSize = "head_size"
  case layers
  case feedForward = "feed_forward"
  case dFF = "d_ff"
  case contextLength = "context_length"
  case positions
  case ropeBase = "rope_base"
  case window, norm
  case normEpsilon = "norm_epsilon"
  case normPlacement = "norm_placement"
  case qkNorm = "qk_norm"
  case biases
  case tiedHead = "tied_head"
  case attentionCap = "attention_cap"
  case logitCap = "logit_cap"
  case parametrization
  case baseDModel = "base_d_model"
  case baseLayers = "base_layers"
  case baseHeadSize = "base_head_size"

  case optimizer, lr, schedule
  case warmupSteps = "warmup_steps"
  case finalLRFraction = "final_lr_fraction"
  case decayFraction = "decay_fraction"
  case decayShape = "decay_shape"
  case decayPower = "decay_power"
  case batchSize = "batch_size"
  case initialWeights = "initial_weights"
  case steps, beta1, beta2, beta3, alpha, epsilon, momentum
  case weightDecay = "weight_decay"
  case weightDecayKind = "weight_decay_kind"
  case cautiousDecay = "cautious_decay"
  case muonScale = "muon_scale"
  case muonSteps = "muon_steps"
  case adamLR = "adam_lr"
  case averageWeights = "average_weights"
  case gradClip = "grad_clip"
  case divergenceLoss = "divergence_loss"
  case initialization, dropout
  case zLoss = "z_loss"

  case evalBytes = "eval_bytes"
  case evalTokens = "eval_tokens"
  case evalEvery = "eval_every"
  case sampleEvery = "sample_every"
  case prompts
  case sampleTokens = "sample_tokens"
  case temperature

  case checkpointSeconds = "checkpoint_seconds"

  /// What a key is about.
  package enum Group: String, CaseIterable {
    /// The experiment as a whole.
    case experiment
    /// What is learned: may be an axis.
    case data, model, training
    /// What a result is measured on.
    case result
    /// What is only looked at on the way: another value is no other training.
    case watching
    /// How the work is done.
    case work
  }

  /// The key's row of the table.
  private var row: Entry {
    switch self {
    case .name: Entry(.experiment, .text, about: "the experiment's name; the file's name where the spec is silent")
    case .description: Entry(.experiment, .text, "", about: "the question")
    case .seeds: Entry(.experiment, .structure, 1, about: "a count, from seed 0 up, or a list of seeds")
    case .variants:
      Entry(.experiment, .structure, about: "a list of objects laid over the rest, each expanded by itself")

    case .corpus:
      Entry(
        .data, .text, "stories", about: "\"stories\", built in; else the path of a UTF-8 text, relative to the spec")
    case .tokenizer: Entry(.data, .words(Tokenizer.Kind.self), "char", about: "what a token is")
    case .vocabSize:
      Entry(
        .data, .integer(2...1_000_000), needs: .needs(.tokenizer, Tokenizer.Kind.word),
        about: "keeps so many of the most frequent words, the rest become unknown; without it all words are kept")
    case .validation:
      Entry(
        .data, .text,
        about:
          "the path of a text of your own that is held out, relative to the spec; all of the corpus is then trained on")
    case .validationFraction:
      Entry(
        .data, .number(above: 0, atMost: 0.5), 0.1, without: .validation,
        about: "how much of the text is held out, where split says")
    case .split:
      Entry(
        .data, .words(HoldOut.Split.self), "tail", without: .validation,
        about:
          "what is held out: the text's tail, every n-th line or every n-th document, with n = 1 / validation_fraction rounded"
      )
    case .documentMark:
      Entry(
        .data, .text, needs: .needs(.split, HoldOut.Split.documents),
        about: "the text that ends a document, such as \"<|endoftext|>\"; without it blank lines do")

    case .block:
      Entry(
        .model, .words(BlockPreset.self), "plain",
        about: "a name that sets several of the keys below at once; what the spec says beside it wins")
    case .dModel: Entry(.model, .integer(1...65_536), 64, about: "width of the residual stream")
    case .heads:
      Entry(.model, .integer(1...65_536), 4, about: "attention heads of a block; without head_size they divide d_model")
    case .kvHeads:
      Entry(
        .model, .integer(1...65_536), .computed("`heads`") { $0[.heads] },
        about: "heads of keys and values, each of which serves as many heads of queries; they divide heads")
    case .headSize:
      Entry(
        .model, .integer(1...65_536), .computed("`d_model` / `heads`", Self.shareOfHead), about: "width of a head")
    case .layers: Entry(.model, .integer(1...1024), 2, about: "number of blocks")
    case .feedForward:
      Entry(
        .model, .words(Architecture.FeedForward.self), "gelu",
        about:
          "what the feed-forward layer computes: GELU in its tanh form or by the error function, ReLU, squared ReLU, or gated by "
          + "SiLU or GELU, which takes a third matrix")
    case .dFF:
      Entry(
        .model, .integer(1...262_144),
        .computed(
          "4 · `d_model`, for gated layers 8/3 · `d_model` rounded up to a multiple of 8", Self.feedForwardWidth),
        about: "width of the feed-forward layer")
    case .contextLength: Entry(.model, .integer(1...65_536), 64, about: "tokens that the model sees at once")
    case .positions:
      Entry(
        .model, .words(Architecture.Positions.self), "learned",
        about:
          "how the model knows where a token stands: a learned row for each position, rotated queries and keys, scores that fall "
          + "with the distance, fixed sines, or by the causal mask alone")
    case .ropeBase:
      Entry(
        .model, .number(above: 0, atMost: 1e12), 10_000.0, needs: .needs(.positions, Architecture.Positions.rope),
        about: "base of the rotations' wavelengths")
    case .window:
      Entry(.model, .integer(0...65_536), 0, about: "how many last tokens attention sees, the token itself too; 0: all")
    case .norm: Entry(.model, .words(Architecture.Norm.self), "rmsnorm", about: "the norm of the residual stream")
    case .normEpsilon:
      Entry(.model, .number(above: 0, atMost: 1), 1e-5, about: "added to the mean square in every norm")
    case .normPlacement:
      Entry(
        .model, .words(Architecture.NormPlacement.self), "pre",
        about:
          "where a norm n stands beside a layer f: x + f(n(x)), n(x + f(x)), x + n(f(x)) or x + n(f(n(x)))")
    case .qkNorm:
      Entry(
        .model, .words(Architecture.QKNorm.self), "none",
        about: "RMSNorm of queries and keys, each head by itself or all at once")
    case .biases: Entry(.model, .bool, false, about: "whether the block's matrices have biases, and LayerNorm")
    case .tiedHead: Entry(.model, .bool, true, about: "whether the output head is the token embedding")
    case .attentionCap:
      Entry(
        .model, .number(from: 0, atMost: 1e6), 0.0, about: "c of c·tanh(s/c), which caps attention's scores; 0: no cap")
    case .logitCap:
      Entry(.model, .number(from: 0, atMost: 1e6), 0.0, about: "c of c·tanh(z/c), which caps the logits; 0: no cap")

    case .parametrization:
      Entry(
        .model, .words(Parametrization.Kind.self), "standard",
        about:
          "how initialization, learning rates and multipliers follow from the sizes: as always, by muP, so that what is tuned at one "
          + "width holds at others, or by CompleteP, for depths too")
    case .baseDModel:
      Entry(
        .model, .integer(1...65_536), 64, needs: .needs(.parametrization, Parametrization.Kind.mup, .completep),
        about: "the width at which the parametrization is as standard")
    case .baseLayers:
      Entry(
        .model, .integer(1...1024), 2, needs: .needs(.parametrization, Parametrization.Kind.completep),
        about: "the depth at which the parametrization is as standard")
    case .baseHeadSize:
      Entry(
        .model, .integer(1...65_536), needs: .needs(.parametrization, Parametrization.Kind.mup, .completep),
        about:
          "the width of a head at base_d_model; without it base_d_model / heads, which is right where heads is the same at all widths"
      )

    case .optimizer: Entry(.training, .words(Optimizer.Kind.self), "adamw", about: "how gradients become updates")
    case .lr:
      Entry(
        .training, .number(above: 0, atMost: 1e6),
        .beside(.optimizer, ["lion": 1e-4, "signum": 1e-4, "muon": 0.02, "schedule_free": 0.0025], other: 1e-3),
        about: "the peak learning rate")
    case .schedule:
      Entry(
        .training, .words(LearningRateSchedule.Kind.self),
        .beside(.optimizer, ["schedule_free": "constant"], other: "cosine"), about: "how the learning rate falls")
    case .warmupSteps:
      Entry(.training, .integer(0...100_000_000), 0, about: "steps of the linear rise to lr")
    case .finalLRFraction:
      Entry(
        .training, .number(from: 0, atMost: 1), .beside(.schedule, ["wsd": 0.0, "power": 0.0], other: 0.1),
        needs: .schedules(reading: .finalFraction), about: "last learning rate, as a fraction of lr")
    case .decayFraction:
      Entry(
        .training, .number(above: 0, atMost: 1), 0.2, needs: .schedules(reading: .decayFraction),
        about: "of all steps, the last in which the learning rate falls")
    case .decayShape:
      Entry(
        .training, .words(LearningRateSchedule.Decay.self), "sqrt",
        needs: .needs(.schedule, LearningRateSchedule.Kind.wsd),
        about: "how it falls in them: 1 - sqrt(q), 1 - q or half a cosine of q, which goes from 0 to 1")
    case .decayPower:
      Entry(
        .training, .number(above: 0, atMost: 100), 2.0, needs: .schedules(reading: .decayPower),
        about: "k of the fall (1 - p)^k, where p goes from 0 at the peak to 1 at the last step")
    case .batchSize: Entry(.training, .integer(1...65_536), 16, about: "sequences of context_length tokens a step")
    case .initialWeights:
      Entry(
        .training, .text,
        about:
          "a weight file, or a folder of transformers, that training goes on from, its path relative to the spec; without it "
          + "parameters are drawn from the seed")
    case .steps: Entry(.training, .integer(1...100_000_000), 500, about: "optimizer updates")
    case .beta1:
      Entry(
        .training, .number(from: 0, below: 1), 0.9, needs: .optimizers(reading: .beta1),
        about: "decay of the mean gradient")
    case .beta2:
      Entry(
        .training, .number(from: 0, below: 1), .beside(.optimizer, ["lion": 0.99, "muon": 0.95], other: 0.999),
        needs: .optimizers(reading: .beta2),
        about: "decay of the mean squared gradient; with lion of the mean gradient that goes on")
    case .beta3:
      Entry(
        .training, .number(from: 0, below: 1), 0.9999, needs: .optimizers(reading: .beta3),
        about: "decay of the slow mean gradient at the last step, to which it rises from beta1")
    case .alpha:
      Entry(
        .training, .number(from: 0, atMost: 1e6), 8.0, needs: .optimizers(reading: .alpha),
        about: "weight of the slow mean gradient at the last step, to which it rises from 0")
    case .epsilon:
      Entry(
        .training, .number(above: 0, atMost: 1), .beside(.optimizer, ["muon": 1e-10], other: 1e-8),
        needs: .optimizers(reading: .epsilon),
        about: "added to the root of the mean squared gradient")
    case .momentum:
      Entry(
        .training, .number(from: 0, below: 1), .beside(.optimizer, ["muon": 0.95, "signum": 0.9], other: 0.0),
        needs: .optimizers(reading: .momentum),
        about: "fraction of the previous update that is kept")
    case .weightDecay:
      Entry(
        .training, .number(from: 0, atMost: 1e6),
        .beside(
          .optimizer, ["ademamix": 0.1, "lion": 0.1, "muon": 0.0, "schedule_free": 0.0, "signum": 0.0], other: 0.01),
        needs: .optimizers(reading: .weightDecay),
        about: "decoupled decay, of matrices alone")
    case .weightDecayKind:
      Entry(
        .training, .words(Optimizer.WeightDecayKind.self), "coupled", needs: .optimizers(reading: .weightDecayKind),
        about:
          "what weight_decay is multiplied by in a step: its learning rate, or its learning rate as a fraction of lr, so that "
          + "another lr is no other decay")
    case .cautiousDecay:
      Entry(
        .training, .bool, false, needs: .optimizers(reading: .cautiousDecay),
        about: "whether only weights decay that the update makes smaller too")
    case .muonScale:
      Entry(
        .training, .words(Optimizer.MuonScale.self), "spectral", needs: .optimizers(reading: .muonScale),
        about:
          "what a matrix's update is multiplied by: sqrt(max(1, columns / rows)), or 0.2 · sqrt(max(rows, columns)), which makes "
          + "it as large as AdamW's")
    case .muonSteps:
      Entry(
        .training, .integer(1...100), 5, needs: .optimizers(reading: .muonSteps),
        about: "Newton–Schulz iterations that make a matrix's update orthogonal")
    case .adamLR:
      Entry(
        .training, .number(above: 0, atMost: 1e6), 3e-4, needs: .optimizers(reading: .adamRate),
        about: "the peak learning rate of what muon leaves to AdamW: all but the matrices between two layers")
    case .averageWeights:
      Entry(
        .training, .integer(1...100_000_000),
        about:
          "horizon, in steps, of an exponential average of weights, which is evaluated beside the weights themselves; without it there is none"
      )
    case .gradClip:
      Entry(.training, .number(from: 0, atMost: 1e6), 1.0, about: "greatest norm of the whole gradient; 0: no limit")
    case .divergenceLoss:
      Entry(
        .training, .number(above: 0, atMost: 1e6),
        about:
          "training loss, in nats per token, above which a run has diverged; without it three times "
          + "that of a uniform guess, at least 5 and at most 20")
    case .initialization:
      Entry(
        .training, .words(Initialization.self), "uniform", without: .initialWeights,
        about:
          "how matrices begin: uniform in ±1/sqrt(d_model), normal with deviation 0.02, or scaled: so too, but 0.02/sqrt(2·layers) "
          + "where a product goes to the residual stream")
    case .dropout:
      Entry(
        .training, .number(from: 0, below: 1), 0.0,
        about: "probability with which elements of embeddings, attention weights and both layers' products are dropped")
    case .zLoss:
      Entry(
        .training, .number(from: 0, atMost: 1e6), 0.0,
        about: "weight of log²Z in what is minimized, with Z the sum of the exponentials of the logits")

    case .evalBytes:
      Entry(
        .result, .integer(1...1_000_000_000),
        about:
          "bytes of the held-out text that are evaluated, the same for every tokenizer and context: from its first word's end "
          + "to the last word's end within them")
    case .evalTokens:
      Entry(
        .result, .integer(1...1_000_000_000), 8192, without: .evalBytes,
        about: "tokens of the held-out text that are evaluated, from its beginning")
    case .evalEvery:
      Entry(
        .watching, .integer(1...100_000_000), 50,
        about: "steps between evaluations; also before the first step and after the last")
    case .sampleEvery:
      Entry(.watching, .integer(0...100_000_000), 250, about: "steps between samples; 0: only after the last")
    case .prompts:
      Entry(
        .watching, .structure,
        about: "a list of texts to continue; without it the held-out text's opening")
    case .sampleTokens: Entry(.watching, .integer(0...1_000_000), 100, about: "tokens of a sample")
    case .temperature:
      Entry(.watching, .number(from: 0, atMost: 1e6), 0.8, about: "of samples; 0 takes the most likely token")

    case .checkpointSeconds: Entry(.work, .number(above: 0, atMost: 1e6), 30.0, about: "seconds between checkpoints")
    }
  }
}

// MARK: - The table's columns

extension SpecKey {
  /// The value of a key where the spec is silent.
  package enum Fallback {
    /// None: the key is absent.
    case none
    case value(Scalar)
    /// It follows from other keys' values: in words with the keys in backticks, and as a function of the values, nil where they give none.
    case computed(String, @Sendable ([SpecKey: Scalar]) -> Scalar?)
    /// It depends on another key's value, as an optimizer has its own beta2; `other` stands for all values that aren't listed.
    case beside(SpecKey, [Scalar: Scalar], other: Scalar)

    /// The default in words: "0.1", "4 · d_model", "0.99 where optimizer is lion, else 0.999"; empty for none.
    package var words: String {
      switch self {
      case .none: return ""
      case .value(let value): return value.exact
      case .computed(let words, _): return words.replacing("`", with: "")
      case .beside(let key, let values, let other):
        let cases = values.map { "\($1.exact) where \(key.rawValue) is \($0.exact)" }.sorted()
        return (cases + ["else \(other.exact)"]).joined(separator: ", ")
      }
    }
  }

  /// A key that this one needs beside it, with the values that give this one a meaning.
  package struct Need {
    package let key: SpecKey
    package let values: [Scalar]

    /// The key holds one of these words.
    fileprivate static func needs<Word: RawRepresentable<String>>(_ key: SpecKey, _ words: Word...) -> Need {
      needs(key, words)
    }

    /// The optimizer is one that reads this hyperparameter.
    fileprivate static func optimizers(reading hyperparameter: Optimizer.Hyperparameter) -> Need {
      needs(.optimizer, Optimizer.Kind.allCases.filter { $0.hyperparameters.contains(hyperparameter) })
    }

    /// The schedule is one that reads this number.
    fileprivate static func schedules(reading parameter: LearningRateSchedule.Parameter) -> Need {
      needs(.schedule, LearningRateSchedule.Kind.allCases.filter { $0.parameters.contains(parameter) })
    }

    private static func needs<Word: RawRepresentable<String>>(_ key: SpecKey, _ words: [Word]) -> Need {
      Need(key: key, values: words.map(\.rawValue).sorted().map { .text($0) })
    }
  }

  /// What is known of a key.
  private struct Entry {
    let group: Group
    let rule: Rule
    let fallback: Fallback
    let need: Need?
    let rival: SpecKey?
    let about: String

    /// - Parameters:
    ///   - rival: A key in whose place this one stands.
    ///   - about: A phrase for documents.
    init(
      _ group: Group, _ rule: Rule, _ fallback: Fallback = .none, needs need: Need? = nil,
      without rival: SpecKey? = nil,
      about: String
    ) {
      (self.group, self.rule, self.fallback, self.need, self.rival) = (group, rule, fallback, need, rival)
      self.about = about
    }

    init(
      _ group: Group, _ rule: Rule, _ value: Scalar, needs need: Need? = nil, without rival: SpecKey? = nil,
      about: String
    ) {
      self.init(group, rule, .value(value), needs: need, without: rival, about: about)
    }
  }

  /// The whole table, made once: a grid asks many times for each point.
  private static let table = Dictionary(uniqueKeysWithValues: allCases.map { ($0, $0.row) })
  private var entry: Entry { Self.table[self] ?? row }

  /// The keys whose values are a part of a configuration.
  package static let ofConfiguration = allCases.filter(\.isOfConfiguration)

  package var group: Group { entry.group }
  package var rule: Rule { entry.rule }
  package var fallback: Fallback { entry.fallback }
  package var need: Need? { entry.need }
  /// The key beside which this one has no meaning, if there is one.
  package var rival: SpecKey? { entry.rival }
  package var about: String { entry.about }

  /// Whether the key may hold several values, which span the grid.
  package var canBeAxis: Bool { [.data, .model, .training].contains(group) }
  /// Whether the key's value is a part of a configuration: of what a run is.
  package var isOfConfiguration: Bool { canBeAxis || group == .result }
  /// The keys that stand in every identity wherever they apply: those that were there when identities were first written.
  private static let first: Set<SpecKey> = [
    .corpus, .tokenizer, .vocabSize, .validationFraction, .dModel, .heads, .layers, .dFF, .contextLength, .optimizer,
    .lr,
    .schedule, .warmupSteps, .finalLRFraction, .batchSize, .steps, .beta1, .beta2, .epsilon, .momentum, .weightDecay,
    .gradClip, .evalTokens,
  ]
  /// Whether the key leaves no trace in an identity where it has its default, which may never change. Every key is young that isn't
  /// one of the first: a new key changes no stored run's identity.
  package var isYoung: Bool { !Self.first.contains(self) }

  /// The key's value beside the others where the spec is silent; nil for a key without one.
  package func fallback(beside values: [SpecKey: Scalar]) -> Scalar? {
    switch fallback {
    case .none: nil
    case .value(let value): value
    case .computed(_, let value): value(values)
    case .beside(let key, let table, let other): values[key].flatMap { table[$0] } ?? other
    }
  }

  /// d_model / heads; nil where that isn't whole.
  @Sendable private static func shareOfHead(_ values: [SpecKey: Scalar]) -> Scalar? {
    guard case .integer(let width) = values[.dModel], case .integer(let heads) = values[.heads], width % heads == 0
    else { return nil }
    return .integer(width / heads)
  }

  /// 4·d_model, or for a gated layer, whose three matrices then have nearly as many numbers as two otherwise, 8/3·d_model rounded up to
  /// a multiple of 8.
  @Sendable private static func feedForwardWidth(_ values: [SpecKey: Scalar]) -> Scalar? {
    guard case .integer(let width) = values[.dModel] else { return nil }
    let word = values[.feedForward].map(\.exact) ?? ""
    let isGated = Architecture.FeedForward(rawValue: word)?.isGated ?? false
    return .integer(isGated ? (8 * width + 23) / 24 * 8 : 4 * width)
  }

  /// Whether the key has a meaning beside these others: `momentum` has none for Adam, say. A configuration holds only keys that
  /// have.
  package func isUsed(beside values: [SpecKey: Scalar]) -> Bool {
    if let rival, values[rival] != nil { return false }
    guard let need else { return true }
    return need.key.isUsed(beside: values) && values[need.key].map(need.values.contains) ?? false
  }

  /// The keys on whose values it depends whether this one has a meaning.
  package var deciders: [SpecKey] {
    let rivals = [rival].compactMap(\.self)
    guard let key = need?.key else { return rivals }
    let isSetByBlocks = BlockPreset.allCases.contains { $0.values[key] != nil }
    return rivals + [key] + (isSetByBlocks ? [.block] : []) + key.deciders
  }

  /// What gives the key a meaning: "always", "with optimizer "adam" or "adamw"", or "without validation".
  package var purpose: String {
    if let rival { return "without \(rival.rawValue)" }
    guard let need else { return "always" }
    let words = need.values.map { "\"\($0.exact)\"" }
    let list =
      words.count > 2
      ? words.dropLast().joined(separator: ", ") + " or " + words[words.count - 1] : words.joined(separator: " or ")
    return "with \(need.key.rawValue) \(list)"
  }
}
