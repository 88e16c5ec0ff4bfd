import Foundation

/// What of a run is looked at on the way: no part of what the run is. Another value trains nothing again.
package struct Measuring: Hashable, Sendable, Codable {
  /// Steps between evaluations.
  package var evalEvery = 50
  /// Steps between samples; 0: only after the last step.
  package var sampleEvery = 250
  /// The texts to continue; nil: the held-out text's opening.
  package var prompts: [String]?
  /// Tokens of a sample.
  package var sampleTokens = 100
  /// Temperature of samples; 0 takes the most likely token.
  package var temperature = 0.8

  enum CodingKeys: String, CodingKey {
    case prompts, temperature
    case evalEvery = "eval_every"
    case sampleEvery = "sample_every"
    case sampleTokens = "sample_tokens"
  }

  /// JSON with sorted keys, as the database holds it.
  package var json: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(self) else { preconditionFailure("\(self) can't be written as JSON") }
    return String(decoding: data, as: UTF8.self)
  }
}
