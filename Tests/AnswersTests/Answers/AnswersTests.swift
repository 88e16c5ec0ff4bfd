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
        "d_model: 8 has the lowest loss; above it lies 16 by 0.50 nats per token.",
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
    let two = runs(dModel: 8, lr: 1, [2, 3]) + runs(dModel: 16, lr: 1, [2, 3])
    #expect(
      answers(two).sentences == [
        "All 2 configurations have the same final validation loss: 2.50 ± 0.71 (2) nats per token.",
        "d_model: 8 and 16 have the same loss.",
        "The same for all: lr 1; what the spec is silent about is as by default.",
      ])
    let three = answers(two + runs(dModel: 32, lr: 1, [4, 5.01])).sentences
    #expect(
      three[0] == "d_model 8 and 1 other have the same lowest final validation loss: 2.50 ± 0.71 (2) nats per token.")
    #expect(three.contains { $0.hasPrefix("d_model: 8 and 16 have the same lowest loss; better than 32 by 2.005 [") })
    #expect(results(two + runs(dModel: 32, lr: 1, [4, 5])).places == [1, 1, 3])
  }

  @Test("A key that has no meaning for some configurations is answered for the others alone")
  func meaningless() throws {
    func three(_ loss: Double, _ optimizer: String, _ extra: [String: Scalar]) -> [Run] {
      (0..<3).map { seed in
        run(
          dModel: 8, lr: 1, seed: seed, loss: loss + 0.1 * Double(seed) + (seed == 1 ? 0.001 * loss : 0),
          optimizer: optimizer, extra: extra)
      }
    }
    let all =
      three(2, "adamw", [:]) + three(3, "sgd", ["momentum": 0]) + three(4, "sgd", ["momentum": 0.9])
      + three(3.5, "lion", ["momentum": 0]) + three(4.5, "lion", ["momentum": 0.9])
    let axes = Answers(results(all, axes: ["optimizer", "momentum"])).axes
    #expect(axes.map(\.axis.keys) == [["optimizer"], ["momentum"]])
    let momentum = try #require(axes.last)
    #expect(momentum.entries.map(\.label) == ["0", "0.9"])
    #expect(momentum.sentence.hasPrefix("momentum: 0 is best, at optimizer sgd; better than 0.9 by 1.00"))
  }

  @Test("What to run next beside variants is variants, with a learning rate for each beyond its edge")
  func nextVariants() throws {
    func two(_ lr: Double, _ optimizer: String, _ loss: Double, _ extra: [String: Scalar] = [:]) -> [Run] {
      [0, 1].map { run(dModel: 8, lr: lr, seed: $0, loss: loss + Double($0) / 100, optimizer: optimizer, extra: extra) }
    }
    let sgd: [String: Scalar] = ["momentum": 0.9]
    let all = two(0.1, "sgd", 3, sgd) + two(0.3, "sgd", 2.5, sgd) + two(0.001, "adamw", 2) + two(0.003, "adamw", 2.2)
    let experiment = Experiment(
      name: "variants", description: "",
      spec: #"{"variants": [{"optimizer": "sgd", "momentum": 0.9, "lr": [0.1, 0.3]}, {"lr": [0.001, 0.003]}]}"#,
      specPath: "",
      axes: ["optimizer", "lr"].map { key in Axis(key: key, values: Set(all.compactMap { $0.settings[key] }).sorted())
      },
      measuring: nil, floorBitsPerByte: nil)
    let answers = Answers(ExperimentResults(experiment, grid: grid(all, ["optimizer", "lr"])))
    #expect(
      answers.next?.fragment
        == #"{"variants": [{"optimizer": "adamw", "lr": [0.000111, 0.000333, 0.001, 0.003]}, "#
        + #"{"optimizer": "sgd", "momentum": 0.9, "lr": [0.1, 0.3, 0.9, 2.7]}]}"#)
  }

  @Test("A vocabulary that holds every word of the text is no edge: a larger one is the same")
  func fullVocabulary() {
    func one(_ size: Int, seed: Int64, _ loss: Double, words: Int) -> Run {
      var run = run(
        dModel: 8, lr: 1, seed: seed, loss: loss, extra: ["tokenizer": "word", "vocab_size": .integer(size)])
      run.facts.vocabSize = min(size, words)
      run.facts.unknownTokens = 0
      return run
    }
    func all(words: Int) -> [Run] {
      [100, 500, 3000].flatMap { (size: Int) -> [Run] in
        let loss = 4 - Double(size) / 1000
        return [0, 1].map { one(size, seed: $0, loss + Double($0) / 100, words: words) }
      }
    }
    func isEdge(words: Int) -> Bool {
      Answers(results(all(words: words), axes: ["vocab_size"])).sentences.contains { $0.contains("greatest tried") }
    }
    #expect(isEdge(words: 5000))
    #expect(!isEdge(words: 1300))
  }

  @Test("The held-out text's error is said of what there is: one loss, several, several texts")
  func textErrors() {
    func measured(_ run: Run, _ error: Double) -> Run {
      var run = run
      run.outcome.finalStandardError = error
      return run
    }
    let one = "The held-out text is a sample too: its windows leave a standard error of about 0.020 nats per token in "
    #expect(answers([measured(run(dModel: 8, lr: 1, loss: 2), 0.02)]).notes.last == one + "the loss.")
    let two = [8, 16].map { measured(run(dModel: $0, lr: 1, loss: Double($0)), 0.02) }
    #expect(answers(two).notes.last == one + "each loss, mostly the same for all configurations.")
    let texts = zip(["aa", "bb"], [0.02, 0.03]).map { (hash: String, error: Double) -> Run in
      var run = measured(run(dModel: 8, lr: 1, loss: 2, extra: ["corpus_sha256": .text(hash)]), error)
      run.facts.corpus = hash
      return run
    }
    #expect(
      Answers(results(texts, axes: ["corpus_sha256"])).notes.last
        == "The held-out text is a sample too: its windows leave a standard error of about 0.020 (corpus aa) and 0.030 (corpus bb) nats per "
        + "token in each loss.")
  }

  @Test("A unit or an evaluated text that leaves a doubt is told")
  func doubts() {
    let kinds: [(String, Int, Double)] = [("char", 1000, 1.5), ("word", 4000, 4)]
    let all = kinds.map { (tokenizer, bytes, loss) -> Run in
      var run = run(dModel: 8, lr: 1, loss: loss, extra: ["tokenizer": .text(tokenizer)])
      (run.facts.evaluatedBytes, run.facts.unknownTokens) = (bytes, 0)
      return run
    }
    let results = results(all, axes: ["tokenizer"])
    #expect(
      Answers(results).notes.contains { $0.contains("different lengths of the held-out text, 1000 to 4000 bytes") })
    let inNats = ExperimentResults(results.experiment, grid: grid(all, ["tokenizer"]), measure: .final)
    #expect(
      Answers(inNats).notes.contains(
        "The runs predict different tokens, so nats per token don't say which is better; bits per byte do."))
    let same = all.map { run -> Run in
      var run = run
      run.facts.evaluatedBytes = 1000
      return run
    }
    #expect(!answers(same, axes: ["tokenizer"]).notes.contains { $0.contains("lengths") })
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

  @Test(
    "A comparison that mixes vectors or processors says so, with the number of runs of each; one that doesn't says nothing"
  )
  func machines() {
    func trained(_ runs: [Run], _ machines: [(cpu: String, blas: String)]) -> [Run] {
      runs.enumerated().map { place, run in
        var run = run
        let machine = machines[place % machines.count]
        run.provenance = Provenance(host: "h", cpu: machine.cpu, version: "v", blas: machine.blas)
        return run
      }
    }
    let runs = (0..<3).map { run(dModel: 8, lr: 1, seed: Int64($0), loss: 2) }
    func words(_ machines: [(cpu: String, blas: String)]) -> [String] {
      Answers(results(trained(runs, machines))).notes.filter { $0.contains("different") }
    }
    #expect(words([("A", "own tile, 256 bits")]) == [])
    #expect(
      words([("A", "own tile, 256 bits"), ("B", "own tile, 256 bits")])
        == ["The runs were trained on different processors (A: 2 runs; B: 1 run): their times don't compare."])
    let mixed = words([("A", "own tile, 256 bits"), ("A", "own tile, AVX-512")])
    #expect(mixed.count == 1)
    #expect(
      mixed.first?.hasPrefix(
        "The runs' products were computed in different ways (own tile, 256 bits: 2 runs; own tile, AVX-512: 1 run), which round"
      ) ?? false, "\(mixed)")
  }
}
