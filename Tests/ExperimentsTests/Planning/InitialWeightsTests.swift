import Foundation
import Model
import Store
import Testing

@testable import Experiments

@Suite("Training that goes on from weights", .timeLimit(.minutes(10)))
struct InitialWeightsTests {
  private static let text = String(repeating: "The cat's on a mat.\n", count: 60)
  private let folder: SpecFolder

  init() throws {
    folder = try SpecFolder()
    try folder.write(Self.text, to: "text.txt")
    try weights(kind: .char).write(to: folder.url.appending(path: "w.safetensors"))
  }

  private func weights(
    kind: Tokenizer.Kind, seed: UInt64 = 7, _ change: (inout Architecture) -> Void = { _ in }
  ) -> WeightFile {
    let tokenizer = Tokenizer(kind: kind, fittedTo: Array(Self.text.utf8))
    var random = RandomStream(seed: seed, name: "initialization")
    var architecture = Architecture(
      vocabularySize: tokenizer.size, contextLength: 8, dModel: 8, heads: 2, layers: 1, dFF: 32)
    change(&architecture)
    return WeightFile(model: Transformer(architecture: architecture, random: &random), tokenizer: tokenizer)
  }

  /// A spec with these members, of the small model unless they say otherwise.
  private func spec(_ members: String) throws -> String {
    let usual = [
      "d_model": "8", "heads": "2", "layers": "1", "context_length": "8", "batch_size": "2", "eval_tokens": "64",
      "corpus": "\"text.txt\"", "steps": "6",
    ]
    let rest = usual.filter { !members.contains("\"\($0.key)\"") }.sorted { $0.key < $1.key }
    return try folder.write("{" + rest.map { "\"\($0)\": \($1), " }.joined() + members + "}")
  }

  private func runs(_ members: String) throws -> [PlannedRun] { try Plan(specs: [spec(members)]).distinctRuns }

  @Test("A run begins as the model of the weights, whatever its seed, and with their vocabulary")
  func begins() throws {
    // Fitted to this text a tokenizer would have fewer tokens.
    try folder.write(String(repeating: "a mat on a cat\n", count: 60), to: "other.txt")
    let planned = try runs(#""initial_weights": "w.safetensors", "corpus": "other.txt", "seeds": [0, 5]"#)
    #expect(
      planned.map(\.architecture.vocabularySize) == [
        weights(kind: .char).tokenizer.size, weights(kind: .char).tokenizer.size,
      ])
    #expect(Set(planned.map(\.identity)).count == 1)
    let held = planned[0].text.validation
    let places = planned[0].evaluatedTokens
    let tokens = Array(held.dropFirst(places.lowerBound - 1).prefix(places.count + 1))
    let expected = weights(kind: .char).model.evaluate(tokens).loss
    for run in planned { #expect(abs(CPUTraining(run).evaluate().loss - expected) < 1e-6) }
    let losses = planned.map { CPUTraining($0).step().loss }
    #expect(losses[0] != losses[1], "each seed draws its own batches")
  }

  @Test("The weights' content is a part of what a run is, and not their name")
  func identity() throws {
    let planned = try runs(#""initial_weights": "w.safetensors""#)
    #expect(planned[0].identity.contains("\"initial_weights_sha256\":\"\(weights(kind: .char).sha256)\""))
    #expect(!planned[0].identity.contains("safetensors"))
    try FileManager.default.copyItem(atPath: folder.path("w.safetensors"), toPath: folder.path("same.safetensors"))
    #expect(try runs(#""initial_weights": "same.safetensors""#)[0].key == planned[0].key)
    try weights(kind: .char, seed: 8).write(to: folder.url.appending(path: "w.safetensors"))
    #expect(try runs(#""initial_weights": "w.safetensors""#)[0].key != planned[0].key)
    #expect(try !runs(#""lr": 0.01"#)[0].identity.contains("initial_weights"))
  }

  @Test("A folder of transformers is the same weights as the file that it was made of, and says what it lacks")
  func folders() throws {
    let file = weights(kind: .char) {
      ($0.norm, $0.biases) = (.layer, true)
    }
    try file.write(to: folder.url.appending(path: "g.safetensors"))
    try ModelFolder(file).write(to: folder.url.appending(path: "gpt2"), readme: "")
    let members = #""norm": "layernorm", "biases": true, "initial_weights": "#
    #expect(try runs(members + "\"gpt2\"")[0].key == runs(members + "\"g.safetensors\"")[0].key)
    #expect(
      try issues(#""initial_weights": "gpt2""#) == [
        "spec.json: initial_weights: \"gpt2\" is another model than the spec's; write \"norm\": \"layernorm\", "
          + "\"biases\": true, or name other weights."
      ])
    try FileManager.default.removeItem(atPath: folder.path("gpt2/tokenizer.json"))
    #expect(try issues(members + "\"gpt2\"") == ["spec.json: initial_weights: gpt2/tokenizer.json: no such file."])
  }

  @Test("Stopped and gone on with, training from weights gives the same bits")
  func resumes() throws {
    let run = try runs(#""initial_weights": "w.safetensors""#)[0]
    let (whole, first) = (CPUTraining(run), CPUTraining(run))
    for _ in 0..<6 { _ = whole.step() }
    for _ in 0..<2 { _ = first.step() }
    let second = CPUTraining(run)
    try second.restore(first.state)
    for _ in 0..<4 { _ = second.step() }
    #expect(second.state == whole.state)
  }

  @Test("Several weights and learning rates are axes; a shorter context has the first positions")
  func axes() throws {
    try weights(kind: .char, seed: 8).write(to: folder.url.appending(path: "v.safetensors"))
    let planned = try runs(
      #""initial_weights": ["w.safetensors", "v.safetensors"], "lr": [0.001, 0.01], "context_length": 5"#)
    #expect(planned.count == 4)
    #expect(Set(planned.compactMap(\.initialWeights?.sha256)).count == 2)
    #expect(planned[0].architecture.contextLength == 5)
    #expect(CPUTraining(planned[0]).step().loss.isFinite)
  }

  /// What is said of a spec with these members.
  private func issues(_ members: String) throws -> [String] { folder.lines(folder.issues(ofPlan: [try spec(members)])) }

  @Test(
    "Weights of another model or tokenizer are told, with what to write",
    arguments: [
      (
        #""initial_weights": "w.safetensors", "d_model": 16, "heads": 1, "layers": 3"#,
        #""w.safetensors" is another model than the spec's; write "d_model": 8, "heads": 2, "layers": 1, "d_ff": 32, or name other "#
          + "weights."
      ),
      (
        #""initial_weights": "w.safetensors", "context_length": 9"#,
        #""w.safetensors" is another model than the spec's; write "context_length": 8, or name other weights."#
      ),
      (
        #""initial_weights": "w.safetensors", "tokenizer": "word""#,
        #""w.safetensors" was trained with another tokenizer; write "tokenizer": "char", or name other weights."#
      ),
      (
        #""initial_weights": "w.safetensors", "corpus": "new.txt""#,
        #""w.safetensors" doesn't know all of "new.txt": the character "ë" (U+00EB) at byte 12 isn't in the vocabulary. Leave it out "#
          + "of the text, or name other weights."
      ),
      (#""initial_weights": "none.safetensors""#, "none.safetensors: no such file."),
      (#""initial_weights": "text.txt""#, "text.txt: isn't a safetensors file (its header is cut short)."),
      (
        #""initial_weights": ["w.safetensors", "./w.safetensors"]"#,
        #""./w.safetensors" holds the same weights as "w.safetensors"; leave one out."#
      ),
    ])
  func mismatch(members: String, message: String) throws {
    try folder.write("The cat on më\n" + Self.text, to: "new.txt")
    #expect(try issues(members) == ["spec.json: initial_weights: " + message])
  }

  @Test("A vocabulary's size is that of the weights")
  func vocabularySize() throws {
    try weights(kind: .word).write(to: folder.url.appending(path: "words.safetensors"))
    let members = #""initial_weights": "words.safetensors", "tokenizer": "word""#
    let size = weights(kind: .word).tokenizer.size
    #expect(try issues(members) == [])
    #expect(try issues(members + ", \"vocab_size\": \(size)") == [])
    #expect(
      try issues(members + ", \"vocab_size\": 3") == [
        "spec.json: initial_weights: \"words.safetensors\" has a vocabulary of \(size) tokens, and it isn't made anew; leave "
          + "\"vocab_size\" out."
      ])
  }

  @Test("Weights that aren't there are told as missing")
  func missing() throws {
    #expect(
      folder.issues(ofPlan: [try spec(#""initial_weights": "none.safetensors""#)]).map(\.isMissingFile) == [true])
  }
}
