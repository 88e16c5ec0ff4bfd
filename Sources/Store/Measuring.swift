/// What an experiment looks at while its runs are trained. No training depends on it, so it is no part of a run: several
/// experiments may look at one run each in its own way.
public struct Measuring: Codable, Sendable, Equatable {
  /// Steps between evaluations.
  public var evalEvery: Int
  /// Steps between samples; 0: after the last step alone.
  public var sampleEvery: Int
  /// The texts that samples continue; nil where the spec lists none, and the opening of the held-out text is the only one.
  public var prompts: [String]?
  /// Where the spec lists no prompts, the opening of each of the experiment's texts; nil where it does, or where it isn't known.
  public var openings: [String]?
  /// Tokens of a sample.
  public var sampleTokens: Int
  /// Sampling temperature; 0 takes the most likely token.
  public var temperature: Double

  /// What a spec asks for.
  public init(evalEvery: Int, sampleEvery: Int, prompts: [String]?, sampleTokens: Int, temperature: Double) {
    self.evalEvery = evalEvery
    self.sampleEvery = sampleEvery
    self.prompts = prompts
    self.sampleTokens = sampleTokens
    self.temperature = temperature
  }

  /// Whether the experiment asks for a sample; the view `sample_grid` shows the same ones.
  public func asksFor(_ sample: Sample) -> Bool {
    guard sample.temperature == temperature, sample.tokens == sampleTokens else { return false }
    let prompt = Scalar.text(sample.prompt)
    if let prompts {
      return prompts.indices.contains(sample.promptIndex) && .text(prompts[sample.promptIndex]) == prompt
    }
    return openings.map { sample.promptIndex == 0 && $0.map(Scalar.text).contains(prompt) } ?? true
  }

  enum CodingKeys: String, CodingKey {
    case evalEvery = "eval_every"
    case sampleEvery = "sample_every"
    case prompts, openings
    case sampleTokens = "sample_tokens"
    case temperature
  }
}
