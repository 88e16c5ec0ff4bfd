import Model
import Store
import Testing

@testable import Experiments

@Suite("Runs that begin as the same model are evaluated once before their first step", .timeLimit(.minutes(10)))
struct FirstEvaluationsTests {
  private let evaluations = FirstEvaluations()

  /// How many tokens the evaluation predicts, and whether it was made now.
  private func evaluate(_ values: [SpecKey: Scalar], seed: Int64 = 0) throws -> (tokens: Int, isNew: Bool) {
    let small: [SpecKey: Scalar] = [.dModel: 4, .heads: 2, .layers: 1, .contextLength: 8, .batchSize: 2]
    let configuration = Configuration(small.merging(values) { $1 })
    let corpus = Corpus(name: "text.txt", text: String(repeating: "The cat's on\n", count: 80))
    var library = TextLibrary()
    let run = PlannedRun(
      configuration, seed: seed, text: try library.tokens(of: corpus, validation: nil, configuration),
      measuring: Measuring())
    let trainer = Trainer(
      architecture: run.architecture, settings: run.settings, training: run.text.training,
      seed: UInt64(bitPattern: seed))
    var isNew = false
    let result = evaluations.result(of: run) {
      isNew = true
      return trainer.evaluate(run.text.validation, limit: configuration.integer(.evalTokens))
    }
    #expect(result == trainer.evaluate(run.text.validation, limit: configuration.integer(.evalTokens)))
    return (result.tokens, isNew)
  }

  @Test("Another learning rate or optimizer begins as the same model")
  func shared() throws {
    #expect(try evaluate([:]).isNew)
    for values in [[.lr: 0.5], [.optimizer: "sgd", .steps: 7]] as [[SpecKey: Scalar]] {
      #expect(try !evaluate(values).isNew)
    }
  }

  @Test("Another seed, architecture, text, batch or length of the evaluation doesn't")
  func apart() throws {
    #expect(try evaluate([:]).isNew)
    #expect(try evaluate([:], seed: 1).isNew)
    let others: [[SpecKey: Scalar]] = [
      [.heads: 1], [.dModel: 8], [.batchSize: 3], [.evalTokens: 16], [.tokenizer: "byte"], [.validationFraction: 0.2],
    ]
    for values in others { #expect(try evaluate(values).isNew, "\(values)") }
  }
}
