import Store

/// What an experiment looks at of a run on the way, with the run's own prompts.
package struct Observation: Hashable, Sendable {
  /// The steps that an evaluation follows, the untrained model's included.
  package let evaluations: MeasuredSteps
  /// The steps that samples follow.
  package let samples: MeasuredSteps
  /// The texts to continue, told apart by their bytes.
  package let prompts: [Scalar]
  /// Tokens of a sample.
  package let sampleTokens: Int
  /// Temperature of samples.
  package let temperature: Double

  /// - Parameter opening: The prompt where the spec names none.
  package init(_ measuring: Measuring, steps: Int, opening: @autoclosure () -> String) {
    evaluations = MeasuredSteps(every: measuring.evalEvery, first: 0, last: steps)
    samples = MeasuredSteps(every: measuring.sampleEvery, first: 1, last: steps)
    prompts = (measuring.prompts ?? [opening()]).map(Scalar.text)
    sampleTokens = measuring.sampleTokens
    temperature = measuring.temperature
  }
}
