import Foundation
import Model
import Testing

@testable import Experiments

@Suite(.timeLimit(.minutes(10)))
struct PlanTests {
  /// Long enough for a context of 8.
  private static let text = String(repeating: "The cat's on\n", count: 80)

  @Test("An empty spec's run on the built-in corpus has this very identity")
  func identity() throws {
    try SpecFolder.with { folder in
      let plan = try Plan(specs: [try folder.write("{}")])
      #expect(
        plan.distinctRuns.map(\.identity) == [
          #"{"batch_size":16,"beta1":0.9,"beta2":0.999,"context_length":64,"#
            + #""corpus_sha256":"7506f7bfee1609f8150b15cbba7d7b22d15e1011f7ab87066139c1b34ea74c78","d_ff":256,"#
            + #""d_model":64,"epsilon":1e-08,"eval_tokens":8192,"final_lr_fraction":0.1,"#
            + #""grad_clip":1,"heads":4,"layers":2,"lr":0.001,"optimizer":"adamw","#
            + #""schedule":"cosine","steps":500,"#
            + #""tokenizer":"char","validation_fraction":0.1,"warmup_steps":0,"weight_decay":0.01}"#
        ])
      #expect(plan.distinctRuns.map(\.seed) == [0])
    }
  }

  @Test("Each configuration is run with each seed, in the order of the spec")
  func seeds() throws {
    try SpecFolder.with { folder in
      let plan = try Plan(specs: [try folder.write(#"{"lr": [0.2, 0.1], "seeds": [7, 3]}"#)])
      #expect(plan.distinctRuns.map { $0.configuration.number(.lr) } == [0.2, 0.2, 0.1, 0.1])
      #expect(plan.distinctRuns.map(\.seed) == [7, 3, 7, 3])
    }
  }

  @Test("A run that two specs ask for belongs to both and is trained once")
  func sharedRuns() throws {
    try SpecFolder.with { folder in
      let plan = try Plan(specs: [
        try folder.write(#"{"lr": [0.1, 0.2], "seeds": 2}"#, to: "a.json"),
        try folder.write(#"{"lr": [0.2, 0.3], "seeds": [1, 2], "checkpoint_seconds": 5}"#, to: "b.json"),
      ])
      #expect(plan.experiments.map(\.spec.name) == ["a", "b"])
      #expect(plan.experiments.map(\.runs.count) == [4, 4])
      #expect(
        plan.distinctRuns.map { "\($0.configuration.number(.lr)) \($0.seed)" }
          == ["0.1 0", "0.1 1", "0.2 0", "0.2 1", "0.2 2", "0.3 1", "0.3 2"])
      #expect(Set(plan.distinctRuns.map(\.key)).count == 7)
    }
  }

  @Test("How often a run is stored is no part of its identity")
  func checkpoints() throws {
    try SpecFolder.with { folder in
      let plan = try Plan(specs: [
        try folder.write(#"{"checkpoint_seconds": 1}"#, to: "a.json"),
        try folder.write(#"{"checkpoint_seconds": 2}"#, to: "b.json"),
      ])
      #expect(plan.distinctRuns.count == 1)
      #expect(plan.experiments.map(\.spec.checkpointSeconds) == [1, 2])
    }
  }

  @Test("A corpus counts by its content: a renamed one is the same, a changed one another")
  func corpusContent() throws {
    try SpecFolder.with { folder in
      try folder.write(Self.text, to: "one.txt")
      try folder.write(Self.text, to: "renamed.txt")
      try folder.write(Self.text + "!", to: "changed.txt")
      func plan(_ name: String) throws -> String {
        try folder.write("{\"corpus\": \"\(name)\", \"context_length\": 8}", to: name + ".json")
      }
      let plan = try Plan(specs: [plan("one.txt"), plan("renamed.txt"), plan("changed.txt")])
      let identities = plan.experiments.map { $0.runs[0].identity }
      #expect(identities[0] == identities[1])
      #expect(identities[0] != identities[2])
      #expect(plan.distinctRuns.count == 2)
      #expect(identities[0].contains(SHA256.hexDigest(of: Array(Self.text.utf8))))
    }
  }

  @Test("A corpus's path starts beside its spec, wherever the program was started")
  func corpusPath() throws {
    try SpecFolder.with { folder in
      try FileManager.default.createDirectory(atPath: folder.path("deep"), withIntermediateDirectories: false)
      try folder.write(Self.text, to: "deep/near.txt")
      try folder.write(Self.text + "?", to: "far.txt")
      let relative = try folder.write(
        #"{"corpus": ["near.txt", "../far.txt"], "context_length": 8}"#, to: "deep/a.json")
      let absolute = try folder.write(
        "{\"corpus\": \"\(folder.path("far.txt"))\", \"context_length\": 8}", to: "b.json")
      let plan = try Plan(specs: [relative, absolute])
      #expect(plan.experiments[0].runs.map(\.text.corpus.name) == ["near.txt", "far.txt"])
      #expect(plan.experiments[1].runs.map(\.identity) == [plan.experiments[0].runs[1].identity])
    }
  }

  @Test(
    "An experiment is recorded with its spec as it was written, and with its floor where all its runs have the same")
  func record() throws {
    try SpecFolder.with { folder in
      try folder.write(Self.text, to: "text.txt")
      let source = "{ \"description\": \"Why?\", \"lr\": [0.1, 0.2] }\n"
      let path = try folder.write(source, to: "a.json")
      let plan = try Plan(specs: [
        path,
        try folder.write(#"{"context_length": [64, 48]}"#, to: "b.json"),
        try folder.write(#"{"corpus": "text.txt", "context_length": 8}"#, to: "c.json"),
      ])
      let records = plan.experiments.map(\.record)
      #expect(records.map(\.name) == ["a", "b", "c"])
      #expect(records[0].description == "Why?")
      #expect(records[0].spec == source)
      #expect(records[0].specPath == path)
      let run = plan.experiments[0].runs[0]
      #expect(records[0].floorBitsPerByte == run.evaluated.floorLoss.map(run.evaluated.bitsPerByte))
      #expect(records[0].floorBitsPerByte.map { (0.2...0.5).contains($0) } == true)
      // Each context's whole windows end elsewhere in the text, whose floor differs by a hair.
      #expect(Set(plan.experiments[1].runs.map(\.evaluatedTokens)).count == 2)
      #expect(records[1].floorBitsPerByte == nil)
      #expect(records[2].floorBitsPerByte == nil)
    }
  }

  @Test(
    "Without a prompt of the spec's own, the first words of the held-out text are the prompt",
    arguments: [
      ("aaaa\nThe cat sat on the mat and slept until noon\n", "The cat sat on the mat"),
      ("aaaa\n\n  Hi\nthere, all of you who read this text here\n", "Hi"),
      ("aaaa\nAWordThatIsLongerThanTwentyFourLetters then more\n", "AWordThatIsLongerThanTwentyFourLetters"),
      ("aaaa\n\n\n\n\n", "\n"), ("aaaa\na\0b c\n", "a"),
      ("aaaa\n" + String(repeating: "中文字", count: 90) + "\n", String(repeating: "中文字", count: 8)),
    ])
  func opening(text: String, expected: String) throws {
    let corpus = Corpus(name: "text", text: text)
    let tokenizer = Tokenizer(kind: .char, fittedTo: corpus.utf8)
    let fraction = (Double(text.utf8.count) - 4) / Double(text.utf8.count)
    let tokenized = try TokenizedCorpus(corpus: corpus, tokenizer: tokenizer, validationFraction: fraction)
    #expect(tokenized.opening == expected)
  }
}
