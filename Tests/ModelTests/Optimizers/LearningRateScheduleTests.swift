import Testing

@testable import Model

@Suite struct LearningRateScheduleTests {
  func rates(_ shape: LearningRateSchedule.Shape, warmup: Int, steps: Int, _ at: [Int]) -> [Double] {
    let schedule = LearningRateSchedule(peak: 2, shape: shape, warmupSteps: warmup, steps: steps)
    return at.map { (schedule.rate(at: $0) * 1e9).rounded() / 1e9 }
  }

  @Test("the rise is linear and ends at the peak")
  func warmup() { #expect(rates(.constant, warmup: 3, steps: 10, [1, 2, 3, 4, 5, 10]) == [0.5, 1, 1.5, 2, 2, 2]) }

  @Test("the line falls from the peak to its fraction, which later steps keep")
  func linear() {
    #expect(rates(.linear(finalFraction: 0.5), warmup: 0, steps: 11, [1, 6, 11, 12, 99]) == [2, 1.5, 1, 1, 1])
  }

  @Test("the cosine falls from the peak through the middle to its fraction, which later steps keep")
  func cosine() {
    #expect(rates(.cosine(finalFraction: 0.1), warmup: 2, steps: 13, [3, 8, 13, 14]) == [2, 1.1, 0.2, 0.2])
  }

  @Test("a training of one step takes the peak") func oneStep() {
    #expect(rates(.cosine(finalFraction: 0), warmup: 0, steps: 1, [1]) == [2])
    #expect(rates(.linear(finalFraction: 0), warmup: 0, steps: 1, [1]) == [2])
  }
}
