/// The number by which an experiment's runs are ranked: the unit in which they compare. Lower is better.
public enum RankingMetric: String, Codable, Sendable, CaseIterable {
  /// Validation loss at the last step, nats per token: for runs that all predict the same tokens.
  case finalLoss = "final_loss"
  /// The same in bits per byte of text: for runs whose tokens differ, over one held-out text.
  case finalBitsPerByte = "final_bits_per_byte"
}

extension RankingMetric {
  /// What some runs are ranked by, or why they aren't.
  public enum Choice: Sendable, Equatable {
    /// They compare in this unit.
    case metric(RankingMetric)
    /// They were held to different texts: a loss on one says nothing about a loss on another.
    case heldOutTextsDiffer
    /// Their tokens differ, and an earlier version of this program measured some of them without the cost of spelling unknown words, so
    /// that their bits per byte are too low.
    case unknownWordsHidden

    /// The metric, where there is one.
    public var metric: RankingMetric? { if case .metric(let metric) = self { metric } else { nil } }
  }

  /// The rule, in this one place: runs on different held-out texts aren't ranked; runs that predict the same tokens are ranked by nats
  /// per token; all others by bits per byte.
  public static func choice(for runs: some Collection<Basis>) -> Choice {
    guard Set(heldOutTexts(of: runs)).count < 2 else { return .heldOutTextsDiffer }
    guard Set(runs.map(\.predicted)).count > 1 else { return .metric(.finalLoss) }
    return runs.contains(where: \.hidesUnknownWords) ? .unknownWordsHidden : .metric(.finalBitsPerByte)
  }

  /// For each run the number of its held-out text, counted from 0 in the order in which the texts first appear. Texts are one where the
  /// keys that choose them are the same, or where their contents are.
  public static func heldOutTexts(of runs: some Collection<Basis>) -> [Int] {
    var contents: [[String: Scalar]: Scalar] = [:]
    for run in runs { if let content = run.heldOutContent { contents[run.heldOutKeys] = content } }
    var numbers: [[String: Scalar]: Int] = [:]
    return runs.map { run in
      let text = contents[run.heldOutKeys].map { ["sha256": $0] } ?? run.heldOutKeys
      let number = numbers[text] ?? numbers.count
      numbers[text] = number
      return number
    }
  }

  /// For each run the number of those that it compares with, counted from 0 in the order in which they first appear: all have one number
  /// where there is a metric.
  public static func comparable(_ runs: some Collection<Basis>) -> [Int] {
    switch choice(for: runs) {
    case .metric: return runs.map { _ in 0 }
    case .heldOutTextsDiffer: return heldOutTexts(of: runs)
    case .unknownWordsHidden:
      var numbers: [[String: Scalar]: Int] = [:]
      return runs.map { run in
        let number = numbers[run.predicted] ?? numbers.count
        numbers[run.predicted] = number
        return number
      }
    }
  }

  /// What of a run decides how its result compares with others'.
  public struct Basis: Sendable, Equatable {
    /// The keys that choose the held-out text, with their values.
    let heldOutKeys: [String: Scalar]
    /// The hash of the held-out text; nil where it isn't known.
    let heldOutContent: Scalar?
    /// What the predicted tokens of a held-out text follow from.
    let predicted: [String: Scalar]
    /// Whether the run's bits per byte leave the spelling of unknown words out.
    let hidesUnknownWords: Bool

    /// - Parameters:
    ///   - settings: The configuration's keys, as `Run.settings` has them.
    ///   - vocabSize: Number of distinct tokens.
    ///   - evaluatedTokens: How many tokens an evaluation predicts; nil where that isn't known. Then it is what `eval_tokens` and
    ///     `context_length` give on a text that is long enough.
    ///   - hasUncountedResult: Whether the run has a result whose unknown tokens nobody counted.
    public init(
      settings: [String: Scalar], vocabSize: Int, heldOutSHA256: String?, evaluatedTokens: Int?,
      hasUncountedResult: Bool
    ) {
      func keep(_ keys: String...) -> [String: Scalar] { settings.filter { keys.contains($0.key) } }
      let isWords = settings["tokenizer"] == "word"
      if settings["validation_sha256"] != nil {
        heldOutKeys = keep("validation_sha256")
      } else {
        // A text that is cut within a line is cut before a word or before a character, as the tokenizer asks, unless its evaluation is
        // to cover the same bytes for all.
        let cut: [String: Scalar] =
          settings["cut"] != nil && settings["eval_bytes"] == nil ? ["cut_before": isWords ? "word" : "character"] : [:]
        heldOutKeys = keep("corpus_sha256", "validation_fraction", "split", "document_mark").merging(cut) { $1 }
      }
      heldOutContent = heldOutSHA256.map { .text($0) }
      var predicted = keep("tokenizer", "eval_bytes")
      if settings["tokenizer"] != "byte" {
        predicted.merge(keep("corpus_sha256", "validation_sha256", "vocab_size")) { $1 }
      }
      predicted["tokens"] = evaluatedTokens.map { .integer($0) } ?? Self.tokens(settings)
      self.predicted = predicted
      // A limited vocabulary that isn't full has all words.
      hidesUnknownWords = hasUncountedResult && isWords && settings["vocab_size"] == .integer(vocabSize)
    }

    /// Whole windows, at least one, up to `eval_tokens`.
    private static func tokens(_ settings: [String: Scalar]) -> Scalar? {
      guard case .integer(let limit)? = settings["eval_tokens"],
        case .integer(let length)? = settings["context_length"],
        length > 0
      else { return nil }
      return .integer(max(limit / length, 1) * length)
    }
  }
}

extension Run {
  /// What decides how the run's result compares with others'.
  public var basis: RankingMetric.Basis {
    RankingMetric.Basis(
      settings: settings, vocabSize: facts.vocabSize, heldOutSHA256: facts.heldOutSHA256,
      evaluatedTokens: facts.evaluatedTokens, hasUncountedResult: state.isOver && facts.unknownTokens == nil)
  }

  /// The run's result by a metric; nil where it has none.
  public func score(by metric: RankingMetric?) -> Double? {
    switch metric {
    case .finalLoss: outcome.finalLoss
    case .finalBitsPerByte: outcome.finalBitsPerByte
    case nil: nil
    }
  }
}
