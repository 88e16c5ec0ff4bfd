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

  /// What a weight file shall hold; the tokenizer's size is the model's vocabulary size.
  public init(model: Transformer, tokenizer: Tokenizer) {
    precondition(
      tokenizer.size == model.architecture.vocabularySize,
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

  /// Reads a weight file, made here or elsewhere.
  ///
  /// - Parameter memory: Bytes that the parameters may take.
  /// - Throws: `WeightFileError`, worded for the user.
  public init(contentsOf url: URL, memory: Double = .infinity) throws(WeightFileError) {
    let data: Data
    do {
      data = try Data(contentsOf: url, options: .mappedIfSafe)
    } catch {
      let isMissing = (error as? CocoaError)?.code == .fileReadNoSuchFile
      throw WeightFileError(path: url.relativePath, fault: isMissing ? .missing : .unreadable)
    }
    do {
      try self.init(Safetensors(data), memory: memory)
    } catch {
      throw WeightFileError(path: url.relativePath, fault: error)
    }
  }

  private init(_ file: Safetensors, memory: Double) throws(WeightFileError.Fault) {
    let architecture: Architecture = try Self.decode("configuration", of: file)
    guard architecture.isPossible, architecture.fitsMemory else { throw .wrongMetadata("configuration") }
    guard let kind = file.metadata["tokenizer"] else { throw .missingMetadata("tokenizer") }
    guard let kind = Tokenizer.Kind(rawValue: kind) else { throw .wrongMetadata("tokenizer") }
    let vocabulary: [String] = try Self.decode("vocabulary", of: file)
    do {
      tokenizer = try Tokenizer(kind: kind, vocabulary: vocabulary)
    } catch {
      throw .wrongMetadata("vocabulary")
    }
    guard tokenizer.size == architecture.vocabularySize else {
      throw .wrongVocabulary(found: tokenizer.size, wanted: architecture.vocabularySize)
    }
    // Nothing is allocated before every tensor is known to be there, and to fit.
    let layout = ParameterLayout(architecture)
    for tensor in layout.tensors { _ = try file.place(of: tensor.name, shape: tensor.shape) }
    let known = Set(layout.tensors.map(\.name))
    if let other = file.entries.keys.filter({ !known.contains($0) }).min() { throw .unknownTensor(other) }
    let needed = Double(layout.bufferCount * MemoryLayout<Float>.size)
    guard needed <= memory else { throw .tooLarge(needed: needed, available: memory) }
    model = Transformer(architecture: architecture)
    for tensor in layout.tensors {
      let values = try file.values(of: tensor.name, shape: tensor.shape)
      if let place = values.firstIndex(where: { !$0.isFinite }) { throw .notFinite(tensor.name, element: place) }
      model.parameters.setValues(values, of: tensor)
    }
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
  fileprivate var fitsMemory: Bool {
    let rows = Double(vocabularySize) * (tiedHead ? 1 : 2) + Double(contextLength)
    let embeddings = rows * Double(dModel) + PositionTables.count(self)
    return layers <= 4096 && embeddings + Double(layers) * blockMatricesCount < 1e11
  }
}

/// Why a weight file can't be used. The description is worded for the user and says what to do.
public struct WeightFileError: Error, Equatable, CustomStringConvertible {
  /// What is wrong.
  public enum Fault: Error, Equatable {
    /// There is no such file.
    case missing
    /// It can't be read.
    case unreadable
    /// It isn't a safetensors file, and why.
    case notSafetensors(String)
    /// The metadata lack a key.
    case missingMetadata(String)
    /// The metadata's value for a key makes no sense.
    case wrongMetadata(String)
    /// The vocabulary and the configuration disagree in the number of tokens.
    case wrongVocabulary(found: Int, wanted: Int)
    /// A tensor isn't there.
    case missingTensor(String)
    /// A tensor is there that the model doesn't have.
    case unknownTensor(String)
    /// A tensor holds a number that isn't finite, at that place counted from 0.
    case notFinite(String, element: Int)
    /// A tensor isn't single-precision.
    case wrongType(String, String)
    /// A tensor has another shape than the configuration says.
    case wrongShape(String, found: [Int], wanted: [Int])
    /// A tensor's numbers aren't all in the file.
    case cutShort(String)
    /// The parameters take more memory than there is, in bytes.
    case tooLarge(needed: Double, available: Double)
  }

  /// The file's path as it was given.
  public let path: String
  /// What is wrong.
  public let fault: Fault

  /// The fact, and the remedy.
  public var description: String {
    switch fault {
    case .missing: "\(path): no such file."
    case .unreadable: "\(path): can't be read. Name a weight file (.safetensors) that you may read."
    case .notSafetensors(let why): "\(path): isn't a safetensors file (\(why))."
    case .missingMetadata(let key):
      "\(path): the metadata lack \"\(key)\". They need \"configuration\", \"tokenizer\" and \"vocabulary\"; see docs/weights.md."
    case .wrongMetadata(let key):
      "\(path): the metadata's \"\(key)\" can't be understood; see docs/weights.md for its form."
    case .wrongVocabulary(let found, let wanted):
      "\(path): the vocabulary has \(found) tokens, but the configuration's vocab_size is \(wanted)."
    case .missingTensor(let name):
      "\(path): the tensor \"\(name)\" is missing; see docs/weights.md for the tensors' names."
    case .unknownTensor(let name):
      "\(path): the tensor \"\(name)\" is none of this model's; see docs/weights.md for the tensors' names."
    case .notFinite(let name, let element):
      "\(path): element \(element) of the tensor \"\(name)\" isn't a finite number. Save weights of a training that didn't diverge."
    case .wrongType(let name, let type):
      "\(path): the tensor \"\(name)\" is of type \(type). Save it as float32 (F32)."
    case .wrongShape(let name, let found, let wanted):
      "\(path): the tensor \"\(name)\" has shape \(found), but the configuration makes it \(wanted)."
    case .cutShort(let name): "\(path): the numbers of \"\(name)\" aren't all there. Copy the file again."
    case .tooLarge(let needed, let available):
      String(
        format: "\(path): the parameters need %.1f GB of memory, but there are %.1f GB. Use a machine with more of it.",
        needed / 1e9, available / 1e9)
    }
  }
}
