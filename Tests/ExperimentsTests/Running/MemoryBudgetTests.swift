import Testing

@testable import Experiments

@Suite(.timeLimit(.minutes(10)))
struct MemoryBudgetTests {
  @Test("A run begins beside others only where all fit together, and alone whenever it fits at all")
  func admission() {
    let budget = MemoryBudget(total: 10, available: 6)
    #expect(budget.fits(10) && !budget.fits(11))
    #expect(budget.admits(10, beside: []))
    #expect(budget.admits(2, beside: [1, 3]))
    #expect(!budget.admits(3, beside: [1, 3]))
  }
}
