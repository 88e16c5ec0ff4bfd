import Foundation

/// A tokenizer as `tokenizer.json` has it, the form of https://github.com/huggingface/tokenizers.
///
/// | tokenizer | model | what parts the text |
/// |---|---|---|
/// | `char` | WordLevel | every scalar |
/// | `word` | WordLevel | `WordSplitter`'s rule as a regular expression |
/// | `byte` | BPE without merges: a token for each byte | bytes, each written as a character of its own |
enum TokenizerFile {
  private static let everyScalar = "[\\s\\S]"
  /// Other ways to write it.
  private static let everyScalarToo = ["[\\S\\s]", "(?s).", "(?s:.)"]

  /// What `WordSplitter` takes for a token, for Oniguruma, which `tokenizers` uses. Scalars that Unicode has assigned of late may belong to
  /// other classes there.
  private static let word: String = {
    let mark = "[\\p{Grapheme_Extend}\\p{Mc}]"
    let letter = "[\\p{Alphabetic}\\p{N}&&[^\\p{Grapheme_Extend}\\p{Mc}]]"
    let joiner = "['\\-\\x{2019}\\x{2010}\\x{2011}]"
    return "\\r\\n|[\\r\\n]|\(letter)(?:\(letter)|\(mark)|\(joiner)(?=\(letter)))*|\\P{White_Space}\(mark)*"
  }()

  private static let byteLevel: JSON = [
    "type": "ByteLevel", "add_prefix_space": false, "trim_offsets": false, "use_regex": false,
  ]

  /// The character that stands for each byte: itself where it can be seen, else one from U+0100 on.
  /// https://github.com/openai/gpt-2/blob/master/src/encoder.py, `bytes_to_unicode`
  private static let byteCharacters: [String] = {
    var next: UInt32 = 0x100
    return (0..<256).map { (byte: UInt32) in
      if (33...126).contains(byte) || (161...172).contains(byte) || (174...255).contains(byte) {
        return String(Character(Unicode.Scalar(UInt8(byte))))
      }
      defer { next += 1 }
      return Unicode.Scalar(next).map { String(Character($0)) } ?? ""
    }
  }()
}

// MARK: - Writing

extension TokenizerFile {
  /// The content of `tokenizer.json`.
  static func json(of tokenizer: Tokenizer) -> JSON {
    switch tokenizer.kind {
    case .char:
      file(
        preTokenizer: split(everyScalar, "Isolated", inverted: false), decoder: ["type": "Fuse"],
        model: wordLevel(tokenizer.vocabulary))
    case .word:
      // What isn't a token parts tokens and goes. Spaces come back before all but punctuation marks.
      file(
        preTokenizer: split(word, "Removed", inverted: true),
        decoder: ["type": "WordPiece", "prefix": "##", "cleanup": true], model: wordLevel(tokenizer.vocabulary))
    case .byte:
      file(
        preTokenizer: byteLevel, decoder: byteLevel,
        model: [
          "type": "BPE", "dropout": .null, "unk_token": .null, "continuing_subword_prefix": .null,
          "end_of_word_suffix": .null,
          "fuse_unk": false, "byte_fallback": false, "ignore_merges": false, "vocab": vocabulary(byteCharacters),
          "merges": [],
        ])
    }
  }

  private static func file(preTokenizer: JSON, decoder: JSON, model: JSON) -> JSON {
    [
      "version": "1.0", "truncation": .null, "padding": .null, "added_tokens": [], "normalizer": .null,
      "pre_tokenizer": preTokenizer, "post_processor": .null, "decoder": decoder, "model": model,
    ]
  }

  private static func split(_ pattern: String, _ behavior: String, inverted: Bool) -> JSON {
    [
      "type": "Split", "pattern": ["Regex": .string(pattern)], "behavior": .string(behavior), "invert": .bool(inverted),
    ]
  }

  /// What isn't in the vocabulary is `<unk>` where it has that, else an error.
  private static func wordLevel(_ entries: [String]) -> JSON {
    ["type": "WordLevel", "vocab": vocabulary(entries), "unk_token": .string(Tokenizer.unknown)]
  }

  private static func vocabulary(_ entries: [String]) -> JSON {
    .object(entries.enumerated().map { JSON.Member($1, .integer($0)) })
  }
}

// MARK: - Reading

extension TokenizerFile {
  /// The tokenizer that a `tokenizer.json` describes.
  ///
  /// - Throws: `WeightFileError.Fault.unsupportedTokenizer`, where it is none of ours.
  static func tokenizer(_ json: JSON) throws(WeightFileError.Fault) -> Tokenizer {
    for part in ["normalizer", "post_processor"] {
      if let value = json[part], !changesNothing(value) {
        throw .unsupportedTokenizer("its \(part) is \(name(of: value))")
      }
    }
    guard let model = json["model"], let type = model["type"] ?? guessedType(of: model) else {
      throw .unsupportedTokenizer("it has no model")
    }
    switch type {
    case "WordLevel":
      let tokenizer = try wordLevel(model, json["pre_tokenizer"] ?? .null)
      try refuseAddedTokens(json, beside: tokenizer.kind == .char ? tokenizer.vocabulary : [])
      return tokenizer
    case "BPE":
      let tokenizer = try bytes(model, json["pre_tokenizer"] ?? .null)
      try refuseAddedTokens(json, beside: [])
      return tokenizer
    default: throw .unsupportedTokenizer("its model is \(name(of: model))")
    }
  }

  /// Refuses tokens that `transformers` would find in a text before the text is parted, unless they are among `characters`, which are
  /// found all the same, and take no spaces with them.
  private static func refuseAddedTokens(_ json: JSON, beside characters: [String]) throws(WeightFileError.Fault) {
    guard case .array(let added)? = json["added_tokens"] else { return }
    for token in added {
      guard case .string(let text)? = token["content"] else { continue }
      let isCharacter = characters.contains { $0.utf8.elementsEqual(text.utf8) }
      guard isCharacter, token["lstrip"] != true, token["rstrip"] != true else {
        throw .unsupportedTokenizer("it has the added token \"\(text)\"")
      }
    }
  }

  /// Whether a post-processor leaves the tokens as they are: one that adds none, or one that only counts characters.
  private static func changesNothing(_ value: JSON) -> Bool {
    if value == .null || value["type"] == "ByteLevel" { return true }
    guard value["type"] == "TemplateProcessing", case .array(let single)? = value["single"] else { return false }
    return single.count == 1 && single[0]["Sequence"] != nil
  }

  /// Older files don't name the type.
  private static func guessedType(of model: JSON) -> JSON? { model["merges"] == nil ? nil : "BPE" }

  private static func name(of value: JSON) -> String {
    if case .string(let type)? = value["type"] { return type }
    return "of an unknown type"
  }

  private static func wordLevel(
    _ model: JSON, _ preTokenizer: JSON
  ) throws(WeightFileError.Fault) -> Tokenizer {
    let pattern = preTokenizer["pattern"]?["Regex"]
    guard preTokenizer["type"] == "Split", case .string(let pattern)? = pattern else {
      throw .unsupportedTokenizer("its pre_tokenizer is \(preTokenizer == .null ? "missing" : name(of: preTokenizer))")
    }
    let kind: Tokenizer.Kind
    if pattern == word, preTokenizer["behavior"] == "Removed", preTokenizer["invert"] == true {
      kind = .word
    } else if ([everyScalar] + everyScalarToo).contains(pattern),
      !["Removed", "Contiguous"].contains(preTokenizer["behavior"])
    {
      kind = .char
    } else {
      throw .unsupportedTokenizer("its pre_tokenizer parts text where \"\(pattern)\" says")
    }
    let vocabulary = try entries(of: model)
    if kind == .word, case .string(let unknown)? = model["unk_token"], unknown != Tokenizer.unknown,
      vocabulary.contains(unknown)
    {
      throw .unsupportedTokenizer("its unk_token is \"\(unknown)\" instead of \"\(Tokenizer.unknown)\"")
    }
    do {
      return try Tokenizer(kind: kind, vocabulary: vocabulary)
    } catch {
      throw .unsupportedTokenizer(error.fact)
    }
  }

  private static func bytes(_ model: JSON, _ preTokenizer: JSON) throws(WeightFileError.Fault) -> Tokenizer {
    let vocabulary = try entries(of: model)
    guard preTokenizer["type"] == "ByteLevel", vocabulary.count == 256, model["merges"] == [] else {
      throw .unsupportedTokenizer("its model is BPE with \(vocabulary.count) tokens")
    }
    for key in ["continuing_subword_prefix", "end_of_word_suffix"]
    where model[key].map({ $0 != .null && $0 != "" }) == true {
      throw .unsupportedTokenizer("its model has the member \(key)")
    }
    guard preTokenizer["add_prefix_space"] != true else {
      throw .unsupportedTokenizer("it adds a space before the text")
    }
    guard zip(vocabulary, byteCharacters).allSatisfy({ $0.utf8.elementsEqual($1.utf8) }) else {
      throw .unsupportedTokenizer("its tokens for bytes are numbered in another order than the bytes")
    }
    do {
      return try Tokenizer(kind: .byte, vocabulary: [])
    } catch {
      throw .unsupportedTokenizer(error.fact)
    }
  }

  /// The vocabulary's texts by their numbers, which are 0, 1, 2, …
  private static func entries(of model: JSON) throws(WeightFileError.Fault) -> [String] {
    guard case .object(let members)? = model["vocab"], !members.isEmpty else {
      throw .unsupportedTokenizer("its model has no vocabulary")
    }
    var entries = [String?](repeating: nil, count: members.count)
    for member in members {
      guard case .integer(let number) = member.value, entries.indices.contains(number), entries[number] == nil else {
        throw .unsupportedTokenizer("its tokens aren't numbered from 0 to \(members.count - 1)")
      }
      entries[number] = member.key
    }
    return entries.compactMap { $0 }
  }
}
