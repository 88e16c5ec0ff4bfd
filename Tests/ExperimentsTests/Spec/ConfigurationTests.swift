import Store
import Testing

@testable import Experiments

@Suite(.timeLimit(.minutes(10)))
struct ConfigurationTests {
  private func identity(_ values: [SpecKey: Scalar]) -> String {
    Configuration(values).canonicalJSON(corpusSHA256: "00ff")
  }

  private func keys(_ values: [SpecKey: Scalar]) -> Set<SpecKey> {
    let configuration = Configuration(values)
    return Set(SpecKey.allCases.filter { configuration[$0] != nil })
  }

  /// Runs of a database are found again by this text: a change of it makes every finished run a stranger.
  @Test("The identity of the defaults is this very text, whatever keys have been added")
  func defaults() {
    #expect(
      identity([:])
        == #"{"batch_size":16,"beta1":0.9,"beta2":0.999,"context_length":64,"corpus_sha256":"00ff","d_ff":256,"#
        + #""d_model":64,"epsilon":1e-08,"eval_tokens":8192,"final_lr_fraction":0.1,"grad_clip":1,"#
        + #""heads":4,"layers":2,"lr":0.001,"optimizer":"adamw","schedule":"cosine","steps":500,"#
        + #""tokenizer":"char","validation_fraction":0.1,"warmup_steps":0,"weight_decay":0.01}"#)
  }

  @Test("The identity of a point with every other key of the first version is this very text")
  func others() {
    #expect(
      identity([
        .corpus: "text.txt", .tokenizer: "word", .vocabSize: 1000, .validationFraction: 0.25, .dModel: 12, .heads: 3,
        .layers: 1, .dFF: 7, .contextLength: 9, .optimizer: "sgd", .lr: 1e-5, .schedule: "constant", .warmupSteps: 2,
        .batchSize: 1, .steps: 3, .momentum: 0.9, .gradClip: 0.0, .evalTokens: 2,
      ])
        == #"{"batch_size":1,"context_length":9,"corpus_sha256":"00ff","d_ff":7,"d_model":12,"#
        + #""eval_tokens":2,"grad_clip":0,"heads":3,"layers":1,"lr":1e-05,"momentum":0.9,"optimizer":"sgd","#
        + #""schedule":"constant","steps":3,"#
        + #""tokenizer":"word","validation_fraction":0.25,"vocab_size":1000,"#
        + #""warmup_steps":2}"#)
  }

  @Test("A key that is younger than the identity's first version stands there only where its value isn't its default")
  func youngKeys() {
    #expect(!identity([:]).contains("divergence_loss"))
    #expect(identity([.divergenceLoss: 4.5]).contains(#""divergence_loss":4.5,"#))
    for key in SpecKey.allCases where key.isOfConfiguration && key.isYoung {
      let silent = Configuration([:])
      let written = silent[key].map { Configuration([key: $0]) } ?? silent
      #expect(written.canonicalJSON(corpusSHA256: "") == silent.canonicalJSON(corpusSHA256: ""), "\(key)")
      #expect(!silent.canonicalJSON(corpusSHA256: "").contains("\"\(key.rawValue)\""), "\(key)")
    }
  }

  @Test("What is only looked at is no part of a configuration")
  func watching() {
    let watched = SpecKey.allCases.filter { $0.group == .watching }
    #expect(watched == [.evalEvery, .sampleEvery, .prompts, .sampleTokens, .temperature])
    for key in watched { #expect(identity([key: 7]) == identity([:]), "\(key)") }
  }

  @Test(
    "Keys without a meaning beside the others are dropped, written or not",
    arguments: [
      (.optimizer, "adamw", [.beta1, .beta2, .epsilon, .weightDecay], [.momentum]),
      (.optimizer, "adam", [.beta1, .beta2, .epsilon], [.momentum, .weightDecay]),
      (.optimizer, "sgd", [.momentum], [.beta1, .beta2, .epsilon, .weightDecay]),
      (.optimizer, "lion", [.beta1, .beta2, .weightDecay], [.epsilon, .momentum, .muonScale]),
      (.optimizer, "signum", [.momentum, .weightDecay], [.beta1, .beta2, .epsilon]),
      (
        .optimizer, "muon", [.momentum, .beta1, .beta2, .epsilon, .weightDecay, .muonScale, .muonSteps, .adamLR],
        [.alpha]
      ),
      (.optimizer, "ademamix", [.beta1, .beta2, .beta3, .alpha, .epsilon, .weightDecay], [.momentum, .adamLR]),
      (.optimizer, "schedule_free", [.beta1, .beta2, .epsilon, .weightDecay], [.momentum, .alpha, .finalLRFraction]),
      (.optimizer, "sgd", [], [.weightDecayKind, .cautiousDecay]), (.optimizer, "adam", [], [.cautiousDecay]),
      (.optimizer, "lion", [.weightDecayKind, .cautiousDecay], []),
      (.parametrization, "standard", [], [.baseDModel, .baseLayers, .baseHeadSize]),
      (.parametrization, "mup", [.baseDModel, .baseHeadSize], [.baseLayers]),
      (.parametrization, "completep", [.baseDModel, .baseLayers, .baseHeadSize], []),
      (.schedule, "cosine", [.finalLRFraction], []), (.schedule, "linear", [.finalLRFraction], []),
      (.schedule, "constant", [], [.finalLRFraction]), (.schedule, "inverse_sqrt", [], [.finalLRFraction]),
      (.schedule, "wsd", [.finalLRFraction, .decayFraction, .decayShape], [.decayPower]),
      (.schedule, "power", [.finalLRFraction, .decayPower], [.decayFraction, .decayShape]),
      (.tokenizer, "char", [], [.vocabSize]), (.tokenizer, "byte", [], [.vocabSize]),
      (.tokenizer, "word", [.vocabSize], []),
      (.positions, "rope", [.ropeBase], []), (.positions, "alibi", [], [.ropeBase]),
    ] as [(SpecKey, Scalar, Set<SpecKey>, Set<SpecKey>)])
  func meaning(key: SpecKey, value: Scalar, kept: Set<SpecKey>, dropped: Set<SpecKey>) {
    let written: [SpecKey: Scalar] = [
      key: value, .beta1: 0.5, .beta2: 0.5, .epsilon: 0.5, .weightDecay: 0.5, .momentum: 0.5, .finalLRFraction: 0.5,
      .vocabSize: 50, .decayFraction: 0.5, .decayShape: "linear", .decayPower: 3.0, .muonScale: "rms", .muonSteps: 7,
      .adamLR: 0.5, .beta3: 0.5, .alpha: 0.5, .weightDecayKind: "independent", .cautiousDecay: true,
      .baseDModel: 32, .baseLayers: 3, .baseHeadSize: 8, .ropeBase: 50.0,
    ]
    #expect(keys(written).isSuperset(of: kept))
    #expect(keys(written).isDisjoint(with: dropped))
    #expect(keys([key: value]).isDisjoint(with: dropped))
  }

  @Test("Schedules that end at 0 by default write nothing else of their defaults into the identity")
  func scheduleDefaults() {
    for (schedule, key) in [("wsd", SpecKey.decayFraction), ("power", .decayPower)] {
      let written = identity([.schedule: .text(schedule)])
      #expect(written.contains(#""final_lr_fraction":0,"#) && !written.contains("decay_"))
      #expect(identity([.schedule: .text(schedule), key: 0.5]).contains(#""\#(key.rawValue)":0.5,"#))
    }
  }

  @Test("A key in whose place another stands is dropped, and what needs it")
  func rivals() {
    let own: [SpecKey: Scalar] = [.validation: "v.txt", .split: "documents", .documentMark: "x"]
    #expect(keys(own).isDisjoint(with: [.validationFraction, .split, .documentMark]))
    #expect(
      keys([.split: "documents", .documentMark: "x"]).isSuperset(of: [.validationFraction, .split, .documentMark]))
    #expect(!keys([.split: "lines", .documentMark: "x"]).contains(.documentMark))
    #expect(!keys([.evalBytes: 100]).contains(.evalTokens))
    #expect(!identity([.evalBytes: 100]).contains("eval_tokens"))
    #expect(identity([.evalBytes: 100]).contains(#""eval_bytes":100,"#))
  }

  @Test(
    "A gated layer is 8/3 of the width by default, to a multiple of 8; heads share the width, and keys have as many")
  func sizes() {
    func sizes(_ values: [SpecKey: Scalar]) -> [Scalar?] {
      let configuration = Configuration(values)
      return [.dFF, .kvHeads, .headSize].map { configuration[$0] }
    }
    #expect(sizes([:]) == [256, 4, 16])
    #expect(sizes([.feedForward: "swiglu"]) == [176, 4, 16])
    #expect(sizes([.feedForward: "geglu", .dModel: 48, .heads: 3]) == [128, 3, 16])
    #expect(sizes([.feedForward: "relu2", .dModel: 48, .heads: 3, .kvHeads: 1, .headSize: 5]) == [192, 1, 5])
    #expect(sizes([.feedForward: "swiglu", .dFF: 100]) == [100, 4, 16])
  }

  @Test("A block sets several keys at once; what stands beside it wins, and its name is no part of the identity")
  func blocks() {
    let llama = Configuration([.block: "llama"])
    #expect(
      [.positions, .feedForward, .tiedHead, .norm, .dFF].map { llama[$0] } == ["rope", "swiglu", false, "rmsnorm", 176])
    #expect(llama[.block] == "llama" && Configuration([:])[.block] == "plain")
    #expect(identity([.block: "llama"]) == identity([.positions: "rope", .feedForward: "swiglu", .tiedHead: false]))
    #expect(!identity([.block: "llama"]).contains("block"))
    #expect(identity([.block: "plain"]) == identity([:]))
    #expect(identity([.block: "gpt2", .norm: "rmsnorm", .biases: false]) == identity([:]))
    #expect(Configuration([.block: "gpt2", .norm: "rmsnorm", .biases: false]) == Configuration([:]))
    #expect(
      Configuration([.block: "qwen3"])[.kvHeads] == 2 && Configuration([.block: "qwen3", .heads: 1])[.kvHeads] == 1)
    #expect(Configuration([.block: "llama", .positions: "learned"])[.ropeBase] == nil)
    for block in BlockPreset.allCases where block != .plain {
      #expect(identity([.block: .text(block.rawValue)]) != identity([:]), "\(block)")
      // They are the keys of the model alone, each with a value that its rule takes.
      for (key, value) in block.values {
        #expect(key.group == .model && key.fallback(beside: [:]) != value, "\(block) \(key)")
        #expect((try? key.rule.read(JSONValue(value))) == value, "\(block) \(key)")
      }
    }
  }

  @Test("A held-out text stands in the identity by its content alone")
  func validation() {
    let configuration = Configuration([.validation: "v.txt"])
    let written = configuration.canonicalJSON(corpusSHA256: "00ff", validationSHA256: "11")
    #expect(written.hasSuffix(#""tokenizer":"char","validation_sha256":"11","warmup_steps":0,"weight_decay":0.01}"#))
    #expect(!written.contains("v.txt"))
    #expect(written != configuration.canonicalJSON(corpusSHA256: "00ff", validationSHA256: "12"))
    // Without the key the hash of what is held out is no part.
    #expect(Configuration([:]).canonicalJSON(corpusSHA256: "00ff", validationSHA256: "11") == identity([:]))
  }

  @Test("A configuration has every data, model, training and result key with a meaning and a value, and no other")
  func keys() {
    let groups: Set<SpecKey.Group> = [.data, .model, .training, .result]
    let absent: Set<SpecKey> = [
      .vocabSize, .momentum, .divergenceLoss, .validation, .documentMark, .evalBytes, .decayFraction, .decayShape,
      .decayPower, .beta3, .alpha, .muonScale, .muonSteps, .adamLR, .baseDModel, .baseLayers, .baseHeadSize, .ropeBase,
      .initialWeights, .averageWeights,
    ]
    #expect(keys([:]) == Set(SpecKey.allCases.filter { groups.contains($0.group) }).subtracting(absent))
    #expect(keys([.checkpointSeconds: 5.0, .name: "a"]) == keys([:]))
  }

  @Test("The path of a corpus is no part of the identity; its content is")
  func identity() {
    #expect(identity([.corpus: "a.txt"]) == identity([.corpus: "b.txt"]))
    let configuration = Configuration([:])
    #expect(configuration.canonicalJSON(corpusSHA256: "00") != configuration.canonicalJSON(corpusSHA256: "01"))
  }

  @Test("Every key of a configuration but the corpus's path tells two identities apart")
  func everyKeyCounts() {
    let base: [SpecKey: Scalar] = [.tokenizer: "word", .vocabSize: 50, .divergenceLoss: 9.5, .positions: "rope"]
    for key in keys(base) where key != .corpus {
      let other: Scalar? =
        switch Configuration(base)[key] {
        case .integer(let value): .integer(value + 1)
        case .number(let value): .number(value == 0 ? 0.5 : value / 2)
        case .text(let word):
          if case .word(let words) = key.rule { words.first { $0 != word }.map { .text($0) } } else { nil }
        case .bool(let value): .bool(!value)
        case nil: nil
        }
      #expect(other != nil && identity(base.merging([key: other ?? ""]) { $1 }) != identity(base), "\(key)")
    }
  }
}
