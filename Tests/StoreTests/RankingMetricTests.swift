import Store
import Testing

/// What an experiment's runs are ranked by.
@Suite(.timeLimit(.minutes(10)))
struct RankingMetricTests {
  private typealias Basis = RankingMetric.Basis

  private static let settings: [String: Scalar] = [
    "corpus_sha256": "aa", "tokenizer": "char", "validation_fraction": 0.1, "eval_tokens": 64, "context_length": 8,
    "d_model": 32, "lr": 0.1,
  ]

  /// A run with some keys of its own; an empty text leaves a key out.
  private func basis(
    _ own: [String: Scalar] = [:], size: Int = 30, text: String? = nil, tokens: Int? = nil, uncounted: Bool = false
  ) -> RankingMetric.Basis {
    let settings = Self.settings.merging(own) { $1 }.filter { $0.value != "" }
    return Basis(
      settings: settings, vocabSize: size, heldOutSHA256: text, evaluatedTokens: tokens, hasUncountedResult: uncounted)
  }

  private func choice(_ runs: RankingMetric.Basis...) -> RankingMetric.Choice { RankingMetric.choice(for: runs) }

  @Test("Runs that predict the same tokens are ranked by nats per token")
  func sameTokens() {
    #expect(choice(basis(), basis(["d_model": 64, "lr": 0.2])) == .metric(.finalLoss))
    #expect(choice(basis(["context_length": 16]), basis()) == .metric(.finalLoss))
    #expect(choice(basis(tokens: 64), basis()) == .metric(.finalLoss))
    #expect(choice(basis(uncounted: true)) == .metric(.finalLoss))
    #expect(choice() == .metric(.finalLoss))
    let words: [String: Scalar] = ["tokenizer": "word", "vocab_size": 30]
    #expect(choice(basis(words, uncounted: true), basis(words.merging(["lr": 1]) { $1 })) == .metric(.finalLoss))
  }

  @Test(
    "Runs whose tokens differ are ranked by bits per byte",
    arguments: [
      ["tokenizer": "word"], ["tokenizer": "byte"], ["context_length": 24], ["context_length": 100],
      ["eval_tokens": 128],
      ["eval_tokens": "", "eval_bytes": 64],
    ] as [[String: Scalar]])
  func otherTokens(own: [String: Scalar]) {
    #expect(choice(basis(), basis(own)) == .metric(.finalBitsPerByte))
  }

  @Test("Of a short text another context covers other tokens, which their number tells")
  func shortText() {
    #expect(
      choice(basis(["context_length": 16], tokens: 48), basis(["context_length": 8], tokens: 56))
        == .metric(.finalBitsPerByte))
  }

  @Test("Bits per byte that hide unknown words aren't ranked with others")
  func hiddenWords() {
    let words: [String: Scalar] = ["tokenizer": "word", "vocab_size": 30]
    #expect(choice(basis(), basis(words, uncounted: true)) == .unknownWordsHidden)
    #expect(choice(basis(), basis(words)) == .metric(.finalBitsPerByte))
    // The vocabulary isn't full: it has all words.
    #expect(choice(basis(), basis(words, size: 29, uncounted: true)) == .metric(.finalBitsPerByte))
    #expect(choice(basis(), basis(["tokenizer": "word"], uncounted: true)) == .metric(.finalBitsPerByte))
  }

  @Test(
    "Runs on different held-out texts aren't ranked",
    arguments: [
      ["corpus_sha256": "bb"], ["validation_fraction": 0.2], ["split": "lines"], ["cut": "token"],
      ["split": "documents", "document_mark": "***"], ["validation_fraction": "", "validation_sha256": "cc"],
    ] as [[String: Scalar]])
  func otherTexts(own: [String: Scalar]) {
    #expect(choice(basis(), basis(own)) == .heldOutTextsDiffer)
    #expect(choice(basis(), basis(own)).metric == nil)
  }

  @Test("One held-out text of two corpora is one text")
  func oneValidationText() {
    func run(_ corpus: Scalar, _ tokenizer: Scalar) -> RankingMetric.Basis {
      basis(["corpus_sha256": corpus, "validation_fraction": "", "validation_sha256": "cc", "tokenizer": tokenizer])
    }
    #expect(choice(run("aa", "byte"), run("bb", "byte")) == .metric(.finalLoss))
    // Their vocabularies may differ.
    #expect(choice(run("aa", "char"), run("bb", "char")) == .metric(.finalBitsPerByte))
  }

  @Test("Texts of the same content are one, also for a run whose keys tell it where its hash isn't known")
  func contents() {
    let fraction: [String: Scalar] = ["validation_fraction": 0.11]
    let runs = [basis(text: "h"), basis(fraction, text: "h"), basis(["lr": 1]), basis(["corpus_sha256": "bb"])]
    #expect(RankingMetric.heldOutTexts(of: runs) == [0, 0, 0, 1])
    #expect(RankingMetric.choice(for: runs.prefix(3)) == .metric(.finalLoss))
  }

  @Test(
    "A text that is cut within a line is cut before a word for words alone, unless the same bytes are evaluated for all"
  )
  func cut() {
    let cut: [String: Scalar] = ["cut": "token"]
    let words: [String: Scalar] = ["cut": "token", "tokenizer": "word"]
    #expect(choice(basis(cut), basis(cut.merging(["tokenizer": "byte"]) { $1 })) == .metric(.finalBitsPerByte))
    #expect(choice(basis(cut), basis(words)) == .heldOutTextsDiffer)
    let bytes: [String: Scalar] = ["eval_tokens": "", "eval_bytes": 100]
    #expect(
      choice(basis(cut.merging(bytes) { $1 }), basis(words.merging(bytes) { $1 })) == .metric(.finalBitsPerByte))
  }
}
