import Model
import Store

extension Sample.Key {
  /// Draws the sample. Each has a stream of its own, so that what one writes doesn't depend on the others.
  ///
  /// - Parameter generate: Gives the tokens that follow a prompt's.
  /// - Throws: `TokenizerError`.
  package func sample(
    of run: PlannedRun,
    by generate: (_ prompt: [Int32], _ count: Int, _ temperature: Double, _ random: RandomStream) -> [Int32]
  ) throws -> Sample {
    let random = RandomStream(seed: UInt64(bitPattern: run.seed), name: "samples.\(step).\(promptIndex)")
    let written = generate(try run.text.tokenizer.encode(prompt).tokens, tokens, temperature, random)
    return Sample(self, text: run.text.tokenizer.decode(written))
  }
}

extension Observation {
  /// The samples that follow a step, if any do.
  package func samples(after step: Int) -> [Sample.Key] {
    guard samples.contains(step) else { return [] }
    return prompts.enumerated().map { index, prompt in
      Sample.Key(step: step, promptIndex: index, prompt: prompt.exact, temperature: temperature, tokens: sampleTokens)
    }
  }
}

extension PlannedRun {
  /// The samples that follow a step, those that several experiments ask for once.
  package func samples(after step: Int) -> [Sample.Key] {
    var seen: Set<Sample.Key> = []
    return observations.flatMap { $0.samples(after: step) }.filter { seen.insert($0).inserted }
  }
}
