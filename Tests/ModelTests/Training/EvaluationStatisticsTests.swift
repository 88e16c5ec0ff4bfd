import Foundation
import Testing

@testable import Model

/// What evaluations say beside the loss, against what NumPy and SciPy compute; made by `Fixtures/make_evaluation.py`.
@Suite(.timeLimit(.minutes(10)))
struct EvaluationStatisticsTests {
  private struct Reference: Decodable {
    struct Ratio: Decodable {
      let losses: [Double]
      let tokens: [Int]
      let error: Double
    }
    struct Spelling: Decodable {
      let training, words: [String]
      let nats: [Double]
    }
    struct Difference: Decodable {
      struct Expected: Decodable { let held_out, usual, t: Double }
      let training, heldOut: [Int32]
      let size: Int
      let expected: Expected
    }
    let ratios: [Ratio]
    let spellings: [Spelling]
    let differences: [Difference]
    let bound: Double
  }

  private let reference: Reference

  init() throws {
    let url = try #require(
      Bundle.module.url(forResource: "evaluation.json", withExtension: nil, subdirectory: "Fixtures"))
    reference = try JSONDecoder().decode(Reference.self, from: Data(contentsOf: url))
  }

  private func isClose(_ a: Double, _ b: Double) -> Bool { abs(a - b) <= 1e-12 * max(abs(a), abs(b)) }

  @Test("The standard error is that of a ratio over windows, the last of which may be shorter")
  func standardError() throws {
    #expect(reference.ratios.count == 4)
    for ratio in reference.ratios {
      let error = try #require(EvaluationResult.standardError(losses: ratio.losses, tokens: ratio.tokens))
      #expect(isClose(error, ratio.error))
    }
    #expect(EvaluationResult.standardError(losses: [3], tokens: [8]) == nil)
  }

  @Test("An evaluation's standard error is that of the losses of its windows, each evaluated by itself")
  func windows() throws {
    let architecture = Architecture(vocabularySize: 11, contextLength: 6, dModel: 8, heads: 2, layers: 1, dFF: 16)
    var random = RandomStream(seed: 3, name: "test")
    let model = Transformer(architecture: architecture, random: &random)
    let text = (0..<64).map { _ in Int32(random.integer(below: 11)) }
    for places in [1..<64, 1..<61, 7..<33, 5..<9] {
      let windows = stride(from: places.lowerBound, to: places.upperBound, by: 6).map { start in
        model.evaluate(Array(text[start - 1..<min(start + 6, places.upperBound)]))
      }
      let settings = TrainingSettings(
        optimizer: .sgd(momentum: 0),
        schedule: LearningRateSchedule(peak: 1, shape: .constant, warmupSteps: 0, steps: 1),
        batchSize: 2, gradientClip: nil)
      let trainer = Trainer(model: model, settings: settings, training: text, seed: 0)
      let result = trainer.evaluate(text, predicting: places)
      #expect(result.tokens == places.count)
      let losses = windows.map { $0.loss * Double($0.tokens) }
      #expect(abs(result.loss - losses.reduce(0, +) / Double(places.count)) < 1e-6)
      let expected = EvaluationResult.standardError(losses: losses, tokens: windows.map(\.tokens))
      #expect((result.standardError == nil) == (windows.count == 1))
      #expect(abs((result.standardError ?? 0) - (expected ?? 0)) < 1e-6)
    }
  }

  @Test("A word's spelling costs what the model of the bytes of unknown words says")
  func spelling() {
    #expect(reference.spellings.count == 3)
    for case let spelling in reference.spellings {
      var model = SpellingModel()
      for word in spelling.training { model.add(word.utf8) }
      for (word, nats) in zip(spelling.words, spelling.nats) {
        #expect(isClose(model.nats(of: word.utf8), nats), "\(word)")
      }
    }
    // Without any word each byte and the end are one of 257.
    #expect(isClose(SpellingModel().nats(of: "ab".utf8), 3 * log(257)))
  }

  @Test("The divergence of a held-out part is told apart where it is beyond that of blocks of the rest")
  func difference() throws {
    #expect(isClose(HeldOutDifference.bound, reference.bound))
    #expect(reference.differences.count == 3)
    for difference in reference.differences {
      let found = try #require(
        HeldOutDifference(
          training: Tokens(difference.training), heldOut: Tokens(difference.heldOut), vocabularySize: difference.size))
      let expected = difference.expected
      #expect(abs(found.heldOut - expected.held_out) < 1e-12)
      #expect(abs(found.usual - expected.usual) < 1e-12)
      #expect(abs(found.t - expected.t) < 1e-9)
      #expect(found.isSignificant == (expected.t > reference.bound))
    }
    #expect(reference.differences.map { $0.expected.t > reference.bound } == [false, true, false])
  }

  @Test("Texts that repeat themselves differ in nothing, and too short ones can't be compared")
  func noDifference() throws {
    let text = Tokens((0..<2000).map { Int32($0 % 7) })
    let rest = Tokens((0..<200).map { Int32($0 % 7) })
    let same = try #require(HeldOutDifference(training: text, heldOut: rest, vocabularySize: 7))
    #expect(!same.isSignificant)
    let other = try #require(
      HeldOutDifference(training: text, heldOut: Tokens([Int32](repeating: 3, count: 200)), vocabularySize: 7))
    #expect(other.isSignificant)
    #expect(HeldOutDifference(training: Tokens([1, 2]), heldOut: rest, vocabularySize: 7) == nil)
    #expect(HeldOutDifference(training: text, heldOut: Tokens([Int32]()), vocabularySize: 7) == nil)
  }

  @Test("The built-in stories' tail is like the rest", arguments: Tokenizer.Kind.allCases, [0.05, 0.1, 0.2, 0.5])
  func stories(kind: Tokenizer.Kind, fraction: Double) throws {
    let text = try TokenizedCorpus(corpus: .stories, holdingOut: .tail(fraction, beforeWord: false), kind: kind)
    let difference = try #require(
      HeldOutDifference(training: text.training, heldOut: text.validation, vocabularySize: text.tokenizer.size))
    #expect(!difference.isSignificant, "\(difference)")
  }

  @Test("A tail in another language is told apart", arguments: Tokenizer.Kind.allCases, [0.05, 0.1, 0.15])
  func otherLanguage(kind: Tokenizer.Kind, foreign: Double) throws {
    let letters = Dictionary(uniqueKeysWithValues: zip("etaoinshrdlu".utf8, "qzxjkvbpgyfw".utf8))
    var bytes = Corpus.stories.utf8
    let start = bytes.count - Int(foreign * Double(bytes.count))
    for place in start..<bytes.count { bytes[place] = letters[bytes[place]] ?? bytes[place] }
    let corpus = Corpus(name: "two.txt", text: String(decoding: bytes, as: UTF8.self))
    let text = try TokenizedCorpus(corpus: corpus, holdingOut: .tail(0.1, beforeWord: false), kind: kind)
    let difference = try #require(
      HeldOutDifference(training: text.training, heldOut: text.validation, vocabularySize: text.tokenizer.size))
    #expect(difference.isSignificant, "\(difference)")
    // Lines from everywhere are like the rest.
    let lines = try TokenizedCorpus(corpus: corpus, holdingOut: .lines(every: 10), kind: kind)
    let same = try #require(
      HeldOutDifference(training: lines.training, heldOut: lines.validation, vocabularySize: lines.tokenizer.size))
    #expect(!same.isSignificant, "\(same)")
  }
}
