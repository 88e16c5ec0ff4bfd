import Foundation

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
    /// The model has fewer positions than the context that is asked for.
    case longContext(Int, known: Int)

    /// A tensor of the class isn't in the files of a folder.
    case missingInFolder(String)
    /// A tensor is in a folder that the class doesn't have.
    case unknownInFolder(String)
    /// The head is said to be the token embedding, but has other numbers.
    case untiedHead(String)
    /// It is the file of a folder, which has the rest of what the model is.
    case ofFolder
    /// It is no JSON object.
    case notJSON
    /// A member of `config.json` is missing.
    case missingMember(String)
    /// A member of `config.json` has a value that this program doesn't compute, and what would help.
    case unsupportedMember(String, String, String)
    /// The `model_type` is none of the known classes'.
    case unknownModelType(String)
    /// The sizes of `config.json` contradict each other, or are beyond all memory.
    case impossibleConfiguration
    /// A folder has no weights in safetensors files, but these.
    case otherWeights(String)
    /// An index names a file that isn't plain.
    case wrongIndex(String)
    /// The tokenizer is none that this program has, and why.
    case unsupportedTokenizer(String)
    /// The tokenizer has more tokens than the model.
    case largeTokenizer(Int, model: Int)
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
      "\(path): the tensor \"\(name)\" is of type \(type). Save it as float32 (F32), float16 (F16) or bfloat16 (BF16)."
    case .wrongShape(let name, let found, let wanted):
      "\(path): the tensor \"\(name)\" has shape \(found), but the configuration makes it \(wanted). Save both together."
    case .cutShort(let name): "\(path): the numbers of \"\(name)\" aren't all there. Copy the file again."
    case .tooLarge(let needed, let available):
      String(
        format: "\(path): the parameters need %.1f GB of memory, but there are %.1f GB. Use a machine with more of it.",
        needed / 1e9, available / 1e9)
    case .longContext(let wanted, let known):
      "\(path): a context of \(wanted) tokens is asked for, but the model has learned \(known) positions. Ask for at most \(known)."
    case .missingInFolder(let name):
      "\(path): the tensor \"\(name)\" is missing, which config.json asks for. Save both together with `save_pretrained`."
    case .unknownInFolder(let name):
      "\(path): the tensor \"\(name)\" is none of the model that config.json describes. Save both together with `save_pretrained`."
    case .untiedHead(let name):
      "\(path): the tensor \"\(name)\" isn't the token embedding, but \"tie_word_embeddings\" of config.json is true. Write false there, "
        + "or save the folder again without the tensor."
    case .ofFolder:
      "\(path): holds tensors alone, as the files of transformers do. Name its folder, which has config.json and tokenizer.json too."
    case .notJSON: "\(path): isn't JSON with an object in it. Save the folder again."
    case .missingMember(let key): "\(path): lacks \"\(key)\". Save the folder again with `save_pretrained`."
    case .unsupportedMember(let key, let value, let remedy):
      "\(path): \"\(key)\" is \(value.count <= 200 ? value : value.prefix(197) + "..."). \(remedy)"
    case .unknownModelType(let type):
      "\(path): the model_type \"\(type)\" isn't known. Known are "
        + ModelClass.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ") + "."
    case .impossibleConfiguration:
      "\(path): its sizes contradict each other, or no machine could hold the model. Save the folder again."
    case .otherWeights(let name):
      "\(path): has its weights in \(name). Save them with `save_pretrained(folder, safe_serialization=True)`."
    case .wrongIndex(let why): "\(path): \(why). Save the folder again with `save_pretrained`."
    case .unsupportedTokenizer(let why):
      "\(path): \(why). Texts can be read with tokenizers of characters, words or bytes as `sweep export` writes them; "
        + "see docs/weights.md."
    case .largeTokenizer(let tokens, let model):
      "\(path): has \(tokens) tokens, but the vocab_size of config.json is \(model). Save both together."
    }
  }
}

extension WeightFileError {
  /// The bytes of a file, not copied into memory where the system can do without.
  static func data(of url: URL) throws(WeightFileError) -> Data {
    do {
      return try Data(contentsOf: url, options: .mappedIfSafe)
    } catch {
      let isMissing = (error as? CocoaError)?.code == .fileReadNoSuchFile
      throw WeightFileError(path: url.relativePath, fault: isMissing ? .missing : .unreadable)
    }
  }
}
