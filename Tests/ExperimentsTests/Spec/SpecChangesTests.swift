import Foundation
import Store
import Testing

@testable import Experiments

/// What a command line makes of specs.
@Suite(.timeLimit(.minutes(10)))
struct SpecChangesTests {
  /// The spec of that text in "spec.json" with the words of a command line, or what is wrong.
  private func read(
    _ text: String, _ words: [String], isRehearsal: Bool = false
  ) throws -> (spec: Spec?, issues: [String]) {
    try SpecFolder.with { folder in
      let reader = SpecReader(
        paths: [try folder.write(text)], changes: SpecChanges(words, isRehearsal: isRehearsal))
      return (reader.specs.first, folder.lines(reader.issues))
    }
  }

  private func spec(_ text: String, _ words: String..., isRehearsal: Bool = false) throws -> Spec {
    let (spec, issues) = try read(text, words, isRehearsal: isRehearsal)
    #expect(issues == [])
    return try #require(spec)
  }

  private func values(_ spec: Spec, _ key: SpecKey) -> [Scalar?] { spec.configurations.map { $0[key] } }

  @Test("A value is JSON, or a word without quotes")
  func values() throws {
    let spec = try spec(
      #"{"lr": 1, "steps": 9}"#, "lr=[0.001,0.01]", "optimizer=sgd", "momentum=9e-1", "seeds=[4,2]",
      #"prompts=["a=b"]"#, "description=7", "tokenizer=[char, byte]", #"d_model={"from":8,"to":16,"count":2}"#)
    #expect(Set(values(spec, .lr)) == [.number(0.001), .number(0.01)])
    #expect(Set(values(spec, .optimizer)) == [.text("sgd")])
    #expect(Set(values(spec, .momentum)) == [.number(0.9)])
    #expect(Set(values(spec, .tokenizer)) == [.text("char"), .text("byte")])
    #expect(Set(values(spec, .dModel)) == [.integer(8), .integer(16)])
    #expect(Set(values(spec, .steps)) == [.integer(9)])
    #expect(spec.seeds == [4, 2])
    #expect(spec.measuring.prompts == ["a=b"])
    #expect(spec.description == "7")
    // A new axis comes after the spec's own, in the order of the keys.
    #expect(spec.axes.map(\.key) == ["lr", "tokenizer", "d_model"])
  }

  @Test("The changed experiment has a name of its own, the same for the same values in any order")
  func name() throws {
    #expect(try spec("{}").name == "spec")
    #expect(try spec("{}", "steps=50", "lr=0.003").name == "spec+lr=0.003+steps=50")
    #expect(try spec(#"{"name": "a b"}"#, "lr=3e-3", "steps=50.0").name == "a b+lr=0.003+steps=50")
    #expect(try spec("{}", "lr=[0.1, 1]", "optimizer=sgd").name == "spec+optimizer=sgd+lr=0.1,1")
    let range = #"lr={"from": 1e-4, "to": 0.1, "count": 4, "scale": "log"}"#
    #expect(try spec("{}", range).name == "spec+lr=0.0001..0.1x4log")
    #expect(try spec("{}", "name=trial", "steps=5").name == "trial")
    #expect(
      try read("{}", ["description=\(String(repeating: "x", count: 300))"]).issues.first?.hasSuffix(
        "control characters. Add name=… to the command line.") == true)
  }

  @Test("An override wins over the spec's variants too")
  func variants() throws {
    let text = #"{"variants": [{"optimizer": "sgd", "lr": [0.1, 1]}, {"optimizer": "adamw", "lr": 0.01}], "steps": 7}"#
    let spec = try spec(text, "lr=0.5", "steps=3")
    #expect(values(spec, .lr) == [.number(0.5), .number(0.5)])
    #expect(values(spec, .optimizer) == [.text("sgd"), .text("adamw")])
    #expect(values(spec, .steps) == [.integer(3), .integer(3)])
    #expect(spec.axes.map(\.key) == ["optimizer"])
  }

  @Test("The stored text is a spec that says the same, and the author's own where nothing changes")
  func source() throws {
    let text = """
      {"description": "a \\"b\\" /\\n", "lr": {"from": 1e-4, "to": 1e-1, "count": 40}, "prompts": [],
       "variants": [{"heads": [1, 2]}, {"heads": 4, "layers": 3}], "seeds": [9, 7]}
      """
    #expect(try spec(text).source == text)
    for isRehearsal in [false, true] {
      let changed = try spec(text, "steps=120", "beta1=0.95", isRehearsal: isRehearsal)
      let again = try spec(changed.source)
      #expect(again.name == changed.name)
      #expect(again.description == changed.description)
      #expect(again.configurations == changed.configurations)
      #expect(again.axes == changed.axes)
      #expect(again.seeds == changed.seeds)
      #expect(again.measuring == changed.measuring)
    }
    #expect(
      try spec("{\"lr\": 1}", "steps=5", "name=n").source == "{\n  \"lr\": 1,\n  \"name\": \"n\",\n  \"steps\": 5\n}\n")
  }

  @Test("A rehearsal is a tenth of the steps, of what is evaluated, and the first seed")
  func rehearsal() throws {
    let defaults = try spec("{\"seeds\": 3}", isRehearsal: true)
    #expect(values(defaults, .steps) == [.integer(50)])
    #expect(values(defaults, .evalTokens) == [.integer(819)])
    #expect(defaults.seeds == [0])
    #expect(defaults.measuring.evalEvery == 5)
    #expect(defaults.measuring.sampleEvery == 25)
    #expect(defaults.name == "spec")

    let own = try spec(
      #"{"steps": [1000, 12, 15], "warmup_steps": 5, "seeds": [7, 8], "sample_every": 0, "lr": [0.1, 1], "eval_every": 3, "average_weights": 25}"#,
      isRehearsal: true)
    #expect(Set(values(own, .averageWeights)) == [.integer(2)])
    #expect(Set(values(own, .steps)) == [.integer(100), .integer(1)])
    #expect(Set(values(own, .warmupSteps)) == [.integer(0)])
    #expect(Set(values(own, .lr)) == [.number(0.1), .number(1)])
    #expect(own.seeds == [7])
    #expect((own.measuring.sampleEvery, own.measuring.evalEvery) == (0, 1))

    let ranges = try spec(#"{"steps": {"from": 10, "to": 15, "count": 3}}"#, isRehearsal: true)
    #expect(values(ranges, .steps) == [.integer(1)])
    #expect(try values(spec(#"{"steps": {"from": 100, "to": 300, "count": 3}}"#, isRehearsal: true), .steps).count == 3)
    let variants = try spec(#"{"variants": [{"steps": 200}, {"lr": 1}]}"#, "lr=2", isRehearsal: true)
    #expect(values(variants, .steps) == [.integer(20), .integer(50)])
  }

  @Test("A rehearsal refuses what the spec itself may not hold")
  func rehearsedMistakes() throws {
    #expect(
      try read("{\"steps\": 1000000000}", [], isRehearsal: true).issues
        == ["spec.json: steps: 1000000000 is out of range; write a whole number from 1 to 100000000."])
  }

  @Test(
    "A mistake names the command line",
    arguments: [
      ("lr=x", "the command line: lr: \"x\" is a string; write a number above 0 up to 1000000."),
      ("lr=-1", "the command line: lr: -1 is out of range; write a number above 0 up to 1000000."),
      ("lr=[0.1", "the command line: lr: \"[0.1\" isn't JSON; check quotes, commas and brackets."),
      ("stepz=3", "the command line: stepz: unknown key. Did you mean \"steps\"?"),
      (
        "optimizer=sdg",
        "the command line: optimizer: \"sdg\" isn't known; write one of \"adamw\", \"adam\", \"sgd\", \"muon\", \"lion\", \"signum\", \"ademamix\", \"schedule_free\". Did you mean \"sgd\"?"
      ),
      (
        "heads=3",
        "spec.json with the command line: heads: 3 doesn't divide d_model 32; write one of 1, 2, 4, 8, 16, 32, change d_model, or give head_size."
      ),
      (
        "d_model=30",
        "spec.json: heads: 4 doesn't divide d_model 30; write one of 1, 2, 3, 5, 6, 10, 15, 30, change d_model, or give head_size."
      ),
      (
        "momentum=0.9",
        "spec.json with the command line: momentum: has a meaning only with optimizer \"muon\", \"sgd\" or \"signum\", which this spec never has; leave it out."
      ),
    ])
  func mistakes(word: String, message: String) throws {
    #expect(try read("{\"d_model\": 32}", [word]).issues == [message])
  }

  @Test(
    "All mistakes of the command line and of the spec are told at once, and none that follows from a value that can't be known"
  )
  func together() throws {
    let (spec, issues) = try read(
      #"{"lr": -1, "momentum": 2, "optimizer": "sdg", "steps": 0, "heads": 3, "lr": 2, "split": 7, "document_mark": ["", 1]}"#,
      ["lr=[0.1", "steps=x", "validation_fraction=[0.1, 3, 4]", "eval_bytes=0", "eval_tokens=5", "nonsense=1"])
    #expect(spec == nil)
    #expect(
      issues.sorted() == [
        "spec.json: document_mark: 1 is a number; write a text.",
        "spec.json: document_mark: is empty; write the text that ends a document, or leave the key out for blank lines.",
        "spec.json: heads: 3 doesn't divide d_model 64; write one of 1, 2, 4, 8, 16, 32, 64, change d_model, or give head_size.",
        "spec.json: lr: the key stands there twice; leave one out.",
        "spec.json: momentum: 2 is out of range; write a number from 0 to below 1.",
        "spec.json: optimizer: \"sdg\" isn't known; write one of \"adamw\", \"adam\", \"sgd\", \"muon\", \"lion\", \"signum\", \"ademamix\", \"schedule_free\". Did you mean \"sgd\"?",
        "spec.json: split: 7 is a number; write one of \"tail\", \"lines\", \"documents\".",
        "the command line: eval_bytes: 0 is out of range; write a whole number from 1 to 1000000000.",
        "the command line: lr: \"[0.1\" isn't JSON; check quotes, commas and brackets.",
        "the command line: nonsense: unknown key; docs/spec.md lists all.",
        "the command line: steps: \"x\" is a string; write a whole number from 1 to 100000000.",
        "the command line: validation_fraction: 3 is out of range; write a number above 0 up to 0.5.",
        "the command line: validation_fraction: 4 is out of range; write a number above 0 up to 0.5.",
      ])
    #expect(
      try read(
        #"{"validation": 7, "split": "lines", "vocab_size": 0, "variants": [{"tokenizer": "char"}, {"validation_fraction": 9}]}"#,
        ["heads=7", "prompts=[]x"]
      ).issues.sorted() == [
        "spec.json with the command line: heads: 7 doesn't divide d_model 64; write one of 1, 2, 4, 8, 16, 32, 64, change d_model, or give head_size.",
        "spec.json: validation: 7 is a number; write a text.",
        "spec.json: variants[1].validation_fraction: 9 is out of range; write a number above 0 up to 0.5.",
        "spec.json: vocab_size: 0 is out of range; write a whole number from 2 to 1000000.",
        "spec.json: vocab_size: has a meaning only with tokenizer \"word\", which this spec never has; leave it out.",
        "the command line: prompts: \"[]x\" isn't JSON; check quotes, commas and brackets.",
      ])
  }

  @Test("A key that stands on the command line twice is a mistake, and so is told once for several specs")
  func once() throws {
    try SpecFolder.with { folder in
      let paths = try ["a.json", "b.json"].map { try folder.write("{}", to: $0) }
      let twice = SpecReader(paths: paths, changes: SpecChanges(["lr=1", "lr=2", "steps=x"]))
      #expect(
        folder.lines(twice.issues) == [
          "the command line: lr: the key stands there twice; several values are a list, such as 'lr=[1, 2]'.",
          "the command line: steps: \"x\" is a string; write a whole number from 1 to 100000000.",
        ])
      let named = SpecReader(paths: paths, changes: SpecChanges(["name=n"]))
      #expect(folder.lines(named.issues).first?.hasPrefix("b.json: name: \"n\" is also the name of ") == true)
    }
  }

  @Test("A word with = is an override unless a file has that name or it can't be a key")
  func paths() throws {
    try SpecFolder.with { folder in
      #expect(SpecChanges.isOverride("lr=0.1"))
      #expect(SpecChanges.isOverride("none=dir/x.json"))
      #expect(!SpecChanges.isOverride("spec.json"))
      #expect(!SpecChanges.isOverride("./a=b.json"))
      #expect(!SpecChanges.isOverride("dir/a=b.json"))
      #expect(!SpecChanges.isOverride("=3"))
      let file = try folder.write("{}", to: "lr=1.json")
      #expect(!SpecChanges.isOverride(file))
    }
  }

  @Test("A text on the command line is found from the working folder, not from the spec's")
  func corpus() throws {
    let spec = try spec("{}", "corpus=texts/a.txt")
    let here = FileManager.default.currentDirectoryPath
    #expect(values(spec, .corpus) == [.text("\(here)/texts/a.txt")])
    #expect(spec.name == "spec+corpus=texts/a.txt")
    #expect(try values(self.spec("{\"corpus\": \"x\"}", "corpus=stories"), .corpus) == [.text("stories")])
  }
}
