import Foundation
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

  @Test(
    "Processor time is that of the calling thread and its helpers, from the beginning of the log on, over all processes"
  )
  func cpuSeconds() throws {
    var helpers = 100.0
    let log = TrainingLog(steps: 3) { helpers }
    helpers += 5
    let first = try #require(log.cpuSeconds)
    #expect(first >= 5 && first < 30)
    let resumed = TrainingLog(steps: 3, log.totals) { helpers }
    helpers += 7
    #expect(try #require(resumed.outcome(.finished).cpuSeconds) >= first + 7)
    #expect(try #require(resumed.totals.cpuSeconds) >= first + 7)
  }

  @Test("Of a run that a version without processor time began, it isn't known")
  func unknownCPUSeconds() throws {
    var fields = try #require(
      JSONSerialization.jsonObject(with: JSONEncoder().encode(TrainingLog(steps: 3).totals)) as? [String: Any])
    #expect(fields.removeValue(forKey: "cpuSeconds") != nil)
    let totals = try JSONDecoder().decode(
      TrainingLog.Totals.self, from: JSONSerialization.data(withJSONObject: fields))
    let log = TrainingLog(steps: 3, totals)
    #expect(log.cpuSeconds == nil)
    #expect(log.outcome(.finished).cpuSeconds == nil)
  }
}
