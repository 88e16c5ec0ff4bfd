import Foundation
import Store
import Testing

@Suite(.timeLimit(.minutes(10)))
struct ScalarTests {
  @Test(
    "A value is written exactly, and for tables and ticks in four and in two digits",
    arguments: [
      (.text("sgd"), "sgd", "sgd", "sgd"), (.integer(12_345_678), "12345678", "12345678", "12345678"),
      (.number(1), "1", "1", "1"), (.number(0.001), "0.001", "0.001", "0.001"),
      (.number(1e-8), "1e-08", "1e-08", "1e-08"), (.number(-0.0), "0", "0", "0"),
      (.number(0.000316227766017), "0.000316227766017", "0.0003162", "0.00032"),
      (.number(1_000_000), "1000000", "1000000", "1000000"), (.number(1e300), "1e+300", "1e+300", "1e+300"),
      (.number(1234.5678), "1234.5678", "1235", "1200"), (.bool(false), "false", "false", "false"),
    ] as [(Scalar, String, String, String)])
  func labels(value: Scalar, exact: String, label: String, tick: String) {
    #expect(value.exact == exact)
    #expect(value.label == label)
    #expect(value.label(digits: 2) == tick)
  }

  @Test("Labels have as many digits as tell the values at hand apart")
  func digits() {
    let rates: [Scalar] = [0.00012341, 0.00012344, 0.00012349, 1, "x"]
    #expect(Scalar.digits(telling: rates) == 5)
    #expect(Axis(key: "lr", values: rates).label(rates[0]) == "0.00012341")
    #expect(Scalar.digits(telling: [0.001, 0.01], atLeast: 2) == 2)
    #expect(Scalar.digits(telling: [.number(0.1), .number(0.1.nextUp)]) == 17)
    #expect(Scalar.digits(telling: []) == 4)
    // beta2 may be near 1, and never 1.
    #expect(
      [0.99999, 0.999999999, -0.99999, 0.9996].map { Scalar.number($0).label } == [
        "0.99999", "0.999999999", "-0.99999", "0.9996",
      ])
    #expect(Scalar.number(0.99999).label(digits: 2) == "0.99999")
  }

  @Test("Texts are told apart by their bytes, numbers by their value")
  func equality() {
    #expect(Scalar.text("caf\u{E9}") != .text("cafe\u{301}"))
    #expect(Set([Scalar.text("caf\u{E9}"), .text("cafe\u{301}")]).count == 2)
    #expect(Scalar.integer(1) == .number(1))
    #expect(Set([Scalar.integer(1), .number(1)]).count == 1)
    #expect(Scalar.text("1") != .integer(1))
    #expect(Scalar.bool(true) == true && Scalar.bool(true) != false)
    #expect(Scalar.bool(true) != .text("true") && Scalar.bool(true) != .integer(1))
  }

  @Test("Numbers come by size and before texts, texts by their bytes")
  func order() {
    let values: [Scalar] = [.text("b"), .number(2.5), .text("B"), .integer(10), .number(-1)]
    #expect(values.sorted() == [.number(-1), .number(2.5), .integer(10), .text("B"), .text("b")])
  }

  @Test("JSON reads back as it was written", arguments: [#"["a",1,0.25,1e-08,true,false]"#, "[]"])
  func json(text: String) throws {
    let values = try JSONDecoder().decode([Scalar].self, from: Data(text.utf8))
    let encoder = JSONEncoder()
    #expect(String(decoding: try encoder.encode(values), as: UTF8.self) == text)
  }
}
