import Foundation
import Testing

@testable import Model

/// That `tokenizers` itself gives the same tokens is checked by Tests/Transformers/check_transformers.py.
@Suite struct TokenizerFileTests {
  @Test(
    "a tokenizer that was written is read again",
    arguments: [
      Tokenizer(kind: .char, fittedTo: Array("a\n\u{212B}\u{C5} A\u{30A}\0\u{1F431}".utf8)),
      Tokenizer(kind: .word, fittedTo: Array("The cat's \"mat\".\r\nA\n".utf8)),
      Tokenizer(kind: .word, fittedTo: Array("the cat the mat".utf8), vocabularySize: 3),
      Tokenizer(kind: .byte, fittedTo: []),
    ])
  func roundTrip(tokenizer: Tokenizer) throws {
    let text = TokenizerFile.json(of: tokenizer).text
    let read = try TokenizerFile.tokenizer(#require(JSON(Data(text.utf8))))
    #expect(read == tokenizer)
  }

  @Test("bytes are written as the characters of GPT-2's vocabulary")
  func bytes() {
    let vocabulary = TokenizerFile.json(of: Tokenizer(kind: .byte, fittedTo: []))["model"]?["vocab"]
    for (character, byte) in [("A", 65), ("Ġ", 32), ("Ċ", 10), ("Ń", 173), ("ÿ", 255), ("ġ", 127)] {
      #expect(vocabulary?[character] == .integer(byte), "\(character)")
    }
  }

  @Test(
    "a tokenizer that is none of ours says what it is",
    arguments: [
      (#""normalizer": null"#, #""normalizer": {"type": "NFC"}"#, "its normalizer is NFC"),
      (
        #""post_processor": null"#,
        #""post_processor": {"type": "TemplateProcessing", "single": [{"SpecialToken": {}}]}"#,
        "its post_processor is TemplateProcessing"
      ),
      (#""type": "WordLevel""#, #""type": "Unigram""#, "its model is Unigram"),
      (#""type": "WordLevel""#, #""type": "BPE""#, "its model is BPE with 3 tokens"),
      (#""b": 1"#, #""b": 4"#, "its tokens aren't numbered from 0 to 2"),
      (#""b": 1"#, #""bc": 1"#, #"the vocabulary has "bc", which isn't one token of the tokenizer "char""#),
      (#""type": "Split""#, #""type": "Whitespace""#, "its pre_tokenizer is Whitespace"),
      (#"[\\s\\S]"#, #"\\w+"#, #"its pre_tokenizer parts text where "\w+" says"#),
      (#""added_tokens": []"#, #""added_tokens": [{"content": "<s>"}]"#, #"it has the added token "<s>""#),
      (
        #""added_tokens": []"#, #""added_tokens": [{"content": "a"}, {"content": "ab"}]"#,
        #"it has the added token "ab""#
      ),
      (
        #""added_tokens": []"#, #""added_tokens": [{"content": "a", "lstrip": true}]"#, #"it has the added token "a""#
      ),
      (#""behavior": "Isolated""#, #""behavior": "Contiguous""#, #"its pre_tokenizer parts text where "[\s\S]" says"#),
      (#""model": "#, #""mode": "#, "it has no model"),
    ])
  func refusals(from: String, to: String, message: String) throws {
    let text = TokenizerFile.json(of: Tokenizer(kind: .char, fittedTo: Array("abc".utf8))).text
    #expect(text.contains(from))
    let json = try #require(JSON(Data(text.replacingOccurrences(of: from, with: to).utf8)))
    let fault = #expect(throws: WeightFileError.Fault.self) { try TokenizerFile.tokenizer(json) }
    #expect(fault == .unsupportedTokenizer(message))
  }

  @Test(
    "a tokenizer of bytes or words that finds other tokens too says which",
    arguments: [
      (
        Tokenizer.Kind.byte, #""added_tokens": []"#, #""added_tokens": [{"content": "<|endoftext|>"}]"#,
        #"it has the added token "<|endoftext|>""#
      ),
      (
        .byte, #""end_of_word_suffix": null"#, #""end_of_word_suffix": "</w>""#,
        "its model has the member end_of_word_suffix"
      ),
      (
        .byte, #""continuing_subword_prefix": null"#, #""continuing_subword_prefix": "@@""#,
        "its model has the member continuing_subword_prefix"
      ),
      (.word, #""added_tokens": []"#, #""added_tokens": [{"content": "a"}]"#, #"it has the added token "a""#),
      (.word, #""unk_token": "<unk>""#, #""unk_token": "a""#, #"its unk_token is "a" instead of "<unk>""#),
    ])
  func refusals(kind: Tokenizer.Kind, from: String, to: String, message: String) throws {
    let text = TokenizerFile.json(of: Tokenizer(kind: kind, fittedTo: Array("a b".utf8))).text
    #expect(text.contains(from))
    let json = try #require(JSON(Data(text.replacingOccurrences(of: from, with: to).utf8)))
    let fault = #expect(throws: WeightFileError.Fault.self) { try TokenizerFile.tokenizer(json) }
    #expect(fault == .unsupportedTokenizer(message))
  }
}
