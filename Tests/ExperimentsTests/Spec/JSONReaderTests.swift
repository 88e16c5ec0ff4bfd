import Testing

@testable import Experiments
@testable import Model

@Suite(.timeLimit(.minutes(10)))
struct JSONReaderTests {
  private func value(_ text: String) throws -> JSONValue {
    var reader = JSONReader(text)
    return try reader.read()
  }

  @Test(
    "Every kind of value is read as what it is",
    arguments: [
      ("null", .null), ("true", .bool(true)), ("false", .bool(false)),
      ("0", .integer(0)), ("-0", .integer(0)), ("-0.0", .integer(0)), ("1", .integer(1)),
      ("9223372036854775807", .integer(.max)), ("-9223372036854775808", .integer(.min)),
      ("1000.0", .integer(1000)), ("1e3", .integer(1000)), ("1E+3", .integer(1000)), ("100e-2", .integer(1)),
      ("0.1", .number(0.1)), ("-1.5e-3", .number(-0.0015)), ("9223372036854775808", .number(0x1p63)),
      ("1e400", .outOfRange("1e400")), ("-1e400", .outOfRange("-1e400")), ("1e-400", .outOfRange("1e-400")),
      ("0e-400", .integer(0)), ("-0.00", .integer(0)),
      ("\"\"", .string("")), (" \t\r\n\"a\" ", .string("a")), ("[]", .array([])), ("[ ]", .array([])),
      ("{}", .object([:])), ("{ }", .object([:])),
      ("[1, [true], \"x\"]", .array([.integer(1), .array([.bool(true)]), .string("x")])),
      ("{\"a\": {\"b\": [null]}, \"\": 2}", .object(["a": .object(["b": .array([.null])]), "": .integer(2)])),
    ] as [(String, JSONValue)])
  func values(text: String, expected: JSONValue) throws {
    #expect(try value(text) == expected)
  }

  @Test(
    "Escapes stand for their characters",
    arguments: [
      (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"), (#""\u0041\u00e9\u20AC\u0000""#, "Aé€\0"),
      (#""\ud83d\uDE00""#, "😀"), (#""é😀\u0301""#, "é😀\u{301}"),
    ])
  func escapes(text: String, expected: String) throws {
    #expect(try value(text) == .string(expected))
  }

  @Test(
    "The place where a text stops being JSON is counted in lines and characters",
    arguments: [
      ("", 1, 1), ("  ", 1, 3), ("[", 1, 2), ("]", 1, 1), ("[1", 1, 3), ("[1,", 1, 4), ("[1,]", 1, 4),
      ("[,1]", 1, 2), ("[1 2]", 1, 4), ("[1]]", 1, 4), ("1 x", 1, 3), ("{}{}", 1, 3), ("{", 1, 2), ("{a: 1}", 1, 2),
      ("{'a': 1}", 1, 2), ("{\"a\"", 1, 5), ("{\"a\" 1}", 1, 6), ("{\"a\": }", 1, 7), ("{\"a\": 1,}", 1, 9),
      ("{\"a\": 1", 1, 8), ("{\"a\": 1]", 1, 8), ("{1: 2}", 1, 2),
      ("{\n  \"lr\": 0.1\n  \"steps\": 3\n}", 3, 3), ("{\r\n  \"lr\": 0.1\r\n  \"steps\": 3\r\n}", 3, 3),
      ("{\"größe\": \"👩‍🚀\" x}", 1, 15), ("[\n\n", 3, 1),
      ("\"abc", 1, 5), ("\"a\nb\"", 1, 3), ("\"\t\"", 1, 2), ("\"a\\", 1, 3), ("\"a\\x\"", 1, 3), ("\"\\u12\"", 1, 2),
      ("\"\\u12G4\"", 1, 2), ("\"\\u+123\"", 1, 2), ("\"\\u", 1, 2), ("\"\\ud800\"", 1, 2), ("\"\\ud800\\n\"", 1, 2),
      ("\"\\ud800\\ud800\"", 1, 2), ("\"\\udc00\"", 1, 2),
      ("01", 1, 1), ("-01", 1, 1), ("00", 1, 1), ("1.", 1, 1), (".5", 1, 1), ("-", 1, 1), ("+1", 1, 1), ("1e", 1, 1),
      ("1e+", 1, 1), ("1e-+1", 1, 1), ("1.e5", 1, 1), ("1.2.3", 1, 4), ("1-2", 1, 2), ("0x10", 1, 2), ("1_000", 1, 2),
      ("NaN", 1, 1), ("Infinity", 1, 1), ("-Infinity", 1, 1), ("nul", 1, 1), ("nulll", 1, 5), ("tru", 1, 1),
      ("True", 1, 1), ("// why\n{}", 1, 1), ("{} # why", 1, 4), ("{\0}\0", 1, 2), ("\u{FEFF}{}", 1, 1), ("é", 1, 1),
    ])
  func places(text: String, line: Int, column: Int) {
    #expect(throws: JSONReader.SyntaxError(line: line, column: column)) { try value(text) }
  }

  @Test("A hundred brackets in each other are read; more, and be it a million, are refused before the stack ends")
  func depth() throws {
    func nest(_ depth: Int) -> String {
      String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }
    #expect(throws: Never.self) { try value(nest(100)) }
    #expect(throws: JSONReader.SyntaxError(line: 1, column: 101)) { try value(nest(101)) }
    #expect(throws: JSONReader.SyntaxError(line: 1, column: 101)) { try value(nest(1_000_000)) }
  }

  @Test(
    "A key that stands twice in its object is named once, by its path, and its first value counts",
    arguments: [
      (#"{"a": 1, "b": 2}"#, []), (#"{"a": 1, "a": 2}"#, ["a"]), (#"{"a": 1, "a": 2, "a": 3}"#, ["a"]),
      (#"{"a": 1, "\u0061": 2}"#, ["a"]), (#"{"a": {"b": 1}, "c": {"b": 1}, "b": 1}"#, []),
      (#"{"a": 1, "v": [{}, {"b": 1, "b": 2}], "a": 3}"#, ["v[1].b", "a"]),
      (#"{"a": {"b": 1, "b": 1}}"#, ["a.b"]), (#"{"a": "b", "b": "a:b", "c": "\"a\":"}"#, []),
    ] as [(String, [String])])
  func repeatedKeys(text: String, expected: [String]) throws {
    var reader = JSONReader(text)
    let value = try reader.read()
    #expect(reader.repeatedKeys == expected)
    if case .object(let members) = value, expected == ["a"] { #expect(members["a"] == .integer(1)) }
  }

  @Test(
    "A value is quoted on one line and cut where it is long",
    arguments: [
      ("null", "null", "null"), ("true", "true", "true or false"), ("1.0", "1", "a number"),
      ("1e-3", "0.001", "a number"), ("1e400", "1e400", "a number"),
      (#""a/\n\"é""#, #""a/\n\"é""#, "a string"), (#"[1,"a",[]]"#, #"[1, "a", []]"#, "a list"),
      (#"{"b":1,"a":{}}"#, #"{"a": {}, "b": 1}"#, "an object"),
      ("\"" + String(repeating: "x", count: 58) + "\"", "\"" + String(repeating: "x", count: 58) + "\"", "a string"),
      ("\"" + String(repeating: "x", count: 59) + "\"", "\"" + String(repeating: "x", count: 56) + "...", "a string"),
      (
        "[1000000, 2000000, 3000000, 4000000, 5000000, 6000000, 7000000]",
        "[1000000, 2000000, 3000000, 4000000, 5000000, 6000000, 70...", "a list"
      ),
    ])
  func excerpts(text: String, excerpt: String, kind: String) throws {
    #expect(try value(text).excerpt == excerpt)
    #expect(try value(text).kind == kind)
  }
}
