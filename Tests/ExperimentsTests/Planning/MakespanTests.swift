import Testing

@testable import Experiments

@Suite(.timeLimit(.minutes(10)))
struct MakespanTests {
  private func seconds(_ runs: [Double], speedup: Double = 1, jobs: Int, cores: Int = 2) -> Double {
    Makespan.seconds(runs.map { Makespan.Work(seconds: $0, speedup: speedup) }, jobs: jobs, cores: cores)
  }

  @Test("Runs side by side end when the busiest job does")
  func sideBySide() {
    #expect(seconds([], jobs: 2) == 0)
    #expect(seconds([3, 2], jobs: 1, cores: 1) == 5)
    #expect(seconds([3, 2], jobs: 2) == 3)
    #expect(seconds([3, 2, 2], jobs: 2) == 4)
  }

  @Test("The last run takes over the idle cores")
  func lastRun() {
    #expect(seconds([3], speedup: 1.5, jobs: 2) == 2)
    // One second is left when the shorter run ends.
    #expect(seconds([3, 2], speedup: 2, jobs: 2) == 2.5)
    #expect(seconds([4, 4, 3], speedup: 1.5, jobs: 2) == 6)
  }

  @Test("Two of four cores help a run as far as they bring it towards all four")
  func someCores() {
    #expect(seconds([8, 8], speedup: 4, jobs: 4, cores: 4) == 4)
    #expect(seconds([8, 8, 8], speedup: 4, jobs: 4, cores: 4) == 8)
  }

  @Test("More jobs than cores share them")
  func manyJobs() { #expect(seconds([3, 3, 3, 3], jobs: 4) == 6) }
}
