import Testing

@testable import Experiments

@Suite("The cores are shared by the runs that go side by side", .timeLimit(.minutes(10)))
struct CoreBudgetTests {
  @Test(
    "Runs use no more threads than there are cores, and each at least one",
    arguments: [(8, 1, 8), (8, 2, 4), (8, 3, 2), (8, 8, 1), (2, 5, 1), (1, 1, 1), (2, 0, 2)])
  func shares(cores: Int, runs: Int, threads: Int) {
    let budget = CoreBudget(cores: cores, threadsPerRun: nil)
    #expect(budget.threadsPerRun == 1)
    budget.share(among: runs)
    #expect(budget.threadsPerRun == threads)
  }

  @Test("A number that the user has fixed stays")
  func fixed() {
    let budget = CoreBudget(cores: 2, threadsPerRun: 3)
    budget.share(among: 2)
    #expect(budget.threadsPerRun == 3)
  }
}
