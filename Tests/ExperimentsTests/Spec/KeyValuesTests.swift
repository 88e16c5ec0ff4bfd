import Model
import Store
import Testing

@testable import Experiments

@Suite(.timeLimit(.minutes(10)))
struct KeyValuesTests {
  private func values(_ key: SpecKey, _ json: String) throws -> [Scalar] {
    var reader = JSONReader(json)
    return try KeyValues(key, reader.read()).values
  }

  @Test(
    "A range holds both its ends and evenly spaced values between them, as a person would write them",
    arguments: [
      (#"{"from": 1e-4, "to": 1e-1, "count": 4, "scale": "log"}"#, [0.0001, 0.001, 0.01, 0.1]),
      (
        #"{"from": 1e-4, "to": 0.1, "count": 7, "scale": "log"}"#,
        [0.0001, 0.000316227766017, 0.001, 0.00316227766017, 0.01, 0.0316227766017, 0.1]
      ),
      (#"{"from": 1e-6, "to": 1e6, "count": 3, "scale": "log"}"#, [1e-6, 1, 1e6]),
      (#"{"from": 1, "to": 16, "count": 5, "scale": "log"}"#, [1, 2, 4, 8, 16]),
      (#"{"from": 0.1, "to": 0.4, "count": 4}"#, [0.1, 0.2, 0.3, 0.4]),
      (#"{"from": 0.1, "to": 0.7, "count": 4, "scale": "linear"}"#, [0.1, 0.3, 0.5, 0.7]),
      (#"{"from": 0.1, "to": 0.2, "count": 2}"#, [0.1, 0.2]),
      (#"{"from": 0.1234567890123456, "to": 1, "count": 2}"#, [0.1234567890123456, 1]),
    ] as [(String, [Double])])
  func ranges(json: String, expected: [Double]) throws {
    #expect(try values(.lr, json) == expected.map { .number($0) })
  }

  @Test(
    "A range of a whole number's key is rounded, each value once",
    arguments: [
      (#"{"from": 1, "to": 5, "count": 5}"#, [1, 2, 3, 4, 5]),
      (#"{"from": 1, "to": 3, "count": 9}"#, [1, 2, 3]),
      (#"{"from": 8, "to": 128, "count": 5, "scale": "log"}"#, [8, 16, 32, 64, 128]),
      (#"{"from": 10, "to": 1000, "count": 5, "scale": "log"}"#, [10, 32, 100, 316, 1000]),
      (#"{"from": 1.0, "to": 1e3, "count": 3}"#, [1, 501, 1000]),
    ] as [(String, [Int])])
  func wholeRanges(json: String, expected: [Int]) throws {
    #expect(try values(.layers, json) == expected.map { .integer($0) })
  }

  @Test("The values of any range rise from one end to the other and stay between them")
  func monotony() throws {
    var random = RandomStream(seed: 1, name: "ranges")
    var broken: [String] = []
    for _ in 0..<500 {
      let from = random.uniformDouble() + 1e-9
      // Down to ends that are neighbours among the numbers, where rounding for looks would leave the range.
      let to = max(from + random.uniformDouble() * [1, 1e-6, 1e-12, 1e-15][random.integer(below: 4)], from.nextUp)
      let scale = ["linear", "log"][random.integer(below: 2)]
      let json = #"{"from": \#(from), "to": \#(to), "count": \#(2 + random.integer(below: 20)), "scale": "\#(scale)"}"#
      let numbers = try values(.lr, json).compactMap(\.number)
      let rises = zip(numbers, numbers.dropFirst()).allSatisfy { $0 <= $1 }
      if numbers.first != from || numbers.last != to || !rises { broken.append(json) }
    }
    #expect(broken == [])
  }

  @Test("A range ends below what its key mustn't reach")
  func openEnd() throws {
    let numbers = try values(.beta1, #"{"from": 0.9999999999999, "to": 0.9999999999999999, "count": 5}"#)
    #expect(numbers.allSatisfy { $0.number.map { $0 < 1 } == true })
  }

  @Test("A list keeps its order, and whole numbers among numbers are numbers")
  func list() throws {
    #expect(try values(.lr, "[1, 0.5, 2e0]") == [.number(1), .number(0.5), .number(2)])
    #expect(try values(.heads, "[4, 2.0, 1e0]") == [4, 2, 1])
    #expect(try values(.optimizer, #"["sgd", "adam"]"#) == ["sgd", "adam"])
    #expect(try values(.steps, "3") == [3])
  }
}
