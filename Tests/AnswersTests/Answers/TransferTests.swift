import Foundation
import SampleResults
import Store
import Testing

@testable import Answers

@Suite(.timeLimit(.minutes(10)))
struct TransferTests {
  static let rates = (0..<7).map { 0.001 * pow(2, Double($0)) }

  /// Three seeds of each width at each rate, whose losses are parabolas with their optimum at `optimum(width)`; `spread` of the
  /// seeds is not the same at all rates.
  private func runs(
    widths: [Int] = [32, 64, 128, 256], spread: Double = 0.003, optimum: (Double) -> Double,
    extra: [String: Scalar] = [:]
  ) -> [Run] {
    widths.flatMap { width in
      Self.rates.enumerated().flatMap { place, lr in
        (0..<3).map { seed -> Run in
          let distance = log(lr / optimum(Double(width)))
          // Pseudo-random numbers from -1 to 1.
          let wave = 43758.5453 * sin(12.9898 * Double(seed + 1) + 78.233 * Double(place + 1) + 3.7 * Double(width))
          let noise = spread * (2 * (wave - wave.rounded(.down)) - 1)
          return run(
            dModel: width, lr: lr, seed: Int64(seed), loss: 2 + 0.1 * distance * distance + noise, extra: extra)
        }
      }
    }
  }

  private func transfer(_ runs: [Run]) throws -> Transfer {
    try #require(Answers(results(runs)).transfers.first)
  }

  @Test("An optimum that falls as 1 / width is found, with its exponent")
  func falls() throws {
    let transfer = try transfer(runs { 0.016 * 32 / $0 })
    #expect(transfer.verdict == .falls)
    let exponent = try #require(transfer.exponent)
    #expect(abs(exponent.value + 1) < 0.05 && exponent.low < -1 && exponent.high > -1)
    for (size, expected) in zip(transfer.sizes, [0.016, 0.008, 0.004, 0.002]) {
      let found = try #require(size.optimum.logRate)
      #expect(abs(found - log(expected)) < 0.1)
      #expect(try #require(size.optimum.interval).contains(found))
    }
    #expect(
      transfer.sentence.hasPrefix(
        "Optimum of lr over d_model (parabola of the loss over ln lr): 0.016 [0.01, 0.025] at 32; 0.008 "))
    #expect(transfer.sentence.contains(". It falls as d_model^−1.0"))
  }

  @Test("An optimum that stays transfers, and the sentence says within what")
  func stays() throws {
    let transfer = try transfer(runs { _ in 0.006 })
    #expect(transfer.verdict == .transfers)
    #expect(transfer.sentence.contains(" It transfers: it moves as d_model^"))
  }

  @Test("Two widths, and seeds that drown the minimum, can't tell")
  func undecided() throws {
    #expect(try transfer(runs(widths: [32, 64]) { _ in 0.006 }).verdict == .undecided)
    let noisy = try transfer(runs(spread: 1) { _ in 0.006 })
    #expect(noisy.verdict == .undecided)
  }

  @Test("A size at the edge that lies where the others say changes nothing, and is named as left out")
  func agreeingEdge() throws {
    let falls = try transfer(runs { 0.016 * pow(32 / $0, 1.2) })
    #expect(falls.leftOut.map(\.label) == ["256"] && falls.strangers.isEmpty)
    #expect(falls.verdict == .falls)
    #expect(falls.sentence.hasSuffix("] without 256."))
    // At 256 the lowest rate is the best, but by less than the seeds' spread: what is known of it is no reason for doubt.
    let stays = try transfer(runs(spread: 0.02) { $0 == 256 ? 0.0014 : 0.0016 })
    #expect(stays.verdict == .transfers || stays.verdict == .undecided)
    #expect(stays.strangers.isEmpty)
  }

  @Test("What lies at an edge is no optimum, and may contradict the others")
  func edges() throws {
    let transfer = try transfer(runs { $0 == 256 ? 0.0001 : 0.006 })
    #expect(transfer.sizes.map { $0.optimum.logRate == nil } == [false, false, false, true])
    #expect(transfer.sentence.contains("; at the edge, lies below 0.002 at 256. "))
    // The others agree, but it has moved from there.
    #expect(transfer.verdict == .undecided)
    #expect(transfer.sentence.contains(" These data can't tell how it moves: d_model^"))
    #expect(transfer.sentence.hasSuffix(" without 256, but at 256 it lies elsewhere."))
    let most = try self.transfer(runs { $0 > 64 ? 0.0001 : 0.006 })
    #expect(most.exponent == nil)
    #expect(most.sentence.hasSuffix("add learning rates beyond the edges, or sizes."))
  }

  @Test("Of a curve with gaps, an edge lies beyond its neighbour among what finished")
  func gaps() throws {
    let all = runs { $0 == 256 ? 0.0002 : 0.006 }
    let transfer = try transfer(
      all.map { item in
        guard item.settings["d_model"] == 256, item.settings["lr"] == .number(0.002) else { return item }
        return run(dModel: 256, lr: 0.002, seed: item.seed, state: .queued)
      })
    #expect(transfer.sentence.contains("; at the edge, lies below 0.004 at 256. "))
  }

  @Test("Each parametrization has an answer of its own; without a width there is none")
  func parametrizations() throws {
    let both =
      runs(optimum: { 0.016 * 32 / $0 }, extra: ["parametrization": "standard"])
      + runs(optimum: { _ in 0.004 }, extra: ["parametrization": "mup"])
    let transfers = Answers(results(both, axes: ["d_model", "parametrization", "lr"])).transfers
    #expect(transfers.map(\.label) == ["parametrization mup", "parametrization standard"])
    #expect(transfers.map(\.verdict) == [.transfers, .falls])
    #expect(transfers[0].sentence.hasPrefix("Optimum of lr over d_model, parametrization mup (parabola"))
    #expect(Answers(results(runs(widths: [32]) { _ in 0.006 }, axes: ["lr"])).transfers.isEmpty)
  }

  @Test("The vertex of an exact parabola is found between the points, whatever their spacing")
  func vertex() {
    for ratio in [1.4, 2, 3.2] {
      let x = (0..<9).map { Double($0) * log(ratio) }
      let center = 4.3 * log(ratio)
      let found = RateOptimum.vertex(x, x.map { 1 + 0.3 * ($0 - center) * ($0 - center) })
      #expect(abs((found ?? 0) - center) < 1e-9)
    }
    #expect(RateOptimum.vertex([0, 1, 2], [1, 2, 3]) == nil)
    #expect(RateOptimum.vertex([0, 1, 2], [3, 2, 1]) == nil)
    #expect(RateOptimum.vertex([0, 1, 2], [2, 1, 2]) == 1)
  }

  @Test("Where a loss is no parabola, the interval of its optimum holds it even if seeds hardly differ")
  func skewed() {
    var random = NormalNumbers(seed: 5)
    for start in stride(from: 2.0, to: 4, by: 0.25) {
      let (rates, optimum) = (Self.rates.map { log($0) }, log(0.001) + start * log(2))
      // Steeper above the optimum than below it.
      let losses = rates.map { rate in
        let way = rate - optimum
        let scores = (0..<3).map { (Int64($0), 2 + 0.06 * (exp(0.8 * way) - 0.8 * way - 1) + 0.001 * random.next()) }
        return Dictionary(uniqueKeysWithValues: scores)
      }
      let found = RateOptimum(rates, CellModel(losses).cells)
      #expect(found.interval?.contains(optimum) == true, "\(found) of \(optimum)")
      #expect((found.deviation ?? 0) > log(2) / 3.001)
    }
  }

  @Test("The interval of an optimum and that of the exponent hold the truth in about 95 of 100 experiments")
  func coverage() throws {
    var random = NormalNumbers(seed: 11)
    var (held, exponents, count) = (0, 0, 0)
    for _ in 0..<60 {
      let runs = [32, 64, 128, 256].flatMap { width in
        Self.rates.flatMap { lr in
          (0..<3).map { seed in
            let distance = log(lr / 0.006) + 0.4 * log(Double(width) / 90)
            return run(
              dModel: width, lr: lr, seed: Int64(seed), loss: 2 + 0.1 * distance * distance + 0.01 * random.next())
          }
        }
      }
      let transfer = try transfer(runs)
      for size in transfer.sizes {
        guard let interval = size.optimum.interval else { continue }
        count += 1
        if interval.contains(log(0.006) - 0.4 * log(size.size / 90)) { held += 1 }
      }
      if let exponent = transfer.exponent, exponent.low <= -0.4, exponent.high >= -0.4 { exponents += 1 }
    }
    #expect(count == 240)
    #expect(Double(held) / Double(count) > 0.9, "\(held) of \(count)")
    #expect(exponents > 54, "\(exponents) of 60")
  }
}
