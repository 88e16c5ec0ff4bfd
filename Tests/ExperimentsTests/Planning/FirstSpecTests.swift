import Foundation
import Model
import Store
import Testing

@testable import Experiments

@Suite(.timeLimit(.minutes(10)))
struct FirstSpecTests {
  /// The plan of the first spec for a text in a file "text.txt".
  private func plan(_ text: String, seconds: Double = 60) throws -> (first: FirstSpec, plan: Plan) {
    try SpecFolder.with { folder in
      try folder.write(text, to: "text.txt")
      let corpus = try Corpus(contentsOf: folder.url.appending(path: "text.txt"))
      let first = try FirstSpec(for: corpus, path: "text.txt", jobs: 1, seconds: seconds)
      return (first, try Plan(specs: [try folder.write(first.text, to: "first.json")]))
    }
  }

  private let lines = (0..<400).map { "line \($0 * $0 % 97) of \($0 % 5)\n" }.joined()

  @Test("The spec can be planned as it stands: three learning rates, three seeds, whole passes of the text")
  func plans() throws {
    let (first, plan) = try plan(lines)
    let configurations = plan.experiments[0].spec.configurations
    #expect(configurations.count == 3)
    #expect(plan.distinctRuns.count == 9)
    #expect(first.runs == 9)
    #expect(Set(configurations.map { $0.integer(.dModel) }) == [32])
    #expect(Set(configurations.map { $0.integer(.contextLength) }) == [64])
    let steps = configurations[0].integer(.steps)
    // Ten times through some 5 kB, 512 characters a step.
    #expect((50...100).contains(steps))
    #expect(plan.experiments[0].spec.measuring.evalEvery == max(1, steps / 10))
    #expect(first.entries.map(\.key).contains(.steps))
    for entry in first.entries { #expect(first.text.contains("\"\(entry.key.rawValue)\": \(entry.json)")) }
  }

  @Test("A short text gets a short context, a text of many characters bytes, and a long one a wider model")
  func sizes() throws {
    let short = try plan((0..<40).map { "line \($0)\n" }.joined()).plan.experiments[0].spec.configurations[0]
    #expect(short.integer(.contextLength) == 16)
    let many = String(String.UnicodeScalarView((0..<3000).compactMap { Unicode.Scalar(0x4E00 + $0) }))
    let bytes = try plan(many).plan.experiments[0].spec.configurations[0]
    #expect(bytes.text(.tokenizer) == "byte")
    let long = try plan(String(repeating: lines, count: 30), seconds: 0.01).plan.experiments[0].spec.configurations[0]
    #expect(long.integer(.dModel) == 64)
    #expect(long.text(.tokenizer) == "char")
    // However slow the machine is.
    #expect(long.integer(.steps) == 50)
  }

  @Test("A text that is too short is refused with its size")
  func tooShort() throws {
    #expect {
      try FirstSpec(for: Corpus(name: "t", text: String(repeating: "ab\n", count: 30)), path: "t", jobs: 1)
    } throws: { error in
      "\(error)" == "has 90 bytes, too few to learn from; name a longer text."
    }
  }

  @Test("Steps fill the time that is wanted, in two digits, between fifty and what the text gives")
  func steps() throws {
    func steps(perSecond rate: Double, start: Double = 1, most: Int = 20_000) -> Int {
      FirstSpec.steps(in: 60, most: most) { start + Double($0) / rate }
    }
    #expect(steps(perSecond: 10) == 590)
    #expect(steps(perSecond: 101) == 5900)
    #expect(steps(perSecond: 1.2) == 70)
    #expect(steps(perSecond: 0.1) == 50)
    #expect(steps(perSecond: 10, start: 100) == 50)
    #expect(steps(perSecond: 1000) == 20_000)
    #expect(steps(perSecond: 10, most: 300) == 300)
    #expect(FirstSpec.steps(in: 60, most: 1000) { _ in nil } == 500)
  }
}
