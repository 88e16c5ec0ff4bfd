import Terminal
import Testing

@testable import Sweep

@Suite(.timeLimit(.minutes(10)))
struct ProgressLinesTests {
  private func lines(runs: Int = 2, left: Double? = 130) -> ProgressLines {
    ProgressLines(
      runs: (0..<runs).map { number in
        .init(
          label: "run \(number + 7): d_model 64, lr 0.001, seed \(number)", step: 120, steps: 300,
          validation: number == 0 ? 2.34567 : nil, training: 2.3)
      }, done: 0.425, ended: 3, total: 12, elapsed: 65, left: left,
      best: "2.095 ± 0.041 (3) nats/token, d_model 64, lr 0.001")
  }

  @Test("A wide terminal shows everything")
  func wide() {
    #expect(
      lines().lines(width: 120, height: 24)
        == [
          "progress               step  validation loss  training loss  run, losses in nats/token",
          "[######..........]  120/300            2.346          2.300  run 7: d_model 64, lr 0.001, seed 0",
          "[######..........]  120/300                –          2.300  run 8: d_model 64, lr 0.001, seed 1",
          "[######..........]  42 %  3/12 runs  1 min 05 s passed  2 min 10 s left",
          "best so far: 2.095 ± 0.041 (3) nats/token, d_model 64, lr 0.001",
        ])
  }

  @Test("A narrow one shows what matters: validation losses, which run it is, and the time left")
  func narrow() {
    #expect(
      lines().lines(width: 50, height: 24)
        == [
          "validation loss  run, losses in nats/token",
          "          2.346  run 7: d_model 64, lr 0.001, se…",
          "              –  run 8: d_model 64, lr 0.001, se…",
          "42 %  3/12 runs  2 min 10 s left",
          "best so far: 2.095 ± 0.041 (3) nats/token, d_mod…",
        ])
  }

  @Test("No line fills the terminal or is longer, and no more lines come than it has", arguments: 10...200)
  func fits(width: Int) {
    for left in [130.0, nil] {
      let shown = lines(runs: 30, left: left).lines(width: width, height: 10)
      #expect(shown.allSatisfy { $0.displayWidth < width })
      #expect(shown.count == 9)
    }
    #expect(lines(runs: 30).lines(width: width, height: 50).count == 16)
    #expect(lines(runs: 0).lines(width: width, height: 10).count == 2)
  }

  @Test("Runs that aren't shown are counted")
  func hidden() {
    #expect(lines(runs: 30).lines(width: 80, height: 50).contains("and 18 more runs"))
    #expect(lines(runs: 13).lines(width: 80, height: 50).contains("and 1 more run"))
  }
}
