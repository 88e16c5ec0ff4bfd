import Model
import Store

/// One sample that some experiment asks for. Equal requests are one sample.
package struct SampleRequest: Hashable, Sendable {
  package let step: Int
  /// The prompt's place in its experiment's list, from 0.
  package let promptIndex: Int
  package let prompt: String
  package let temperature: Double
  /// Tokens to write.
  package let tokens: Int

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
    return Sample(
      step: step, promptIndex: promptIndex, prompt: prompt, text: run.text.tokenizer.decode(written),
      temperature: temperature)
  }
}

extension PlannedRun {
  /// The samples that follow a step, each once.
  package func samples(after step: Int) -> [SampleRequest] {
    var seen: Set<SampleRequest> = []
    return observations.filter { $0.samples.contains(step) }.flatMap { observation in
      observation.prompts.enumerated().map { index, prompt in
        SampleRequest(
          step: step, promptIndex: index, prompt: prompt, temperature: observation.temperature,
          tokens: observation.sampleTokens)
      }
    }.filter { seen.insert($0).inserted }
  }
}
