import Foundation
import Model
import Testing

@Suite(.timeLimit(.minutes(10)))
struct CorpusTests {
  /// A folder that is gone after the test's work in it.
  private func withFolder(_ body: (URL) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("corpus-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder)
  }

  @Test("The built-in corpus is this very text: a change of it would change the identity of every run")
  func pinned() {
    let corpus = Corpus.stories
    #expect(corpus.name == "stories")
    #expect(corpus.utf8.count == 1_077_518)
    #expect(corpus.sha256 == "7506f7bfee1609f8150b15cbba7d7b22d15e1011f7ab87066139c1b34ea74c78")
    #expect(
      String(decoding: corpus.utf8.prefix(200), as: UTF8.self)
        == "Long ago there lived a curious girl named Mia. No one could skate or jump so quietly as Mia. Nearby lived a "
        + "brown duck, five cold geese and a thin, dreamy raven. More than anything she wanted a rusty,")
  }

  @Test("The built-in corpus's information is known: a third of a bit per byte")
  func information() throws {
    let corpus = Corpus.stories
    let nats = try #require(corpus.information(in: 0..<corpus.utf8.count))
    let bitsPerByte = nats / 0.6931471805599453 / Double(corpus.utf8.count)
    #expect(bitsPerByte > 0.3 && bitsPerByte < 0.4)
    let half = corpus.utf8.count / 2
    let parts = try #require(corpus.information(in: 0..<half)) + #require(corpus.information(in: half..<2 * half))
    #expect(abs(parts - nats) < 20)
    #expect(corpus.information(in: 100..<100) == 0)
  }

  @Test("The built-in corpus is plain ASCII in stories of one line each, parted by empty lines")
  func form() {
    let stories = Corpus.stories.utf8
    #expect(stories.allSatisfy { $0 == 10 || (32..<127).contains($0) })
    let lengths = String(decoding: stories, as: UTF8.self).split(separator: "\n").map(\.utf8.count)
    #expect(lengths.count == 1500)
    #expect(lengths.allSatisfy { (300...1300).contains($0) })
    #expect(stories.last == 10)
  }

  @Test("Stories are cut where a story starts", arguments: [0.001, 0.1, 0.25, 0.5, 1.0])
  func splitStories(fraction: Double) {
    let corpus = Corpus.stories
    let split = corpus.split(validationFraction: fraction)
    let (training, validation) = (split.training, split.validation)
    #expect(training.lowerBound == 0 && training.upperBound == validation.lowerBound)
    #expect(validation.upperBound == corpus.utf8.count)
    #expect(!validation.isEmpty)
    #expect(training.isEmpty || corpus.utf8[training].suffix(2) == [10, 10])
    #expect(abs(Double(validation.count) - fraction * Double(corpus.utf8.count)) < 1300)
  }

  @Test("A tiny fraction holds out the last story")
  func splitLastStory() {
    let validation = Corpus.stories.split(validationFraction: 1e-5).validation
    #expect(Corpus.stories.utf8[validation].filter { $0 == 10 }.count == 1)
    #expect(Corpus.stories.split(validationFraction: 0).validation.isEmpty)
  }

  @Test(
    "Other text is cut after a line end, else between characters",
    arguments: [
      ("one\ntwo\nthree\n", 0.5, "three\n"),
      ("one\r\ntwo\r\nthree", 0.5, "three"),
      ("one two three", 0.5, " three"),
      ("one\ntwo", 0.2, "o"),
      ("one two three\n", 0.5, " three\n"),
      ("ééé", 0.5, "é"),
      ("👩‍🚀", 0.5, "🚀"),
      ("a", 0.5, ""),
      ("a", 1.0, "a"),
      ("", 0.1, ""),
      ("abc\n", 0.0, ""),
      ("abc\nde", 1.0, "abc\nde"),
    ])
  func splitFiles(text: String, fraction: Double, heldOut: String) {
    let corpus = Corpus(name: "x.txt", text: text)
    let split = corpus.split(validationFraction: fraction)
    let (training, validation) = (split.training, split.validation)
    #expect(training.count + validation.count == corpus.utf8.count)
    #expect(Array(corpus.utf8[validation]) == Array(heldOut.utf8))
    #expect(corpus.information(in: validation) == nil)
  }

  @Test("Where lines are long the text is cut at the nearest token, and the split says so")
  func splitLongLines() {
    let lines = String(repeating: String(repeating: "word ", count: 600) + "\n", count: 8)
    for (text, fraction, kind) in [
      (lines, 0.24, Tokenizer.Kind.char), (lines, 0.24, .byte), (lines, 0.24, .word),
      (String(lines.prefix(9000)), 0.5, .word),
      (String(repeating: "中文字", count: 3000) + "\n" + String(repeating: "中", count: 90), 0.33, .char),
    ] {
      let corpus = Corpus(name: "x.txt", text: text)
      let split = corpus.split(validationFraction: fraction, tokens: kind)
      let asked = Double(corpus.utf8.count) * fraction
      #expect(abs(Double(split.validation.count) - asked) <= (kind == .word ? 5 : 3))
      #expect(split.isWithinLine == (kind != .word || text.contains("\n") || split.validation.lowerBound % 5 != 0))
      #expect(String(validating: corpus.utf8[split.validation], as: UTF8.self) != nil)
      if kind == .word { #expect(split.training.upperBound % 5 == 4 || text.contains("\n")) }
    }
    // One long line, as versions before cut it too, and short lines.
    #expect(!Corpus(name: "x", text: String(repeating: "a", count: 5000)).split(validationFraction: 0.1).isWithinLine)
    let short = Corpus(name: "x", text: String(repeating: "The cat's on\n", count: 80)).split(validationFraction: 0.1)
    #expect(short.training == 0..<949 && short.validation == 949..<1040 && !short.isWithinLine)
  }

  @Test(
    "UTF-16 and UTF-32, with and without marks, are told with the conversion",
    arguments: [
      (String.Encoding.utf16LittleEndian, "utf-16le"), (.utf16BigEndian, "utf-16be"), (.utf32LittleEndian, "utf-32le"),
      (.utf32BigEndian, "utf-32be"), (.utf16, "utf-16"), (.utf32, "utf-32"),
    ])
  func otherEncodings(encoding: String.Encoding, name: String) throws {
    let texts =
      ["One day, a cat saw a dog.\nThe end.\n", "Ein größeres Glück, éàü.\n"]
      + (name.hasPrefix("utf-16") ? [String(repeating: "Жили-были дед да баба. \n", count: 9)] : [])
    for text in texts {
      let bytes = [UInt8](try #require(text.data(using: encoding)))
      #expect(TextEncoding.other(of: bytes) == name, "\(text)")
    }
    for text in ["plain", "größe 中文", "a\0b c d e f", "\u{FEFF}mark"] {
      #expect(TextEncoding.other(of: Array(text.utf8)) == nil)
    }
  }

  @Test("A file is taken as it is, byte order mark and CRLF included")
  func file() throws {
    try withFolder { folder in
      let file = folder.appendingPathComponent("tale.txt")
      let bytes: [UInt8] = [0xEF, 0xBB, 0xBF] + Array("One day é\r\n€😀".utf8)
      try Data(bytes).write(to: file)
      let corpus = try Corpus(contentsOf: file)
      #expect(corpus.name == "tale.txt")
      #expect(corpus.utf8 == bytes)
      #expect(corpus.sha256 == SHA256.hexDigest(of: bytes))
    }
  }

  @Test(
    "The first byte that isn't UTF-8 is named",
    arguments: [
      ([0xFF], 0), ([0x61, 0xE9, 0x20], 1), ([0x61, 0x80], 1), ([0xC3], 0), ([0xC0, 0xAF], 0), ([0xE0, 0x80, 0xAF], 0),
      ([0xED, 0xA0, 0x80], 0), ([0xF4, 0x90, 0x80, 0x80], 0), ([0xF5, 0x80, 0x80, 0x80], 0),
      (Array(repeating: 0x61, count: 21) + [0xE2, 0x82, 0xAC, 0xE9], 24), ([0xC3, 0xA9, 0xE2, 0x82], 2),
    ] as [([UInt8], Int)])
  func invalid(bytes: [UInt8], offset: Int) throws {
    try withFolder { folder in
      let file = folder.appendingPathComponent("x.txt")
      try Data(bytes).write(to: file)
      #expect(throws: CorpusError.notUTF8(path: file.relativePath, byteOffset: offset)) {
        try Corpus(contentsOf: file)
      }
    }
  }

  @Test("A file that isn't there, a folder and an empty file are told apart")
  func unusable() throws {
    try withFolder { folder in
      let file = folder.appendingPathComponent("x.txt")
      #expect(throws: CorpusError.missing(path: file.relativePath)) { try Corpus(contentsOf: file) }
      #expect(throws: CorpusError.isFolder(path: folder.relativePath)) { try Corpus(contentsOf: folder) }
      try Data().write(to: file)
      #expect(throws: CorpusError.empty(path: file.relativePath)) { try Corpus(contentsOf: file) }
    }
  }

  @Test(
    "Errors name the path and the remedy",
    arguments: [
      (
        .missing(path: "x.txt"),
        "x.txt: no such file. Check its spelling; the path of a spec\'s \"corpus\" or \"validation\" starts beside the spec."
      ),
      (
        .isFolder(path: "texts"),
        "texts: that is a folder. Name one text file; `cat texts/*.txt > all.txt` makes one of several."
      ),
      (
        .unreadable(path: "x.txt", reason: "permission denied"),
        "x.txt: can't be read (permission denied). Check its permissions with `ls -l x.txt`."
      ),
      (
        .notUTF8(path: "x.txt", byteOffset: 17),
        "x.txt: byte 17 isn't UTF-8. Convert it from its encoding (`file -i x.txt` guesses it), such as "
          + "`iconv -f latin1 -t utf-8 x.txt > utf8.txt`."
      ),
      (.empty(path: "x.txt"), "x.txt: the file is empty. Put some text into it, or use \"stories\"."),
    ] as [(CorpusError, String)])
  func wording(error: CorpusError, text: String) {
    #expect("\(error)" == text)
  }
}
