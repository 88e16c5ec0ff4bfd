import Foundation
import Testing

@testable import Experiments

/// The wording of what is wrong with a spec's text and its prompts.
@Suite(.timeLimit(.minutes(10)))
struct PlanErrorTests {
  /// Eighty lines of 13 characters: 949 characters to learn from, 91 held out; of 4 words with the line end.
  private static let text = String(repeating: "The cat's on\n", count: 80)

  private func issues(_ text: String, corpus: String = text) throws -> [String] {
    try SpecFolder.with { folder in
      try folder.write(corpus, to: "text.txt")
      return folder.lines(folder.issues(ofPlan: [try folder.write(text)]))
    }
  }

  @Test(
    "A corpus that isn't there is told with the way to name one, and as missing",
    arguments: ["none.txt", "no such text.txt", "größe.txt", "deep/er/none.txt", "Stories"])
  func missing(name: String) throws {
    try SpecFolder.with { folder in
      let path = try folder.write("{\"corpus\": \"\(name)\"}")
      let issues = folder.issues(ofPlan: [path])
      #expect(
        folder.lines(issues) == [
          "spec.json: corpus: \(name): no such file. Check its spelling; the path of a "
            + "spec's \"corpus\" or \"validation\" starts beside the spec."
        ])
      #expect(issues.map(\.isMissingFile) == [true])
    }
  }

  @Test("A corpus that can't be one is refused, and not as missing")
  func unusable() throws {
    try SpecFolder.with { folder in
      try FileManager.default.createDirectory(atPath: folder.path("texts"), withIntermediateDirectories: false)
      try folder.write("", to: "empty.txt")
      try folder.write([0x61, 0x62, 0xE9, 0x0A], to: "latin.txt")
      let path = try folder.write(#"{"corpus": ["texts", "empty.txt", "latin.txt"]}"#)
      let issues = folder.issues(ofPlan: [path])
      #expect(
        folder.lines(issues) == [
          "spec.json: corpus: texts: that is a folder. Name one text file; "
            + "`cat texts/*.txt > all.txt` makes one of several.",
          "spec.json: corpus: empty.txt: the file is empty. Put some text into it, or use \"stories\".",
          "spec.json: corpus: latin.txt: byte 2 isn't UTF-8. Convert it from its encoding (`file -i latin.txt` guesses it), "
            + "such as `iconv -f latin1 -t utf-8 latin.txt > utf8.txt`.",
        ])
      #expect(issues.map(\.isMissingFile) == [false, false, false])
    }
  }

  @Test("The texts and prompts of a spec with other mistakes are looked at too")
  func besideOthers() throws {
    #expect(
      try issues(#"{"steps": 0, "corpus": ["none.txt", "text.txt"], "context_length": 100, "prompts": ["x"]}"#).sorted()
        == [
          "spec.json: corpus: none.txt: no such file. Check its spelling; the path of a spec's \"corpus\" or \"validation\" "
            + "starts beside the spec.",
          "spec.json: corpus: the held-out part of \"text.txt\" has 91 tokens, but context_length 100 needs 101; write a "
            + "shorter context_length, another validation_fraction, or name a longer text.",
          "spec.json: prompts: \"x\": the character \"x\" (U+0078) at byte 0 isn't in the vocabulary. Leave it out, or train "
            + "with \"tokenizer\": \"byte\".",
          "spec.json: steps: 0 is out of range; write a whole number from 1 to 100000000.",
        ])
    #expect(
      try issues(#"{"tokenizer": "words", "corpus": "text.txt", "context_length": 100, "prompts": ["x"]}"#) == [
        "spec.json: tokenizer: \"words\" isn't known; write one of \"char\", \"word\", \"byte\". Did you mean \"word\"?"
      ])
  }

  @Test("A text of one word, which can't be cut, is told by its tokens and not by the word")
  func oneWord() throws {
    #expect(
      try issues(#"{"tokenizer": "word", "corpus": "text.txt"}"#, corpus: String(repeating: "一", count: 5000)) == [
        "spec.json: corpus: the training part of \"text.txt\" has 1 tokens, but context_length 64 needs 65; write a shorter "
          + "context_length, another validation_fraction, or name a longer text."
      ])
  }

  @Test("A device, which may have no end, is no text")
  func device() throws {
    #expect(
      try issues(#"{"corpus": "/dev/zero"}"#) == [
        "spec.json: corpus: /dev/zero: can't be read (it is a device). Check its permissions with `ls -l /dev/zero`."
      ])
  }

  @Test("A held-out text of one's own is there, isn't the corpus, and leaves nothing to split")
  func validation() throws {
    try SpecFolder.with { folder in
      try folder.write(Self.text, to: "text.txt")
      try folder.write(Self.text, to: "same.txt")
      func issues(_ members: String) throws -> [String] {
        let path = try folder.write("{\"corpus\": \"text.txt\", \"context_length\": 8, \(members)}")
        return folder.lines(folder.issues(ofPlan: [path]))
      }
      #expect(
        try issues(#""validation": "none.txt", "lr": [0.1, 0.2]"#) == [
          "spec.json: validation: none.txt: no such file. Check its spelling; the path of a spec's \"corpus\" or "
            + "\"validation\" starts beside the spec."
        ])
      #expect(
        try issues(#""validation": "same.txt""#) == [
          "spec.json: validation: \"same.txt\" holds the same text as \"corpus\"; name a text that isn't trained on."
        ])
      #expect(
        try issues(#""validation": "stories", "split": "lines", "validation_fraction": 0.2"#) == [
          "spec.json: validation_fraction: has no meaning beside \"validation\"; leave one of them out.",
          "spec.json: split: has no meaning beside \"validation\"; leave one of them out.",
        ])
      #expect(try issues(#""validation": "stories""#) == [])
    }
  }

  @Test("Parts that hold nothing out, marks of no text and evaluations of no word are refused")
  func nothingHeldOut() throws {
    #expect(
      try issues(#"{"corpus": "text.txt", "split": "documents", "context_length": 8}"#) == [
        "spec.json: corpus: the held-out part of \"text.txt\" has 0 tokens, but context_length 8 needs 9; write a shorter "
          + "context_length, another validation_fraction, or name a longer text."
      ])
    #expect(
      try issues(#"{"split": "documents", "document_mark": ""}"#) == [
        "spec.json: document_mark: is empty; write the text that ends a document, or leave the key out for blank lines."
      ])
    #expect(
      try issues(#"{"split": "lines", "document_mark": "x"}"#) == [
        "spec.json: document_mark: has a meaning only with split \"documents\", which this spec never has; leave it out."
      ])
    #expect(
      try issues(#"{"eval_bytes": 10, "eval_tokens": 10}"#) == [
        "spec.json: eval_tokens: has no meaning beside \"eval_bytes\"; leave one of them out."
      ])
    #expect(
      try issues(
        #"{"corpus": "text.txt", "context_length": 2, "eval_bytes": 10}"#, corpus: String(repeating: "a", count: 99))
        == [
          "spec.json: eval_bytes: the held-out part of \"text.txt\" has a single word; write eval_tokens instead."
        ])
  }

  @Test("An axis of texts holds each text once, whatever its files are called")
  func sameText() throws {
    try SpecFolder.with { folder in
      try folder.write(Self.text, to: "one.txt")
      try folder.write(Self.text, to: "two.txt")
      let path = try folder.write(#"{"corpus": ["one.txt", "two.txt"], "lr": [0.1, 0.2], "context_length": 8}"#)
      #expect(
        folder.lines(folder.issues(ofPlan: [path]))
          == [#"spec.json: corpus: "two.txt" holds the same text as "one.txt"; leave one out."#])
    }
  }

  @Test("A mistake that many configurations share is told once")
  func once() throws {
    #expect(
      try issues(#"{"corpus": "none.txt", "lr": [0.1, 0.2, 0.3], "seeds": 5}"#)
        == [
          "spec.json: corpus: none.txt: no such file. Check its spelling; the path of a "
            + "spec's \"corpus\" or \"validation\" starts beside the spec."
        ])
  }

  @Test(
    "A text with too few tokens for the context is refused, with the count of the part that is short",
    arguments: [
      (#""context_length": 1000"#, "the training part", 949, 1000),
      (#""context_length": 91"#, "the held-out part", 91, 91),
      (#""context_length": 12, "validation_fraction": 1e-9"#, "the held-out part", 0, 12),
      (#""context_length": 40, "tokenizer": "word""#, "the held-out part", 28, 40),
    ])
  func short(keys: String, part: String, tokens: Int, context: Int) throws {
    #expect(
      try issues("{\"corpus\": \"text.txt\", \(keys)}") == [
        "spec.json: corpus: \(part) of \"text.txt\" has \(tokens) tokens, but context_length \(context) needs "
          + "\(context + 1); write a shorter context_length, another validation_fraction, or name a longer text."
      ])
  }

  @Test("A text with one token more than the context, in either part, is long enough")
  func longEnough() throws {
    #expect(try issues(#"{"corpus": "text.txt", "context_length": 90}"#) == [])
    #expect(
      try issues(#"{"corpus": "text.txt", "context_length": 1, "validation_fraction": 0.4}"#, corpus: "ab\nab") == [])
  }

  @Test(
    "A prompt that the tokenizer can't read is refused",
    arguments: [
      (
        #""prompts": ["The cat", "The dog"]"#,
        [
          #""The dog": the character "d" (U+0064) at byte 4 isn't in the vocabulary. Leave it out, or train with "#
            + #""tokenizer": "byte"."#
        ]
      ),
      (
        #""prompts": ["é😀", "\n", "€"]"#,
        [
          #""é😀": the character "é" (U+00E9) at byte 0 isn't in the vocabulary. Leave it out, or train with "#
            + #""tokenizer": "byte"."#,
          #""€": the character "€" (U+20AC) at byte 0 isn't in the vocabulary. Leave it out, or train with "#
            + #""tokenizer": "byte"."#,
        ]
      ),
      (
        #""tokenizer": "word", "prompts": ["The dog"]"#,
        [
          #""The dog": the word "dog" at byte 4 isn't in the vocabulary. Use words of the corpus, or train with "#
            + #""tokenizer": "char"."#
        ]
      ),
      (#""tokenizer": "word", "prompts": ["  "]"#, [#""  " holds no token; write at least one word."#]),
      (#""tokenizer": "word", "vocab_size": 3, "prompts": ["The dog"]"#, []),
      (#""tokenizer": "byte", "prompts": ["é😀 The dog  "]"#, []),
      (
        #""tokenizer": ["byte", "char"], "lr": [0.1, 0.2], "prompts": ["ca", "cd"]"#,
        [
          #""cd": the character "d" (U+0064) at byte 1 isn't in the vocabulary. Leave it out, or train with "#
            + #""tokenizer": "byte"."#
        ]
      ),
    ] as [(String, [String])])
  func prompts(keys: String, messages: [String]) throws {
    #expect(
      try issues("{\"corpus\": \"text.txt\", \"context_length\": 8, \(keys)}")
        == messages.map { "spec.json: prompts: " + $0 })
  }

  @Test("What is wrong with specs and with texts is told at once")
  func allAtOnce() throws {
    try SpecFolder.with { folder in
      let issues = folder.issues(ofPlan: [
        try folder.write(#"{"corpus": "none.txt"}"#, to: "a.json"),
        try folder.write(#"{"steps": 0}"#, to: "b.json"),
        try folder.write(#"{"prompts": ["€"]}"#, to: "c.json"),
        try folder.write(#"{"name": "c", "seeds": 2}"#, to: "d.json"),
        folder.path("e.json"),
      ])
      #expect(
        folder.lines(issues) == [
          "b.json: steps: 0 is out of range; write a whole number from 1 to 100000000.",
          "e.json: no such file.",
          "d.json: name: \"c\" is also the name of c.json; give each its own \"name\".",
          "a.json: corpus: none.txt: no such file. Check its spelling; the path of a "
            + "spec's \"corpus\" or \"validation\" starts beside the spec.",
          "c.json: prompts: \"€\": the character \"€\" (U+20AC) at byte 0 isn't in the vocabulary. Leave it out, or "
            + "train with \"tokenizer\": \"byte\".",
        ])
    }
  }
}
