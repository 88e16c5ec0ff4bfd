import Foundation
import Store
import Testing

@testable import Experiments

/// What a spec without a mistake is taken for.
@Suite(.timeLimit(.minutes(10)))
struct SpecTests {
  @Test("An empty spec is one run of the defaults, named after its file")
  func empty() throws {
    let spec = try spec("{}", name: "what if.v2.json")
    #expect(spec.name == "what if.v2")
    #expect(spec.description == "")
    #expect(spec.seeds == [0])
    #expect(spec.checkpointSeconds == 30)
    #expect(spec.configurations == [Configuration([:])])
    #expect(spec.collapsed == 0)
    #expect(spec.writtenKeys == [])
    #expect(spec.axes == [])
    #expect(spec.source == "{}")
  }

  @Test("The experiment's own keys are taken as they are written")
  func experiment() throws {
    let text = #"{"name": " Why? é/ ", "description": "Two\nlines.", "checkpoint_seconds": 0.5}"#
    let spec = try spec(text)
    #expect(spec.name == " Why? é/ ")
    #expect(spec.description == "Two\nlines.")
    #expect(spec.checkpointSeconds == 0.5)
    #expect(spec.source == text)
    #expect(spec.writtenKeys == [.name, .description, .checkpointSeconds])
  }

  @Test("A byte order mark before the JSON is let pass")
  func byteOrderMark() throws {
    let spec = try spec("\u{FEFF}{\"steps\": 7}")
    #expect(spec.configurations.map { $0.integer(.steps) } == [7])
    #expect(spec.source == "{\"steps\": 7}")
  }

  @Test(
    "Seeds are a count from 0 up or the very seeds in their order",
    arguments: [
      ("1", [0]), ("3", [0, 1, 2]), ("3.0", [0, 1, 2]), ("[7]", [7]), ("[3, 1, 2]", [3, 1, 2]),
      ("[0, 9223372036854775807]", [0, .max]),
    ] as [(String, [Int64])])
  func seeds(json: String, expected: [Int64]) throws {
    #expect(try spec("{\"seeds\": \(json)}").seeds == expected)
  }

  @Test("What is looked at is the experiment's; an empty list of prompts asks for no sample")
  func measuring() throws {
    #expect(try spec("{}").measuring == Measuring())
    #expect(try spec(#"{"prompts": []}"#).measuring.prompts == [])
    #expect(try spec(#"{"prompts": ["a", "a"]}"#).measuring.prompts == ["a", "a"])
    let measuring = try spec(
      #"{"prompts": ["Once", " a\n"], "eval_every": 3, "sample_every": 4, "sample_tokens": 5, "temperature": 6}"#
    ).measuring
    #expect(
      measuring
        == Measuring(evalEvery: 3, sampleEvery: 4, prompts: ["Once", " a\n"], sampleTokens: 5, temperature: 6))
  }

  @Test("The grid's axes go in the order of the keys, whatever the spec's order is, the last one fastest")
  func order() throws {
    let spec = try spec(#"{"lr": [0.2, 0.1], "d_model": [16, 8], "tokenizer": ["word", "byte"]}"#)
    let points = spec.configurations.map { "\($0.text(.tokenizer)) \($0.integer(.dModel)) \($0.number(.lr))" }
    #expect(
      points == [
        "word 16 0.2", "word 16 0.1", "word 8 0.2", "word 8 0.1", "byte 16 0.2", "byte 16 0.1", "byte 8 0.2",
        "byte 8 0.1",
      ])
    #expect(spec.axes.map(\.key) == ["lr", "d_model", "tokenizer"])
    #expect(spec.axes.map(\.values) == [[0.2, 0.1], [16, 8], ["word", "byte"]])
  }

  @Test("The feed-forward width is four times the model's unless it is written")
  func feedForward() throws {
    let following = try spec(#"{"d_model": [8, 16]}"#)
    #expect(following.configurations.map { $0.integer(.dFF) } == [32, 64])
    #expect(following.axes.map(\.key) == ["d_model"])
    let written = try spec(#"{"d_model": [8, 16], "d_ff": 24}"#)
    #expect(written.configurations.map { $0.integer(.dFF) } == [24, 24])
    #expect(written.axes.map(\.key) == ["d_model"])
    let both = try spec(#"{"d_model": [8, 16], "d_ff": [24, 48]}"#)
    #expect(both.configurations.map { $0.integer(.dFF) } == [24, 48, 24, 48])
    #expect(both.axes.map(\.key) == ["d_model", "d_ff"])
  }

  @Test("A variant is laid over the base; its axes stand in place of the base's")
  func variants() throws {
    let spec = try spec(
      #"""
      {
        "lr": [0.1, 0.2], "layers": 3, "batch_size": 4,
        "variants": [{}, {"lr": [1, 2, 3], "optimizer": "sgd"}, {"lr": 5, "layers": [1, 2]}]
      }
      """#)
    let points = spec.configurations.map { "\($0.text(.optimizer)) \($0.integer(.layers)) \($0.number(.lr))" }
    #expect(
      points == [
        "adamw 3 0.1", "adamw 3 0.2", "sgd 3 1.0", "sgd 3 2.0", "sgd 3 3.0", "adamw 1 5.0", "adamw 2 5.0",
      ])
    #expect(spec.configurations.allSatisfy { $0.integer(.batchSize) == 4 })
    #expect(spec.axes.map(\.key) == ["lr", "layers", "optimizer"])
    #expect(spec.writtenKeys == [.lr, .layers, .batchSize, .variants, .optimizer])
  }

  @Test("A key that a variant alone has is an axis, as the others lack it")
  func variantsOwnKey() throws {
    let spec = try spec(
      #"{"variants": [{"optimizer": "sgd", "momentum": 0.9}, {"optimizer": "adamw", "weight_decay": 0.1}]}"#)
    #expect(spec.axes.map(\.key) == ["optimizer", "momentum", "weight_decay"])
    #expect(spec.configurations.map { $0[.momentum] } == [0.9, nil])
    #expect(spec.configurations.map { $0[.weightDecay] } == [nil, 0.1])
  }

  @Test(
    "Points that are equal once keys without a meaning are dropped collapse into the first",
    arguments: [
      (#"{"optimizer": ["sgd", "adamw"], "momentum": [0, 0.9]}"#, 3, 1),
      (#"{"optimizer": ["adam", "adamw"], "weight_decay": [0, 0.1, 1]}"#, 4, 2),
      (#"{"schedule": ["constant", "cosine", "linear"], "final_lr_fraction": [0, 0.1]}"#, 5, 1),
      (#"{"tokenizer": ["char", "word"], "vocab_size": [100, 200]}"#, 3, 1),
      (#"{"optimizer": ["sgd", "adam"], "beta1": [0.8, 0.9], "beta2": [0.9, 0.99], "epsilon": [1e-8, 1e-6]}"#, 9, 7),
      (#"{"variants": [{"lr": 0.1}, {"lr": [0.1, 0.2]}, {}, {"lr": 0.001}]}"#, 3, 2),
      (#"{"d_model": 8, "variants": [{"d_ff": 32}, {}]}"#, 1, 1),
      (#"{"lr": {"from": 1, "to": 1.0000000000000002, "count": 9}}"#, 2, 7),
    ])
  func collapse(text: String, configurations: Int, collapsed: Int) throws {
    let spec = try spec(text)
    #expect(spec.configurations.count == configurations)
    #expect(Set(spec.configurations).count == configurations)
    #expect(spec.collapsed == collapsed)
  }

  @Test("A file that is given twice, be it by another path, is read once")
  func sameFile() throws {
    try SpecFolder.with { folder in
      let path = try folder.write("{}", to: "a.json")
      let link = folder.path("link.json")
      try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
      let reader = SpecReader(paths: [path, folder.url.path + "/./a.json", link, path])
      #expect(reader.issues == [])
      #expect(reader.specs.map(\.path) == [path])
    }
  }

  @Test("The number of runs is the sum of the variants' products, and nil beyond every whole number")
  func size() throws {
    let three = try KeyValues(.lr, .array([.integer(1), .integer(2), .integer(3)]))
    let two = try KeyValues(.layers, .array([.integer(1), .integer(2)]))
    #expect(Grid.size([[]], seeds: 5) == 5)
    #expect(Grid.size([[three, two], [two], []], seeds: 2) == 18)
    #expect(Grid.size([[]], seeds: .max) == .max)
    #expect(Grid.size([[two]], seeds: .max / 2 + 1) == nil)
    #expect(Grid.size([[], []], seeds: .max) == nil)
  }
}
