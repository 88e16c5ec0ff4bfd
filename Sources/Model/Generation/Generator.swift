import Foundation
import Kernels

/// Continues a sequence of tokens with a transformer.
///
/// The keys and values of the positions so far are kept, so that a token costs one position's work. Once the sequence is
/// longer than the context, the window slides: every token then stands at a new position, and the whole window is
/// computed anew.
public struct Generator {
  private let model: Transformer
  private let temperature: Double
  private let activations: Activations
  private var random: RandomStream
  private var window: [Int32] = []
  /// Positions of the window whose keys and values are there.
  private var computed = 0

  /// A generator.
  ///
  /// - Parameters:
  ///   - temperature: 0 or less takes the most likely token; else the softmax of logits / temperature is sampled.
  ///   - random: Where the samples come from.
  public init(_ model: Transformer, temperature: Double, random: RandomStream) {
    self.model = model
    self.temperature = temperature
    self.random = random
    activations = Activations(model.architecture, sequences: 1, forTraining: false)
  }

  /// Bytes of memory that a generator takes, the parameters apart.
  public static func memory(_ architecture: Architecture) -> Double {
    Activations.count(architecture, sequences: 1, forTraining: false) * Double(MemoryLayout<Float>.size)
  }

  /// The `count` tokens that follow the prompt.
  ///
  /// - Parameter prompt: At least one token, each below the vocabulary's size.
  public mutating func generate(after prompt: [Int32], count: Int) -> [Int32] {
    generate(after: prompt, count: count, usesCache: true)
  }

  mutating func generate(after prompt: [Int32], count: Int, usesCache: Bool) -> [Int32] {
    precondition(!prompt.isEmpty, "an empty prompt")
    window = prompt.suffix(model.architecture.contextLength)
    computed = 0
    return flushingSubnormals {
      (0..<count).map { _ in
        let token = next(usesCache: usesCache)
        append(token)
        return token
      }
    }
  }

  private mutating func append(_ token: Int32) {
    if window.count == model.architecture.contextLength {
      window.removeFirst()
      computed = 0
    }
    window.append(token)
  }

  private mutating func next(usesCache: Bool) -> Int32 {
    let start = usesCache ? computed : 0
    window.withUnsafeBufferPointer { tokens in
      guard let first = tokens.baseAddress else { return }
      model.forward(activations, tokens: first + start, sequences: 1, length: tokens.count, from: start)
    }
    computed = window.count
    let last = window.count - 1
    let logits = model.head(activations, rows: last..<last + 1)
    return choose(from: (0..<logits.rows).map { logits.row($0)[0] })
  }

  private mutating func choose(from logits: [Float]) -> Int32 {
    var best = 0
    for token in logits.indices where logits[token] > logits[best] { best = token }
    guard temperature > 0 else { return Int32(best) }
    let weights = logits.map { exp(Double($0 - logits[best]) / temperature) }
    var rest = Double(random.uniform()) * weights.reduce(0, +)
    for (token, weight) in weights.enumerated() {
      rest -= weight
      if rest < 0 { return Int32(token) }
    }
    return Int32(best)
  }
}
