import Foundation
import Testing

@testable import Report

@Suite(.timeLimit(.minutes(10)))
struct TicksTests {
  @Test(
    "Numbers on axes are round, as many as have room, and all of one kind",
    arguments: [
      (0.0...900_000, 5, ["0", "200 k", "400 k", "600 k", "800 k"]),
      (0...1.6e6, 5, ["0", "500 k", "1 M", "1.5 M"]), (0...4, 6, ["0", "1", "2", "3", "4"]),
      (0.1...0.3, 3, ["0.1", "0.2", "0.3"]), (2.13...2.17, 4, ["2.14", "2.16"]),
      (-1...1, 5, ["-1.0", "-0.5", "0.0", "0.5", "1.0"]), (0...300, 8, ["0", "50", "100", "150", "200", "250", "300"]),
      (0...60_000, 4, ["0", "20 k", "40 k", "60 k"]),
    ])
  func linear(range: ClosedRange<Double>, most: Int, labels: [String]) {
    let ticks = ChartAxis.Tick.linear(in: range, most: most)
    #expect(ticks.map(\.label) == labels)
    #expect(ticks.allSatisfy { $0.value >= range.lowerBound - 1e-9 && $0.value <= range.upperBound + 1e-9 })
  }

  @Test(
    "A logarithmic axis has powers of ten, and more within a decade: never a single number",
    arguments: [
      (5e8...2e12, 8, ["10⁹", "10¹⁰", "10¹¹", "10¹²"]), (0.4...20, 8, ["1", "3", "10"]),
      (2e9...9e9, 8, ["2·10⁹", "3·10⁹", "4·10⁹", "5·10⁹", "6·10⁹", "7·10⁹", "8·10⁹", "9·10⁹"]),
      (1.2...1.8, 4, ["1.2", "1.4", "1.6", "1.8"]), (1e-7...1e-2, 8, ["10⁻⁷", "10⁻⁶", "10⁻⁵", "10⁻⁴", "10⁻³", "10⁻²"]),
      (1e-30...1, 4, ["10⁻³⁰", "10⁻²⁰", "10⁻¹⁰", "10⁰"]),
    ])
  func logarithmic(range: ClosedRange<Double>, most: Int, labels: [String]) {
    #expect(ChartAxis.Tick.logarithmic(in: range, most: most).map(\.label) == labels)
  }

  @Test("Any range gets two numbers or more", arguments: [1.01, 1.3, 2, 3, 5, 9, 11, 40, 99, 1e4])
  func always(ratio: Double) {
    for start in [1e-9, 0.07, 1, 8.5, 3e10] {
      #expect(ChartAxis.Tick.logarithmic(in: start...start * ratio, most: 6).count > 1, "\(start)")
    }
  }

  @Test("Labels that would touch are left out evenly")
  func thinned() {
    let ticks = (0..<10).map { ChartAxis.Tick(value: Double($0), label: "\($0)") }
    let few = ChartAxis.Tick.thinned(ticks, at: { 10 * $0 }, length: { _ in 25 })
    #expect(few.map(\.value) == [0, 3, 6, 9])
  }
}
