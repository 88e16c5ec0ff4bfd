import Foundation
import TestSupport
import Testing

@testable import Kernels
@testable import Model

/// Folders of `transformers`. Those in `Fixtures/transformers` were made by it, with `make_folders.py`.
@Suite struct ModelFolderTests {
  private let temporary: TemporaryFolder
  private var folder: URL { temporary.url.appending(path: "model") }

  init() throws { temporary = try TemporaryFolder() }

  private static func fixture(_ name: String) throws -> URL {
    try #require(Bundle.module.url(forResource: name, withExtension: nil, subdirectory: "Fixtures/transformers"))
  }

  private struct Logits: Decodable {
    let tokens: [Int32]
    let logits: [[Float]]
  }

  @Test(
    "the logits of a folder that transformers made are those that transformers computes",
    arguments: [
      "gpt2", "gpt2-5", "gpt_neox", "starcoder2", "llama", "llama-5", "arcee", "qwen3", "olmo2-5", "gemma2", "smollm3",
    ])
  func logits(name: String) throws {
    let url = try Self.fixture(name)
    let expected = try JSONDecoder().decode(Logits.self, from: Data(contentsOf: url.appending(path: "logits.json")))
    let weights = try WeightFile(contentsOf: url)
    #expect(weights.tokenizer == Tokenizer(kind: .char, fittedTo: Array("\n abcdefghi".utf8)))
    let difference = Self.difference(weights.model.logits(of: expected.tokens), expected.logits.flatMap { $0 })
    #expect(difference < 1e-5, "\(difference)")
  }

  /// The greatest difference of two lists.
  private static func difference(_ a: [Float], _ b: [Float]) -> Float {
    guard a.count == b.count else { return .infinity }
    return zip(a, b).reduce(0) { max($0, abs($1.0 - $1.1)) }
  }

  /// Weights of such an architecture in which no gain is one and no bias zero.
  private static func weights(_ architecture: Architecture) throws -> WeightFile {
    var random = RandomStream(seed: 3, name: "initialization")
    let model = Transformer(architecture: architecture, random: &random)
    for tensor in model.layout.tensors {
      let values = model.values(of: tensor).map { $0 + 0.6 * (random.uniform() - 0.5) }
      model.parameters.setValues(values, of: tensor)
    }
    return WeightFile(model: model, tokenizer: Tokenizer(kind: .char, fittedTo: Array("abcdefghi".utf8)))
  }

  @Test("a folder that was written computes what the model did, as its class", arguments: ModelClassTests.held)
  func roundTrip(architecture: Architecture, name: String) throws {
    let written = try Self.weights(architecture)
    let exported = try ModelFolder(written)
    #expect(exported.className == name)
    try exported.write(to: folder, readme: "A model.")
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    #expect(
      files == [
        "README.md", "config.json", "generation_config.json", "model.safetensors", "tokenizer.json",
        "tokenizer_config.json",
      ])
    let read = try WeightFile(contentsOf: folder)
    #expect(read.tokenizer == written.tokenizer)
    let tokens: [Int32] = [3, 1, 0, 8, 8, 2, 7, 5, 4, 6, 1, 0]
    let difference = Self.difference(read.model.logits(of: tokens), written.model.logits(of: tokens))
    #expect(difference < 1e-5, "\(difference)")
    // Beside it nothing is left.
    #expect(try FileManager.default.contentsOfDirectory(atPath: temporary.url.path) == ["model"])
  }

  @Test("what transformers must be told to compute the same stands in the files") func told() throws {
    let capped = ModelClassTests.llama { ($0.normPlacement, $0.attentionCap) = (.sandwich, 2) }
    try ModelFolder(Self.weights(capped)).write(to: folder, readme: "")
    func json(_ name: String) throws -> JSON? { JSON(try Data(contentsOf: folder.appending(path: name))) }
    let configuration = try json("config.json")
    #expect(configuration?["_attn_implementation"] == "eager" && configuration?["attn_implementation"] == "eager")
    #expect(configuration?["rope_theta"] == 10000 || configuration?["rope_theta"] == 10000.0)
    #expect(configuration?["rope_parameters"]?["rope_theta"] == configuration?["rope_theta"])
    #expect(try json("tokenizer_config.json")?["model_input_names"] == ["input_ids", "attention_mask"])
    #expect(try json("generation_config.json")?["max_new_tokens"] == 6)
  }

  @Test("what stands in the place stays, and an empty folder gives way") func inTheWay() throws {
    let exported = try ModelFolder(Self.weights(ModelClassTests.gpt2()))
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try exported.write(to: folder, readme: "A model.")
    #expect(throws: FileError.self) { try exported.write(to: folder, readme: "Another.") }
    #expect(try String(contentsOf: folder.appending(path: "README.md"), encoding: .utf8) == "A model.")
    #expect(try FileManager.default.contentsOfDirectory(atPath: temporary.url.path) == ["model"])
  }

  // MARK: - Variants that others save

  private func copy(_ name: String) throws {
    try FileManager.default.copyItem(at: Self.fixture(name), to: folder)
  }

  private func edit(_ name: String, _ change: (String) -> String) throws {
    let url = folder.appending(path: name)
    try Data(change(String(contentsOf: url, encoding: .utf8)).utf8).write(to: url)
  }

  private func replace(_ from: String, _ to: String, in name: String) throws {
    try edit(name) { text in
      #expect(text.contains(from), "\(from)")
      return text.replacingOccurrences(of: from, with: to)
    }
  }

  /// Changes the tensors of a file.
  private func rewrite(
    _ name: String = "model.safetensors", _ change: (inout [String: (shape: [Int], values: [Float])]) -> Void
  )
    throws
  {
    let url = folder.appending(path: name)
    let file = try Safetensors(Data(contentsOf: url))
    var tensors: [String: (shape: [Int], values: [Float])] = [:]
    for (name, entry) in file.entries {
      tensors[name] = (entry.shape, try file.values(of: name, shape: entry.shape))
    }
    change(&tensors)
    var changed = Safetensors(metadata: ["format": "pt"], size: 0)
    for (name, tensor) in tensors { changed.append(name, shape: tensor.shape, tensor.values) }
    try DurableFile.write(to: url, contents: changed.forEachPiece)
  }

  private func logits() throws -> [Float] { try WeightFile(contentsOf: folder).model.logits(of: [5, 1, 0, 3, 10]) }

  @Test("names without the prefix, stored masks and a stored copy of a tied head change nothing") func olderFiles()
    throws
  {
    try copy("gpt2")
    let before = try logits()
    try rewrite { tensors in
      tensors = Dictionary(
        uniqueKeysWithValues: tensors.map { ($0.replacingOccurrences(of: "transformer.", with: ""), $1) })
      tensors["h.0.attn.bias"] = ([1, 1, 2, 2], [1, 0, 1, 1])
      tensors["lm_head.weight"] = tensors["wte.weight"]
    }
    #expect(try logits() == before)
  }

  @Test("an untied GPT-NeoX's head has its name of transformers 4 or 5") func headNames() throws {
    try copy("gpt_neox")
    let before = try logits()
    try rewrite { tensors in
      tensors["lm_head.weight"] = tensors["embed_out.weight"]
      tensors["embed_out.weight"] = nil
    }
    #expect(try logits() == before)
  }

  @Test("a shorter context keeps the first positions, and a longer one is had where positions aren't learned")
  func contexts() throws {
    try copy("gpt2")
    let whole = try WeightFile(contentsOf: folder).model
    let part = try WeightFile(contentsOf: folder, contextLength: 5).model
    #expect(part.architecture.contextLength == 5)
    #expect(part.logits(of: [5, 1, 0, 3, 10]) == whole.logits(of: [5, 1, 0, 3, 10]))
    let error = #expect(throws: WeightFileError.self) { try WeightFile(contentsOf: folder, contextLength: 13) }
    #expect(
      error?.description.hasSuffix(
        "config.json: a context of 13 tokens is asked for, but the model has learned 12 positions. Ask for at most 12.")
        == true)
    #expect(try WeightFile(contentsOf: Self.fixture("llama"), contextLength: 50).model.architecture.contextLength == 50)
  }

  @Test("windows of some layers are told, unless the context is no longer") func someWindows() throws {
    try copy("gemma2")
    try replace("\"sliding_window\": 4096", "\"sliding_window\": 5", in: "config.json")
    let error = #expect(throws: WeightFileError.self) { try WeightFile(contentsOf: folder) }
    #expect(
      error?.description.hasSuffix(
        #"config.json: "layer_types" is ["sliding_attention", "full_attention"]. Here all layers have a window, or none has. "#
          + "With a context of at most 5 tokens the windows make no difference: add --context 5.") == true)
    let model = try WeightFile(contentsOf: folder, contextLength: 5).model
    #expect(model.architecture.window == nil)
    #expect(
      try model.logits(of: [5, 1, 0, 3, 10])
        == WeightFile(contentsOf: Self.fixture("gemma2")).model.logits(of: [5, 1, 0, 3, 10]))
  }

  @Test("a model may have more tokens than its tokenizer") func paddedVocabulary() throws {
    try copy("llama-5")
    let before = try logits()
    let words = Tokenizer(kind: .char, fittedTo: Array("abcdefghi".utf8))
    try Data(TokenizerFile.json(of: words).text.utf8).write(to: folder.appending(path: "tokenizer.json"))
    #expect(try logits() == before)
    let weights = try WeightFile(contentsOf: folder)
    #expect(weights.tokenizer.decode([0, 10]) == "a\u{FFFD}")
    let native = temporary.url.appending(path: "native.safetensors")
    try weights.write(to: native)
    #expect(try WeightFile(contentsOf: native).sha256 == weights.sha256)
  }

  // MARK: - What is refused

  /// A file of the fixture "llama-5", what stands there and what takes its place, and what is said of it.
  private static let mistakes: [(file: String, from: String, to: String, message: String)] = [
    ("config.json", "{", "", "config.json: isn't JSON with an object in it. Save the folder again."),
    (
      "config.json", "\"model_type\": \"llama\"", "\"model_type\": \"mamba\"",
      #"config.json: the model_type "mamba" isn't known. Known are "gpt2", "gpt_neox", "starcoder2", "llama", "arcee", "#
        + #""qwen3", "olmo2", "gemma2", "smollm3"."#
    ),
    (
      "config.json", "\"hidden_size\": 8,", "",
      #"config.json: lacks "hidden_size". Save the folder again with `save_pretrained`."#
    ),
    (
      "config.json", "\"hidden_size\": 8", "\"hidden_size\": \"8\"",
      #"config.json: "hidden_size" is "8". It should be a whole number from 1 up."#
    ),
    (
      "config.json", "\"hidden_size\": 8", "\"hidden_size\": -8",
      #"config.json: "hidden_size" is -8. It should be a whole number from 1 up."#
    ),
    (
      "config.json", "\"num_key_value_heads\": 2", "\"num_key_value_heads\": 3",
      "config.json: its sizes contradict each other, or no machine could hold the model. Save the folder again."
    ),
    (
      "config.json", "\"intermediate_size\": 12", "\"intermediate_size\": 99999999",
      "model.safetensors: the tensor \"model.layers.0.mlp.gate_proj.weight\" has shape [12, 8], but the configuration makes it "
        + "[99999999, 8]. Save both together."
    ),
    (
      "config.json", "\"rope_type\": \"default\"", "\"rope_type\": \"yarn\"",
      #"config.json: "rope_parameters" is {"rope_theta": 10000, "rope_type": "yarn"}. Rotations aren't rescaled here."#
    ),
    (
      "config.json", "\"rms_norm_eps\": 1e-06", "\"rms_norm_eps\": 0",
      #"config.json: "rms_norm_eps" is 0. It should be a number above 0."#
    ),
    (
      "config.json", "\"pretraining_tp\": 1", "\"rope_scaling\": 2",
      #"config.json: "rope_scaling" is 2. It should be an object."#
    ),
    (
      "config.json", "\"pretraining_tp\": 1", "\"rope_theta\": 500",
      #"config.json: "rope_theta" is 500.0 in config.json, but 10000.0 in rope_parameters. Versions of transformers differ in which "#
        + "they read; write the number that the model was trained with in both."
    ),
    (
      "config.json", "\"pretraining_tp\": 1", #""rope_scaling": {"rope_theta": 500}"#,
      #"config.json: "rope_theta" is 500.0 in rope_scaling, but 10000.0 in rope_parameters. Versions of transformers differ in which "#
        + "they read; write the number that the model was trained with in both."
    ),
    (
      "config.json", "\"hidden_act\": \"silu\"", "\"hidden_act\": \"mish\"",
      #"config.json: "hidden_act" is "mish". Of this class's activations this program computes "gelu_pytorch_tanh", "gelu_new", "#
        + #""gelu_fast", "silu", "swish" alone."#
    ),
    (
      "config.json", "\"pretraining_tp\": 1", "\"quantization_config\": {}",
      #"config.json: "quantization_config" is {}. Save the model without quantization."#
    ),
    (
      "config.json", "\"pretraining_tp\": 1", "\"is_causal\": false",
      #"config.json: "is_causal" is false. Attention is always causal here."#
    ),
    (
      "config.json", "\"pretraining_tp\": 1", "\"auto_map\": []",
      #"config.json: "auto_map" is []. Code that comes with a model isn't run here."#
    ),
    (
      "config.json", "\"vocab_size\": 11", "\"vocab_size\": 10",
      "tokenizer.json: has 11 tokens, but the vocab_size of config.json is 10. Save both together."
    ),
    (
      "tokenizer.json", "WordLevel", "BPE",
      "tokenizer.json: its model is BPE with 11 tokens. Texts can be read with tokenizers of characters, words or bytes as "
        + "`sweep export` writes them; see docs/weights.md."
    ),
  ]

  @Test("a folder that can't be used says what is wrong in which file", arguments: mistakes)
  func mistake(file: String, from: String, to: String, message: String) throws {
    try copy("llama-5")
    try replace(from, to, in: file)
    let error = #expect(throws: WeightFileError.self) { try WeightFile(contentsOf: folder) }
    #expect(error?.description == folder.relativePath + "/" + message)
  }

  private func expectFault(_ message: String, sourceLocation: SourceLocation = #_sourceLocation) {
    let error = #expect(throws: WeightFileError.self, sourceLocation: sourceLocation) {
      try WeightFile(contentsOf: folder)
    }
    #expect(error?.description == folder.relativePath + message, sourceLocation: sourceLocation)
  }

  @Test("missing, unknown and infinite tensors are named") func tensors() throws {
    try copy("llama-5")
    let name = "model.layers.1.self_attn.k_proj.weight"
    try rewrite { $0["model.layers.1.self_attn.k_proj.bias"] = ([8], [Float](repeating: 1, count: 8)) }
    expectFault(
      "/model.safetensors: the tensor \"model.layers.1.self_attn.k_proj.bias\" is none of the model that config.json describes. Save "
        + "both together with `save_pretrained`.")
    try rewrite {
      $0["model.layers.1.self_attn.k_proj.bias"] = nil
      $0[name]?.values[3] = .infinity
    }
    expectFault(
      "/model.safetensors: element 3 of the tensor \"\(name)\" isn't a finite number. Save weights of a training that didn't "
        + "diverge.")
    try rewrite { $0[name] = nil }
    expectFault(
      "/model.safetensors: the tensor \"\(name)\" is missing, which config.json asks for. Save both together with `save_pretrained`."
    )
  }

  @Test(
    "a head with other numbers than the embedding that it is said to be is refused: versions of transformers differ")
  func untiedHead() throws {
    try copy("llama-5")
    let message =
      "/model.safetensors: the tensor \"lm_head.weight\" isn't the token embedding, but \"tie_word_embeddings\" of config.json is "
      + "true. Write false there, or save the folder again without the tensor."
    try rewrite { tensors in
      tensors["lm_head.weight"] = tensors["model.embed_tokens.weight"]
      tensors["lm_head.weight"]?.values[7] += 1
    }
    expectFault(message)
    try rewrite { $0["lm_head.weight"] = ([8], [Float](repeating: 0, count: 8)) }
    expectFault(message)
  }

  @Test("one file comes before an index, as in transformers") func fileBesideIndex() throws {
    try copy("llama-5")
    let before = try logits()
    try Data(#"{"weight_map": {"model.norm.weight": "other.safetensors"}}"#.utf8)
      .write(to: folder.appending(path: TensorFiles.index))
    #expect(try logits() == before)
  }

  @Test("Starcoder2 has its window in all layers, whatever layer_types says") func layersOfStarcoder2() throws {
    try copy("starcoder2")
    try edit("config.json") {
      $0.replacingOccurrences(of: "{\n", with: #"{"layer_types": ["full_attention", "full_attention"],"#)
    }
    #expect(try WeightFile(contentsOf: folder).model.architecture.window == 4)
  }

  @Test("layers of SmolLM3 have the window that layer_types says, whatever use_sliding_window says") func namedLayers()
    throws
  {
    try copy("smollm3")
    try replace("\"sliding_window\": null", "\"sliding_window\": 5", in: "config.json")
    #expect(try WeightFile(contentsOf: folder).model.architecture.window == nil)
    try replace("\"full_attention\"", "\"sliding_attention\"", in: "config.json")
    #expect(try WeightFile(contentsOf: folder).model.architecture.window == 5)
  }

  @Test("a file that isn't there is named, and so are weights of another kind") func files() throws {
    try copy("llama-5")
    let weights = folder.appending(path: "model.safetensors")
    try FileManager.default.removeItem(at: weights)
    expectFault("/model.safetensors: no such file.")
    try Data().write(to: folder.appending(path: "pytorch_model.bin"))
    expectFault(
      ": has its weights in pytorch_model.bin. Save them with `save_pretrained(folder, safe_serialization=True)`.")
    try Data().write(to: weights)
    expectFault("/model.safetensors: isn't a safetensors file (it has 0 bytes).")
    try FileManager.default.removeItem(at: folder.appending(path: "tokenizer.json"))
    expectFault("/tokenizer.json: no such file.")
    try FileManager.default.removeItem(at: folder.appending(path: "config.json"))
    expectFault("/config.json: no such file.")
  }

  @Test("an index that contradicts its files, or leads out of the folder, is told") func index() throws {
    try copy("starcoder2")
    let index = "model.safetensors.index.json"
    let text = try String(contentsOf: folder.appending(path: index), encoding: .utf8)
    let first = try #require(text.firstMatch(of: /"(model\.embed_tokens\.weight)": "([^"]*)"/))
    try replace(String(first.0), "\"\(first.1)\": \"../\(first.2)\"", in: index)
    expectFault(
      "/\(index): \"\(first.1)\" isn't in a file of the folder. Save the folder again with `save_pretrained`.")
    try edit(index) { _ in text.replacingOccurrences(of: "\"\(first.1)\"", with: "\"model.other.weight\"") }
    expectFault(
      "/\(index): \"model.other.weight\" isn't in \(first.2). Save the folder again with `save_pretrained`.")
    try edit(index) { _ in text }
    try FileManager.default.removeItem(at: folder.appending(path: String(first.2)))
    expectFault("/\(first.2): no such file.")
    try edit(index) { _ in "[]" }
    expectFault("/\(index): it has no \"weight_map\". Save the folder again with `save_pretrained`.")
  }

  @Test("one file of a folder is told that the folder is meant") func fileOfFolder() throws {
    let url = try Self.fixture("llama").appending(path: "model.safetensors")
    let error = #expect(throws: WeightFileError.self) { try WeightFile(contentsOf: url) }
    #expect(
      error?.description
        == "\(url.relativePath): holds tensors alone, as the files of transformers do. Name its folder, which has config.json and "
        + "tokenizer.json too.")
  }

  @Test("a folder cut or damaged anywhere in its small files never ends the program") func damaged() throws {
    try copy("starcoder2")
    for name in ["config.json", "tokenizer.json", "model.safetensors.index.json"] {
      let url = folder.appending(path: name)
      let data = try Data(contentsOf: url)
      for place in stride(from: 0, to: data.count - 1, by: 23) {
        try data.prefix(place).write(to: url)
        #expect(throws: WeightFileError.self, "\(name) cut at \(place)") { try WeightFile(contentsOf: folder) }
        var changed = data
        changed[place] = changed[place] &+ 1
        try changed.write(to: url)
        _ = try? WeightFile(contentsOf: folder)
      }
      try data.write(to: url)
    }
  }
}
