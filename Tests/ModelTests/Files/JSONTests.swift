import Foundation
import Testing

@testable import Model

@Suite struct JSONTests {
  @Test("what was written is read again, members in their order and keys that look alike apart") func roundTrip() throws
  {
    let value: JSON = [
      "z": [1, -2.5, true, false, .null, []], "a": ["\u{212B}": 1, "\u{C5}": 2, "A\u{30A}": 3], "": [:],
      "text": "\"\\/\u{0}\u{8}\t\n\u{1F}\u{7F}\u{2028}\u{1F431}é",
    ]
    let read = try #require(JSON(Data(value.text.utf8)))
    #expect(read == value)
    guard case .object(let members) = read else { return }
    #expect(members.map(\.key) == ["z", "a", "", "text"])
    #expect(read["a"]?["\u{C5}"] == 2)
    #expect(read["a"]?["A\u{30A}"] == 3)
    #expect(read["b"] == nil && read["z"]?["a"] == nil)
  }

  @Test(
    "numbers, escapes and space are those of RFC 8259",
    arguments: [
      ("1e3", 1000), ("-1.0", -1), ("-0", .integer(0)), ("  [ ]\n", []), (#""\ud83d\udc31\u00e9""#, "\u{1F431}é"),
      ("{\"a\" :\t1}", ["a": 1]), ("12345678901234567890", .number(12_345_678_901_234_567_890)), ("1E-2", 0.01),
    ] as [(String, JSON)])
  func values(text: String, value: JSON) { #expect(JSON(Data(text.utf8)) == value) }

  @Test(
    "what isn't JSON is none",
    arguments: [
      "", " ", "{", "[1", "[1,]", "{\"a\"}", "{\"a\":1,}", "{a:1}", "nul", "NaN", "-", "1 2", "\"a", "\"\n\"",
      #""\ud83d""#, #""\ud83dx""#, #""\x""#, #""\u12g4""#, "[Infinity]", String(repeating: "[", count: 5000),
    ])
  func none(text: String) { #expect(JSON(Data(text.utf8)) == nil) }

  @Test("bytes that aren't UTF-8 are no JSON") func notUTF8() {
    #expect(JSON(Data([0x22, 0xE9, 0x22])) == nil)
  }
}
