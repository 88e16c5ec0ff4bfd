import Foundation
import Testing

@testable import Answers

/// How often the intervals hold the truth: synthetic experiments with known true means, seeds as blocks and normal errors. `make coverage` draws
/// 2,000 of each kind and prints the table of docs/statistics.md.
@Suite(.timeLimit(.minutes(30)))
struct CoverageTests {
  /// How the true means of a grid of values (rows) by other settings (columns) lie, in standard deviations of a run.
  enum Kind: String, CaseIterable {
    /// All are the same.
    case equal
    /// A single axis: one configuration for each value.
    case single
    /// Each by itself, normal.
    case scattered
    /// The two axes add up.
    case additive
    /// Like a learning rate: a parabola over the columns whose optimum moves.
    case parabola
  }

  private struct Outcome {
    var held = 0, wrong = 0, experiments = 0
    mutating func add(_ other: Outcome) {
      (held, wrong, experiments) = (held + other.held, wrong + other.wrong, experiments + other.experiments)
    }
  }

  /// An experiment of that kind, and whether its intervals hold the truth.
  private func outcome(_ kind: Kind, _ random: inout NormalNumbers) -> (seeds: Int, cells: Int, Outcome) {
    func uniform(_ range: ClosedRange<Double>) -> Double {
      // The normal distribution's probability of a lower number is uniform.
      range.lowerBound + (range.upperBound - range.lowerBound) * 0.5 * erfc(-random.next() / 2.0.squareRoot())
    }
    func whole(_ range: ClosedRange<Int>) -> Int {
      min(range.lowerBound + Int(uniform(0...Double(range.count))), range.upperBound)
    }
    let rows = kind == .single ? whole(4...8) : whole(2...6)
    let columns = kind == .single ? 1 : whole((rows < 4 ? 2 : 1)...(48 / rows))
    let seeds = whole(2...8)
    let scale = uniform(0...3)
    let shape = uniform(0.1...3)
    let rowEffects = (0..<rows).map { _ in uniform(0...max(scale, 1e-9)) }
    let columnEffects = (0..<columns).map { _ in uniform(0...3) }
    var means: [[Double]] = []
    for row in 0..<rows {
      let optimum = uniform(0...max(Double(columns - 1), 1e-9))
      means.append(
        (0..<columns).map { column in
          switch kind {
          case .equal: return 0
          case .single: return rowEffects[row]
          case .scattered: return random.next() * scale / 2
          case .additive: return rowEffects[row] + columnEffects[column]
          case .parabola:
            let distance = Double(column) - optimum
            return rowEffects[row] + shape * distance * distance
          }
        })
    }
    let blocks = (0..<seeds).map { _ in random.next() }
    let scores = means.flatMap { row in
      row.map { mean in
        Dictionary(uniqueKeysWithValues: blocks.enumerated().map { (Int64($0), 10 + mean + $1 + random.next()) })
      }
    }
    let groups = (0..<rows).map { row in (0..<columns).map { row * columns + $0 } }
    let bests = BestOfGroups(CellModel(scores), groups: groups)
    let truth = means.map { $0.min() ?? 0 }
    var (holds, isWrong) = (true, false)
    for (group, difference) in bests.differences.enumerated() where group != bests.winner {
      guard let difference else { continue }
      let true_ = truth[group] - truth[bests.winner]
      holds = holds && difference.low <= true_ && true_ <= difference.high
      isWrong = isWrong || difference.low > 0 && true_ <= 0
    }
    return (seeds, rows * columns, Outcome(held: holds ? 1 : 0, wrong: isWrong ? 1 : 0, experiments: 1))
  }

  @Test(
    "Intervals for all values of an axis at once hold the truth about 95 times in 100, and \"better\" is rarely wrong",
    arguments: Kind.allCases)
  func coverage(kind: Kind) {
    let long = ProcessInfo.processInfo.environment["SWEEP_COVERAGE"].flatMap(Int.init)
    let count = long ?? 60
    var random = NormalNumbers(seed: 11)
    var all = Outcome()
    var bySeeds: [Int: Outcome] = [:]
    var byCells: [Int: Outcome] = [:]
    for _ in 0..<count {
      let (seeds, cells, outcome) = outcome(kind, &random)
      all.add(outcome)
      bySeeds[seeds < 4 ? 2 : seeds < 6 ? 4 : 6, default: Outcome()].add(outcome)
      byCells[cells < 12 ? 4 : cells < 24 ? 12 : 24, default: Outcome()].add(outcome)
    }
    let (held, wrong) = (Double(all.held) / Double(count), Double(all.wrong) / Double(count))
    if long != nil {
      func cell(_ outcome: Outcome?) -> String {
        outcome.map { String(format: "%.1f", 100 * Double($0.held) / Double($0.experiments)) } ?? "–"
      }
      let parts = ([2, 4, 6].map { bySeeds[$0] } + [4, 12, 24].map { byCells[$0] }).map(cell).joined(separator: " | ")
      print("| \(kind.rawValue) | \(cell(all)) | \(parts) | \(String(format: "%.1f", 100 * wrong)) |")
      #expect((0.93...0.97).contains(held), "\(held)")
      #expect(wrong <= 0.05, "\(wrong)")
    } else {
      // Of 60 experiments chance alone leaves out 95 % ± 3 %.
      #expect(held >= 0.85, "\(held)")
      #expect(wrong <= 0.12, "\(wrong)")
    }
  }

  @Test("With fresh seeds the winner's loss is what its correction says, on average")
  func optimism() {
    var random = NormalNumbers(seed: 3)
    var (raw, corrected) = (0.0, 0.0)
    let count = 60
    for _ in 0..<count {
      let means = (0..<12).map { _ in random.next() / 2 }
      let scores = means.map { mean in
        Dictionary(uniqueKeysWithValues: (0..<3).map { (Int64($0), mean + random.next()) })
      }
      let model = CellModel(scores)
      let bests = BestOfGroups(model, groups: means.indices.map { [$0] })
      let miss = means[bests.winner] - model.cells[bests.winner].mean
      raw += miss / Double(count)
      corrected += (miss - (bests.optimism ?? 0)) / Double(count)
    }
    // The errors of the means are 1/√3; the mean of 60 misses is known to about 0.07.
    #expect(raw > 0.3)
    #expect(abs(corrected) < 0.25)
  }
}
