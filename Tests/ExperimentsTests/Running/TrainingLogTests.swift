import Testing

@testable import Experiments

@Suite(.timeLimit(.minutes(10)))
struct TrainingLogTests {
  @Test("A resumed run remembers the most threads that made its steps")
  func threads() {
    var log = TrainingLog(steps: 3)
    #expect(log.outcome(.interrupted).threads == 1)
    for threads in [1, 2, 1] { log.timed(threads: threads) {} }
    var resumed = TrainingLog(steps: 3, log.totals)
    resumed.timed(threads: 1) {}
    #expect(resumed.outcome(.finished).threads == 2)
  }
}
