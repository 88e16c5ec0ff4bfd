import Foundation

/// A model with its tokenizer as a folder that `transformers` loads without code of its own:
///
///     config.json               the class and the sizes
///     model.safetensors         the tensors
///     tokenizer.json, tokenizer_config.json
///     generation_config.json
///     README.md                 for people
public struct ModelFolder: Sendable {
  /// The model and the tokenizer.
  public let weights: WeightFile
  private let modelClass: ModelClass

  /// The name of the class that `transformers` loads, such as "LlamaForCausalLM".
  public var className: String { modelClass.name }

  /// A folder for a model, of the class that computes exactly what the model does.
  ///
  /// - Throws: `ModelFolderError`, where there is no such class.
  public init(_ weights: WeightFile) throws(ModelFolderError) {
    self.weights = weights
    do {
      modelClass = try ModelClass.holding(weights.model.architecture)
    } catch {
      throw ModelFolderError(description: error.description)
    }
  }
}

/// Why a model can't be a folder of `transformers`, and what could; worded for the user.
public struct ModelFolderError: Error, CustomStringConvertible {
  /// The fact, and the remedy.
  public let description: String
}

// MARK: - Writing

extension ModelFolder {
  /// Writes the folder: beside its place first, then renamed, so that there is never half of it. An empty folder there gives way.
  ///
  /// - Parameter readme: The text of `README.md`.
  /// - Throws: `FileError`, also where something stands in the place.
  public func write(to url: URL, readme: String) throws {
    let beside = URL(fileURLWithPath: "\(url.path).\(ProcessInfo.processInfo.processIdentifier).new")
    do {
      try FileManager.default.createDirectory(at: beside, withIntermediateDirectories: true)
    } catch {
      throw FileError(path: beside.path, cause: error)
    }
    do {
      try writeFiles(beside, readme)
      guard rename(beside.path, url.path) == 0 else { throw FileError(path: url.path) }
    } catch {
      try? FileManager.default.removeItem(at: beside)
      throw error
    }
  }

  private func writeFiles(_ folder: URL, _ readme: String) throws {
    let architecture = weights.model.architecture
    func write(_ text: String, to name: String) throws {
      try DurableFile.write(to: folder.appending(path: name)) { put in
        try Array(text.utf8).withUnsafeBytes(put)
      }
    }
    try DurableFile.write(to: folder.appending(path: TensorFiles.single), contents: tensors.forEachPiece)
    try write(modelClass.configuration(of: architecture).text + "\n", to: "config.json")
    try write(TokenizerFile.json(of: weights.tokenizer).text + "\n", to: "tokenizer.json")
    let tokenizer: JSON = [
      "tokenizer_class": "PreTrainedTokenizerFast", "clean_up_tokenization_spaces": false,
      "model_max_length": .integer(architecture.contextLength),
      // Without this there would be token types too, of which the models know nothing.
      "model_input_names": ["input_ids", "attention_mask"],
    ]
    try write(tokenizer.text + "\n", to: "tokenizer_config.json")
    // A text longer than the context is beyond what the model has learned.
    let length = max(1, architecture.contextLength / 2)
    let generation: JSON = ["do_sample": true, "temperature": 0.8, "max_new_tokens": .integer(length)]
    try write(generation.text + "\n", to: "generation_config.json")
    try write(readme, to: "README.md")
  }

  private var tensors: Safetensors {
    let (model, architecture) = (weights.model, weights.model.architecture)
    let biases = ModelClass.Biases(ofAttention: architecture.biases, ofFeedForward: architecture.biases)
    var file = Safetensors(metadata: ["format": "pt"], size: model.layout.parameterCount * MemoryLayout<Float>.size)
    let tensors = modelClass.tensors(model.layout, architecture, biases, positions: architecture.contextLength)
    for tensor in tensors {
      let ours = tensor.parts.map { part in
        let factor = architecture.folded(into: part.tensor.name)
        let values = model.values(of: part.tensor)
        return factor == 1 ? values : values.map { $0 * factor }
      }
      file.append(tensor.name, shape: tensor.shape, tensor.values(ours))
    }
    return file
  }
}

extension Architecture {
  /// What a tensor is multiplied by for a class that has no multipliers of a parametrization: scores are linear in the queries, or in the
  /// gain of their norm, what is added to the stream in the output projections, and logits in the last norm's gain and bias.
  fileprivate func folded(into tensor: String) -> Float {
    let multipliers = Parametrization(self)
    switch tensor.split(separator: ".").last {
    case "w_q", "b_q": return qkNorm == .none ? multipliers.scores : 1
    case "q_norm_gamma": return multipliers.scores
    case "w_o", "b_o", "w_ff2", "b_ff2": return multipliers.residual
    case "norm_final_gamma", "norm_final_beta": return multipliers.logits
    default: return 1
    }
  }
}

// MARK: - Reading

extension ModelFolder {
  /// Reads a folder, made here or elsewhere.
  ///
  /// - Parameters: As `WeightFile.init(contentsOf:contextLength:memory:)`.
  /// - Throws: `WeightFileError`, worded for the user.
  init(contentsOf folder: URL, contextLength: Int?, memory: Double) throws(WeightFileError) {
    let configuration = try Self.read("config.json", in: folder) { json throws(WeightFileError.Fault) in
      try ModelConfiguration(json, contextLength: contextLength)
    }
    let architecture = configuration.architecture
    let tokenizer = try Self.read("tokenizer.json", in: folder) { json throws(WeightFileError.Fault) in
      let tokenizer = try TokenizerFile.tokenizer(json)
      guard tokenizer.size <= architecture.vocabularySize else {
        throw .largeTokenizer(tokenizer.size, model: architecture.vocabularySize)
      }
      return tokenizer
    }
    modelClass = configuration.modelClass
    let model = try Self.model(configuration, of: folder, memory: memory)
    weights = WeightFile(model: model, tokenizer: tokenizer)
  }

  private static func read<Value>(
    _ name: String, in folder: URL, _ interpret: (JSON) throws(WeightFileError.Fault) -> Value
  ) throws(WeightFileError) -> Value {
    let url = folder.appending(path: name)
    let data = try WeightFileError.data(of: url)
    do throws(WeightFileError.Fault) {
      guard let json = JSON(data) else { throw .notJSON }
      return try interpret(json)
    } catch {
      throw WeightFileError(path: url.relativePath, fault: error)
    }
  }

  private static func model(
    _ configuration: ModelConfiguration, of folder: URL, memory: Double
  ) throws(WeightFileError) -> Transformer {
    let (modelClass, architecture) = (configuration.modelClass, configuration.architecture)
    let files = try TensorFiles(of: folder)
    let layout = ParameterLayout(architecture)
    let needed = Double(layout.bufferCount * MemoryLayout<Float>.size)
    guard needed <= memory else {
      throw WeightFileError(path: folder.relativePath, fault: .tooLarge(needed: needed, available: memory))
    }
    let tensors = modelClass.tensors(layout, architecture, configuration.biases, positions: configuration.positions)
    let names = modelClass.storedNames(of: tensors, in: Set(files.names))
    // Nothing is allocated before every tensor is known to be there, and to fit.
    for (tensor, name) in zip(tensors, names) { try files.check(name, shape: tensor.shape) }
    let known = Set(names)
    let others = files.names.filter { !known.contains($0) && !modelClass.ignores($0, architecture) }
    if let other = others.min() { throw WeightFileError(path: files.path(of: other), fault: .unknownInFolder(other)) }
    if architecture.tiedHead, let head = modelClass.headNames.first(where: files.names.contains) {
      // transformers 4 takes the embedding, 5 the head. The embedding is first in the table.
      let (shape, embedding) = (tensors[0].shape, names[0])
      guard files.hasShape(head, shape),
        try files.values(of: head, shape: shape) == files.values(of: embedding, shape: shape)
      else { throw WeightFileError(path: files.path(of: head), fault: .untiedHead(head)) }
    }
    let model = Transformer(architecture: architecture)
    for (tensor, name) in zip(tensors, names) {
      let values = try files.values(of: name, shape: tensor.shape)
      for (part, ours) in zip(tensor.parts, tensor.ours(values)) { model.parameters.setValues(ours, of: part.tensor) }
    }
    return model
  }
}

extension ModelClass {
  /// What the tensors are called in files that have these names: some leave the prefix out, and a head may have a younger name.
  fileprivate func storedNames(of tensors: [ClassTensor], in names: Set<String>) -> [String] {
    let hasPrefix = names.contains { $0.hasPrefix(prefix) }
    return tensors.map { tensor in
      if headNames.contains(tensor.name) { return headNames.first(where: names.contains) ?? tensor.name }
      return hasPrefix ? tensor.name : String(tensor.name.dropFirst(prefix.count))
    }
  }

  /// Whether a tensor says nothing that isn't said elsewhere: masks and frequencies that earlier versions stored, and a head that is
  /// the token embedding.
  fileprivate func ignores(_ name: String, _ architecture: Architecture) -> Bool {
    let masks = [".attn.bias", ".attn.masked_bias", ".attention.bias", ".attention.masked_bias", "rotary_emb.inv_freq"]
    return masks.contains { name.hasSuffix($0) } || architecture.tiedHead && headNames.contains(name)
  }
}
