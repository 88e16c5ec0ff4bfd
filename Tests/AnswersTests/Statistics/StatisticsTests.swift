import Foundation
import SampleResults
import Testing

@testable import Answers

/// The statistics against SciPy's; `Fixtures/make_statistics.py` says how.
@Suite(.timeLimit(.minutes(10)))
struct StatisticsTests {
  private struct Reference: Decodable {
    struct Mean: Decodable { let values: [Double], mean: Double, deviation: Double, interval: [Double] }
    struct Two: Decodable { let first: [Double], second: [Double], mean: Double, interval: [Double], p: Double }
    struct Quantile: Decodable { let degrees: Double, probability: Double, quantile: Double }
    struct Shares: Decodable {
      let sizes: [Int], cells: [[Double]], main: [Double], pairs: [Double], rest: Double, seeds: Double
    }
    struct Sensitivity: Decodable { let losses: [Double?], untrained: Double, sensitivity: Double }
    let means: [Mean], pairs: [Two], welch: [Two], quantiles: [Quantile], shares: [Shares], sensitivity: [Sensitivity]
  }

  private let reference: Reference

  init() throws {
    let file = try #require(
      Bundle.module.url(forResource: "statistics", withExtension: "json", subdirectory: "Fixtures"))
    reference = try JSONDecoder().decode(Reference.self, from: Data(contentsOf: file))
  }

  @Test("Means, deviations and t intervals")
  func means() throws {
    for expected in reference.means {
      let summary = try #require(Summary(expected.values))
      expect(summary.mean, expected.mean)
      expect(try #require(summary.deviation), expected.deviation)
      expect(try #require(summary.interval), expected.interval)
    }
    #expect(Summary([2])?.interval == nil)
  }

  @Test("Paired differences: told apart where SciPy's p lies below 0.05")
  func pairs() throws {
    for expected in reference.pairs {
      let difference = try #require(MeanDifference(pairs: Array(zip(expected.first, expected.second))))
      expect(difference.mean, expected.mean)
      expect(try #require(difference.interval), expected.interval)
      #expect(difference.isToldApart == (expected.p < 0.05))
      #expect(difference.method == .paired)
    }
    #expect(MeanDifference(pairs: [(1, 2)])?.isToldApart == nil)
    #expect(MeanDifference(pairs: []) == nil)
  }

  @Test("Differences without pairs")
  func welch() throws {
    for expected in reference.welch {
      let difference = try #require(MeanDifference(expected.first, expected.second))
      expect(difference.mean, expected.mean)
      expect(try #require(difference.interval), expected.interval)
      #expect(difference.isToldApart == (expected.p < 0.05))
    }
    #expect(MeanDifference([1, 2], [3])?.interval == nil)
    #expect(MeanDifference([1, 1], [3, 3])?.isToldApart == true)
    #expect(MeanDifference([], [3]) == nil)
  }

  @Test("Quantiles of Student's t, whole and broken degrees of freedom")
  func quantiles() {
    for expected in reference.quantiles {
      expect(StudentT(degrees: expected.degrees).quantile(expected.probability), expected.quantile)
    }
  }

  @Test("Shares of the variance; they add up to one")
  func shares() throws {
    for expected in reference.shares {
      let shares = try #require(VarianceShares(sizes: expected.sizes, cells: expected.cells))
      for (share, value) in zip(shares.main, expected.main) { expect(share.share, value) }
      for (share, value) in zip(shares.pairs, expected.pairs) { expect(share.share, value) }
      #expect(shares.pairs.count == expected.pairs.count)
      expect(shares.rest, expected.rest)
      expect(shares.seeds, expected.seeds)
      expect((shares.main + shares.pairs).reduce(shares.rest + shares.seeds) { $0 + $1.share }, 1)
    }
    #expect(VarianceShares(sizes: [2, 2], cells: [[0.1], [0.1], [0.1], [0.1]]) == nil)
  }

  @Test("Sensitivity to the learning rate; diverged runs count as the untrained model")
  func sensitivity() throws {
    for expected in reference.sensitivity {
      let value = LearningRateSensitivity.value(expected.losses, untrained: expected.untrained)
      expect(try #require(value), expected.sensitivity)
    }
    #expect(LearningRateSensitivity.value([nil, nil], untrained: 4) == nil)
    #expect(LearningRateSensitivity.value([2], untrained: 4) == nil)
  }

  private func expect(
    _ interval: ConfidenceInterval, _ ends: [Double], sourceLocation: SourceLocation = #_sourceLocation
  ) {
    expect(interval.low, ends[0], sourceLocation: sourceLocation)
    expect(interval.high, ends[1], sourceLocation: sourceLocation)
  }

  private func expect(_ value: Double, _ expected: Double, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(
      abs(value - expected) <= 1e-11 * max(1, abs(expected)), "\(value) for \(expected)", sourceLocation: sourceLocation
    )
  }
}
