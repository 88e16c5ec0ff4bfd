import SampleResults
import Store
import Testing

@testable import Answers

/// The sentences; their statistics have their own tests.
@Suite(.timeLimit(.minutes(10)))
struct AnswersTests {
  private func answers(_ runs: [Run], axes: [String] = ["d_model", "lr"]) -> Answers {
    Answers(results(runs, axes: axes))
  }

  private func runs(dModel: Int, lr: Double, optimizer: String = "adamw", _ losses: [Double?]) -> [Run] {
    losses.enumerated().map { run(dModel: dModel, lr: lr, seed: Int64($0), loss: $1, optimizer: optimizer) }
  }

  @Test("One run: its loss, and nothing that it doesn't show")
  func oneRun() {
    #expect(
      answers(runs(dModel: 8, lr: 1, [2])).sentences == [
        "The only configuration reached a final validation loss of 2.0000 (1) nats per token."
      ])
  }

  @Test("One seed: the order, without a claim, and how to get one")
  func oneSeed() {
    let words = answers(runs(dModel: 8, lr: 1, [2]) + runs(dModel: 16, lr: 1, [2.5])).sentences
    #expect(
      words == [
        "d_model 8 has the lowest final validation loss: 2.0000 (1) nats per token.",
        "d_model: 8 has the lowest loss; above it lie 16 by 0.50 nats per token.",
        "The same for all: lr 1; what the spec is silent about is as by default.",
        "One seed a configuration says nothing about how far seeds spread: give the spec \"seeds\": 3 or more.",
      ])
  }

  @Test("Two seeds, told apart: a paired t interval with one degree of freedom")
  func toldApart() {
    // Differences 0.50 and 0.51: mean 0.505, standard error 0.005, t(1) = 12.706.
    let words = answers(runs(dModel: 8, lr: 1, [2, 3]) + runs(dModel: 16, lr: 1, [2.5, 3.51])).sentences
    #expect(
      words[1]
        == "d_model: 8 is best; better than 16 by 0.505 [0.441, 0.569] nats per token."
    )
  }

  @Test("Not told apart: the interval, and how many seeds would tell a smaller difference")
  func notToldApart() {
    // Differences 0.5, −0.5, 0.5: mean 0.1667, sd 0.5774, t(2) = 4.303, so ± 1.434.
    let words = answers(runs(dModel: 8, lr: 1, [2, 2.5, 3]) + runs(dModel: 16, lr: 1, [2.5, 2, 3.5])).sentences
    let answer =
      "d_model: 8 has the lowest loss; not told apart from 16: 0.2 [−1.3, 1.6] nats per token; about 4 more seeds would tell a difference "
      + "of 1."
    #expect(words.contains { $0.hasPrefix(answer) })
    #expect(!words.joined().contains("noise"))
  }

  @Test("A tie: neither is best")
  func tie() {
    let words = answers(runs(dModel: 8, lr: 1, [2, 3]) + runs(dModel: 16, lr: 1, [2, 3])).sentences
    let answer = "d_model: 8 has the lowest loss; not told apart from 16: 0.0000 [0.0000, 0.0000]"
    #expect(words.contains { $0.hasPrefix(answer) })
  }

  @Test("All diverged, or nothing finished")
  func nothing() {
    #expect(
      answers(runs(dModel: 8, lr: 1, [nil, nil])).sentences == [
        "Every run diverged: try lower learning rates.", "2 of 2 runs diverged.",
      ])
    #expect(answers([]).sentences == ["Nothing has finished yet."])
    var unevaluated = run(dModel: 8, lr: 1, loss: 2)
    unevaluated.outcome.finalLoss = nil
    #expect(answers([unevaluated]).sentences[0] == "1 run finished, without a final validation loss to compare.")
  }

  @Test(
    "Variants: the best of each optimizer, whatever its learning rates; the nested rates have no answer of their own")
  func variants() throws {
    func three(_ lr: Double, _ optimizer: String, _ loss: Double) -> [Run] {
      runs(dModel: 8, lr: lr, optimizer: optimizer, [loss + lr, loss + lr + 0.1, loss + lr + 0.05])
    }
    let all = three(0.1, "sgd", 3) + three(1, "sgd", 3) + three(0.001, "adamw", 2) + three(0.01, "adamw", 2)
    let answers = answers(all, axes: ["optimizer", "lr"])
    let answer = try #require(answers.axes.first)
    #expect(answers.axes.count == 1 && answer.axis.keys == ["optimizer"])
    #expect(answer.sentence.hasPrefix("optimizer: adamw is best, at lr 0.001; better than sgd by 1.099"))
    #expect(answers.notes.contains { $0.hasPrefix("Best learning rate") && $0.contains("0.1 at optimizer sgd") })
  }

  @Test("Tokenizers: bits per byte, since a character costs fewer nats than a word whatever was learned")
  func tokenizers() {
    let words = [0, 1].map { run(dModel: 8, lr: 1, seed: $0, loss: 4, extra: ["tokenizer": "word"]) }
    let characters = [0, 1].map { run(dModel: 8, lr: 1, seed: $0, loss: 1.5) }
    let all = (characters + words).map { run in
      var run = run
      run.outcome.finalBitsPerByte = run.settings["tokenizer"] == "word" ? 1.25 : 2.5
      run.facts.unknownTokens = 0
      return run
    }
    let answers = Answers(results(all, axes: ["tokenizer"]))
    #expect(answers.results.measure.name == "bits-per-byte")
    #expect(
      answers.sentences[0] == "tokenizer word has the lowest final validation loss: 1.2500 ± 0.0000 (2) bits per byte.")
    #expect(
      answers.axes.map(\.sentence) == [
        "tokenizer: word is best; better than char by 1.2500 [1.2500, 1.2500] bits per byte."
      ])
  }

  @Test("Texts that differ: each by itself, and nothing is said across them")
  func texts() {
    let all = ["aa", "bb"].flatMap { hash in
      [8, 16].flatMap { width in
        [0, 1].map { seed -> Run in
          var run = run(
            dModel: width, lr: 1, seed: Int64(seed),
            loss: (hash == "aa" ? 1 : 3) + Double(width) / 100 + Double(seed) / 10,
            extra: ["corpus_sha256": .text(hash)])
          run.facts.corpus = hash + ".txt"
          return run
        }
      }
    }
    let results = results(all, axes: ["corpus_sha256", "d_model"])
    let answers = Answers(results)
    #expect(answers.leader == nil && answers.axes.isEmpty && answers.parts.count == 2)
    #expect(
      answers.sentences[0]
        == "The runs were held to 2 different texts, and a loss on one says nothing about a loss on another: each is reported by "
        + "itself.")
    #expect(
      answers.sentences.contains {
        $0.hasPrefix("corpus aa.txt: d_model 8 has the lowest final validation loss: 1.130")
      })
    #expect(
      answers.sentences.contains {
        $0.hasPrefix("corpus bb.txt: d_model 8 has the lowest final validation loss: 3.130")
      })
    #expect(results.places == [1, 2, 1, 2])
  }

  @Test("Which seeds diverged counts before the mean of those that did not, and it is said where")
  func diverged() {
    let answers = answers(sampleRuns)
    #expect(answers.leader?.best.label(["d_model", "lr"]) == "d_model 128, lr 0.001")
    #expect(
      answers.headline.last
        == "d_model 128, lr 0.1 has a lower mean, 1.5000 (1), over the seeds that finished, but of its 2 runs 1 diverged: it isn't ranked "
        + "before the others.")
    #expect(answers.notes.contains("1 of 12 runs diverged: 1 of 4 at lr 0.1."))
  }

  @Test(
    "An edge: the best learning rate is the lowest tried; not where a rate has no result yet, and never with one rate")
  func edge() {
    let rising = [0.1, 0.2, 0.4].flatMap { lr in runs(dModel: 8, lr: lr, [1 + lr, 1.01 + lr]) }
    #expect(
      answers(rising).notes.contains(
        "The best learning rate is the lowest tried, so a better one may lie beyond: add 0.025 and 0.05."))
    var queued = run(dModel: 8, lr: 0.8, loss: nil)
    queued.outcome.state = .queued
    #expect(!answers(rising + [queued]).sentences.joined().contains("beyond"))
    #expect(!answers(runs(dModel: 8, lr: 1, [1, 2])).sentences.joined().contains("beyond"))
  }

  @Test("A width at the end of those tried, told apart from the next, may not be the best there is")
  func widthEdge() {
    let all = [8, 16, 32].flatMap { width in
      runs(dModel: width, lr: 1, [4 - 0.05 * Double(width), 4.01 - 0.05 * Double(width)])
    }
    #expect(answers(all).notes.contains("d_model 32, the best, is the greatest tried: a better one may lie beyond."))
  }

  @Test("While runs are missing the lowest is the lowest so far")
  func soFar() {
    var unfinished = runs(dModel: 16, lr: 1, [nil, nil, nil])
    for (place, state) in [RunState.running, .queued, .failed].enumerated() { unfinished[place].outcome.state = state }
    let words = answers(runs(dModel: 8, lr: 1, [2]) + unfinished).sentences
    #expect(words[0] == "d_model 8 has the lowest final validation loss so far: 2.0000 (1) nats per token.")
    #expect(words.suffix(2) == ["Of 4 runs 1 failed.", "2 of 4 runs are missing."])
  }

  @Test("A configuration of which a policy stopped a seed is no leader")
  func stopped() {
    var other = runs(dModel: 16, lr: 1, [1, nil])
    other[1].outcome.state = .stopped
    let answers = answers(runs(dModel: 8, lr: 1, [2, 2.1]) + other)
    #expect(answers.leader?.best.label(of: "d_model") == "8")
    #expect(answers.headline.last?.contains("of its 2 runs 1 stopped early") == true)
  }

  @Test("Of many curves the first are named and the others counted; curves with one optimum share a part")
  func manyCurves() {
    let all = (1...20).flatMap { width in
      [0.1, 0.2, 0.4].map { run(dModel: width, lr: $0, loss: abs($0 - (width == 20 ? 0.1 : 0.2)) + 1) }
    }
    #expect(
      answers(all).notes.contains(
        "Best learning rate: 0.2 at d_model 1, 2, 3, 4, 5, 6, 7, 8 and 11 more; 0.1 at d_model 20."))
  }

  @Test("The rates that aren't told apart from the best stand in brackets")
  func range() {
    let all = zip([0.1, 0.2, 0.4, 0.8], [[2.3, 2.5], [2.0, 2.2], [2.1, 2.15], [3.0, 3.2]]).flatMap {
      runs(dModel: 8, lr: $0, $1)
    }
    #expect(
      answers(all).notes.contains {
        $0.hasPrefix("Best learning rate (in brackets: the rates not told apart from it): 0.2 [")
      })
  }
}
