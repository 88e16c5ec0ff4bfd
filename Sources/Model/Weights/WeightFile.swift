import Foundation

/// A trained transformer with the tokenizer that it was trained with: what a weight file holds.
///
/// The file is a safetensors file that PyTorch and numpy open. Its tensors are single-precision and row-major, input
/// dimension first (`y = x · W`). docs/weights.md lists them by their names; those of the plain model, with V tokens, T positions,
/// C = `d_model` and F = `d_ff`, are
///
///     token_embed (V, C)              also the output head, transposed
///     pos_embed (T, C)
///     blocks.i.norm1_gamma (C)        for each block i from 0
///     blocks.i.w_q, w_k, w_v (C, C)   the heads' columns side by side
///     blocks.i.w_o (C, C)
///     blocks.i.norm2_gamma (C)
///     blocks.i.w_ff1 (C, F)
///     blocks.i.w_ff2 (F, C)
///     norm_final_gamma (C)
///
/// and its metadata are `configuration` (JSON of the `Architecture`), `tokenizer` ("char", "word" or "byte") and `vocabulary` (a JSON
/// list of the tokens' texts; empty for "byte").
public struct WeightFile: Sendable {
  /// The transformer.
  public let model: Transformer
  /// Turns text into its tokens and back.
  public let tokenizer: Tokenizer

  /// What a weight file shall hold; the model knows at least as many tokens as the tokenizer.
  public init(model: Transformer, tokenizer: Tokenizer) {
    precondition(
      tokenizer.size <= model.architecture.vocabularySize,
      "\(tokenizer.size) tokens for \(model.architecture.vocabularySize)")
    self.model = model
    self.tokenizer = tokenizer
  }

  /// Writes the file: beside its place first, flushed, then renamed, so that there is never half a file.
  ///
  /// - Throws: `FileError`.
  public func write(to url: URL) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let metadata = [
      "configuration": String(decoding: try encoder.encode(model.architecture), as: UTF8.self),
      "tokenizer": tokenizer.kind.rawValue,
      "vocabulary": String(decoding: try encoder.encode(tokenizer.vocabulary), as: UTF8.self),
    ]
    var file = Safetensors(metadata: metadata, size: model.layout.parameterCount * MemoryLayout<Float>.size)
    for tensor in model.layout.tensors {
      file.append(tensor.name, shape: tensor.shape, model.values(of: tensor))
    }
    try DurableFile.write(to: url, contents: file.forEachPiece)
  }

  /// Reads a weight file, or a folder as `transformers` has them, made here or elsewhere.
  ///
  /// - Parameters:
  ///   - contextLength: Tokens that the model shall see at once; at most as many as it has learned positions. Nil: what it was made for.
  ///   - memory: Bytes that the parameters may take.
  /// - Throws: `WeightFileError`, worded for the user.
  public init(contentsOf url: URL, contextLength: Int? = nil, memory: Double = .infinity) throws(WeightFileError) {
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder), isFolder.boolValue {
      self = try ModelFolder(contentsOf: url, contextLength: contextLength, memory: memory).weights
      return
    }
    let data = try WeightFileError.data(of: url)
    do {
      try self.init(Safetensors(data), contextLength: contextLength, memory: memory)
    } catch {
      throw WeightFileError(path: url.relativePath, fault: error)
    }
  }

  private init(_ file: Safetensors, contextLength: Int?, memory: Double) throws(WeightFileError.Fault) {
    if file.metadata["configuration"] == nil, file.metadata["format"] != nil { throw .ofFolder }
    var architecture: Architecture = try Self.decode("configuration", of: file)
    guard architecture.isPossible, architecture.fitsMemory else { throw .wrongMetadata("configuration") }
    let stored = ParameterLayout(architecture)
    if let contextLength {
      guard architecture.positions != .learned || contextLength <= architecture.contextLength else {
        throw .longContext(contextLength, known: architecture.contextLength)
      }
      architecture.contextLength = contextLength
    }
    guard let kind = file.metadata["tokenizer"] else { throw .missingMetadata("tokenizer") }
    guard let kind = Tokenizer.Kind(rawValue: kind) else { throw .wrongMetadata("tokenizer") }
    let vocabulary: [String] = try Self.decode("vocabulary", of: file)
    do {
      tokenizer = try Tokenizer(kind: kind, vocabulary: vocabulary)
    } catch {
      throw .wrongMetadata("vocabulary")
    }
    // A table may have rows that stand for no token.
    guard tokenizer.size <= architecture.vocabularySize else {
      throw .wrongVocabulary(found: tokenizer.size, wanted: architecture.vocabularySize)
    }
    // Nothing is allocated before every tensor is known to be there, and to fit.
    let layout = ParameterLayout(architecture)
    for tensor in stored.tensors { _ = try file.place(of: tensor.name, shape: tensor.shape) }
    let known = Set(layout.tensors.map(\.name))
    if let other = file.entries.keys.filter({ !known.contains($0) }).min() { throw .unknownTensor(other) }
    let needed = Double(layout.bufferCount * MemoryLayout<Float>.size)
    guard needed <= memory else { throw .tooLarge(needed: needed, available: memory) }
    model = Transformer(architecture: architecture)
    for (tensor, place) in zip(stored.tensors, layout.tensors) {
      let values = try file.values(of: tensor.name, shape: tensor.shape)
      if let place = values.firstIndex(where: { !$0.isFinite }) { throw .notFinite(tensor.name, element: place) }
      // A shorter context has fewer positions.
      model.parameters.setValues(Array(values.prefix(place.count)), of: place)
    }
  }

  /// SHA-256 of what the weights are, in hexadecimal, whatever files hold them: architecture, vocabulary and numbers. It is part of the
  /// identity of runs that go on from them.
  public var sha256: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    func json(_ value: some Encodable) -> String {
      (try? encoder.encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
    var lines = [json(model.architecture), tokenizer.kind.rawValue, json(tokenizer.vocabulary)]
    for tensor in model.layout.tensors {
      // Every machine that runs this program is little-endian.
      let bytes = model.values(of: tensor).withUnsafeBytes { [UInt8]($0) }
      lines.append("\(tensor.name) \(SHA256.hexDigest(of: bytes))")
    }
    return SHA256.hexDigest(of: Array(lines.joined(separator: "\n").utf8))
  }

  private static func decode<Value: Decodable>(
    _ key: String, of file: Safetensors
  ) throws(WeightFileError.Fault) -> Value {
    guard let text = file.metadata[key] else { throw .missingMetadata(key) }
    guard let value = try? JSONDecoder().decode(Value.self, from: Data(text.utf8)) else { throw .wrongMetadata(key) }
    return value
  }
}

extension Architecture {
  /// Whether the number of parameters can be computed and held at all; a file may claim any sizes.
  var fitsMemory: Bool {
    let rows = Double(vocabularySize) * (tiedHead ? 1 : 2) + Double(contextLength)
    let embeddings = rows * Double(dModel) + PositionTables.count(self)
    return layers <= 4096 && embeddings + Double(layers) * blockMatricesCount < 1e11
  }
}
