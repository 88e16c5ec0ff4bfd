import Foundation
import Testing

@testable import Answers

/// The comparison of bests against SciPy and NumPy; `Fixtures/make_bests.py` says how.
@Suite(.timeLimit(.minutes(10)))
struct BestOfGroupsTests {
  private struct Reference: Decodable {
    struct Tukey: Decodable { let scores: [[Double]], errors: [Double], degrees: Double, reach: Double }
    struct Bests: Decodable { let scores: [[Double]], groups: [[Int]], factor: Double, optimism: Double }
    struct Moderated: Decodable { let scores: [[Double]], errors: [Double], degrees: [Double] }
    let moderated: [Moderated], digamma: [[Double]]
    let paired: Tukey, tukey: [Tukey], bests: [Bests]
  }

  private let reference: Reference

  init() throws {
    let file = try #require(Bundle.module.url(forResource: "bests", withExtension: "json", subdirectory: "Fixtures"))
    reference = try JSONDecoder().decode(Reference.self, from: Data(contentsOf: file))
  }

  private func model(_ scores: [[Double]]) -> CellModel {
    CellModel(scores.map { cell in Dictionary(uniqueKeysWithValues: cell.enumerated().map { (Int64($0), $1) }) })
  }

  @Test("Two cells with shared seeds are compared by the paired t interval, exactly")
  func paired() throws {
    let expected = reference.paired
    let model = model(expected.scores)
    #expect(model.hasBlocks)
    #expect(model.cells[0].degrees == expected.degrees)
    let difference = try #require(
      BestOfGroups(model, groups: [[0], [1]]).differences.compactMap(\.self).max { $0.reach < $1.reach })
    #expect(abs(difference.reach - expected.reach) < 1e-9 * expected.reach)
  }

  @Test("A cell's error is the root of the mean square of the two-way layout, over the root of its seeds")
  func errors() throws {
    for expected in reference.tukey {
      let cells = model(expected.scores).cells
      for (cell, error) in zip(cells, expected.errors) {
        #expect(abs(try #require(cell.error) - error) < 1e-12)
        #expect(cell.degrees == expected.degrees)
      }
    }
  }

  @Test("Where nothing tells the cells apart, the reach is Tukey's")
  func tukey() throws {
    for expected in reference.tukey {
      let bests = BestOfGroups(model(expected.scores), groups: expected.scores.indices.map { [$0] })
      let reach = try #require(bests.differences.compactMap(\.self).map(\.reach).max())
      // Of 4,000 draws the percentile is known to about two hundredths.
      #expect(abs(reach / expected.reach - 1) < 0.05, "\(reach) and \(expected.reach)")
    }
  }

  @Test(
    "The best of many is picked: intervals and the winner's optimism are those of NumPy's bootstrap with ten times the draws"
  )
  func bests() throws {
    for expected in reference.bests {
      let model = model(expected.scores)
      let bests = BestOfGroups(model, groups: expected.groups)
      for group in expected.groups.indices where group != bests.winner {
        let (one, other) = (model.cells[bests.best[group]].error ?? 0, model.cells[bests.best[bests.winner]].error ?? 0)
        let factor = try #require(bests.differences[group]).reach / (one * one + other * other).squareRoot()
        #expect(abs(factor / expected.factor - 1) < 0.05, "\(factor) and \(expected.factor)")
      }
      // The mean of 4,000 draws is known to less than two hundredths of a cell's error.
      let error = try #require(model.cells[bests.best[bests.winner]].error)
      #expect(abs(try #require(bests.optimism) - expected.optimism) < 0.08 * error)
    }
  }

  @Test("With one seed a configuration nothing is known of the error")
  func oneSeed() {
    let bests = BestOfGroups(model([[2], [1], [3]]), groups: [[0, 1], [2]])
    #expect(bests.winner == 0 && bests.best == [1, 2])
    #expect(bests.differences == [nil, nil] && bests.optimism == nil)
  }

  @Test("Where seeds differ there are no blocks, and the error is the spread within the cells")
  func noBlocks() {
    let model = CellModel([[0: 1.0, 1: 3.0], [2: 4.0, 3: 6.0, 4: 8.0]])
    #expect(!model.hasBlocks)
    // Squares 2 and 8 with 1 and 2 degrees of freedom; of two cells the variance is pooled.
    #expect(model.cells[0].degrees == 3)
    #expect(abs((model.cells[0].error ?? 0) - (10.0 / 3 / 2).squareRoot()) < 1e-12)
    #expect(abs((model.cells[1].error ?? 0) - (10.0 / 3 / 3).squareRoot()) < 1e-12)
  }

  @Test("Variances that differ are moderated, not pooled")
  func moderated() throws {
    for expected in reference.moderated {
      let cells = CellModel(
        expected.scores.enumerated().map { cell, scores in
          // No seed in two cells, so that there are no blocks.
          Dictionary(uniqueKeysWithValues: scores.enumerated().map { (Int64(100 * cell + $0), $1) })
        }
      ).cells
      for (cell, (error, degrees)) in zip(cells, zip(expected.errors, expected.degrees)) {
        #expect(abs(try #require(cell.error) - error) < 1e-9 * error)
        #expect(abs(cell.degrees - degrees) < 1e-6 * degrees)
      }
    }
  }

  @Test("Derivatives of the logarithm of the gamma function")
  func gamma() {
    for row in reference.digamma {
      #expect(abs(Gamma.digamma(row[0]) - row[1]) < 1e-10 * max(abs(row[1]), 1))
      #expect(abs(Gamma.trigamma(row[0]) - row[2]) < 1e-10 * row[2])
      #expect(abs(Gamma.inverseTrigamma(row[2]) - row[0]) < 1e-7 * row[0])
    }
  }

  @Test("The error of a good cell isn't that of a bad one")
  func local() {
    func cell(_ mean: Double, _ spread: Double, _ place: Int) -> [Double] {
      (0..<4).map { seed in mean + spread * sin(Double(7 * place + 3 * seed)) }
    }
    let good = (0..<8).map { cell(0.01 * Double($0), 0.001, $0) }
    let bad = (0..<8).map { cell(10 + Double($0), 3, $0) }
    let cells = model(good + bad).cells
    #expect((cells[0].error ?? 1) < 0.01)
    #expect((cells[15].error ?? 0) > 0.5)
  }

  @Test("Equal scores have no spread and no interval to speak of")
  func ties() throws {
    let bests = BestOfGroups(model([[1, 1], [1, 1], [1, 1]]), groups: [[0], [1], [2]])
    #expect(bests.differences.compactMap(\.self).allSatisfy { $0.value == 0 && $0.reach == 0 && !$0.isToldApart })
  }
}
