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

  @Test(
    "wsd keeps the peak and falls to its fraction in the last steps, half-way by its shape, which later steps keep",
    arguments: [(.sqrt, 2 - 1.8 * 0.5.squareRoot()), (.linear, 1.1), (.cosine, 1.1)]
      as [(LearningRateSchedule.Decay, Double)])
  func wsd(decay: LearningRateSchedule.Decay, middle: Double) {
    #expect(
      rates(.wsd(decay, fraction: 0.2, finalFraction: 0.1), warmup: 3, steps: 20, [2, 4, 16, 18, 20, 99])
        == [1, 2, 2, (middle * 1e9).rounded() / 1e9, 0.2, 0.2])
  }

  @Test("the shapes of wsd differ where a quarter of the fall is done")
  func wsdQuarter() {
    let quarters = LearningRateSchedule.Decay.allCases.map {
      rates(.wsd($0, fraction: 0.4, finalFraction: 0), warmup: 0, steps: 10, [7])[0]
    }
    #expect(quarters == [1, 1.5, 1.707106781])
  }

  @Test("the fall of wsd takes at least a step and begins no earlier than the peak")
  func wsdEnds() {
    #expect(rates(.wsd(.linear, fraction: 0.001, finalFraction: 0), warmup: 0, steps: 9, [8, 9]) == [2, 0])
    #expect(
      rates(.wsd(.linear, fraction: 1, finalFraction: 0), warmup: 2, steps: 7, [2, 3, 5, 7]) == [1.333333333, 2, 1, 0])
    #expect(rates(.wsd(.sqrt, fraction: 0.2, finalFraction: 0), warmup: 0, steps: 1, [1]) == [2])
  }

  @Test("the inverse root falls from the peak at the rise's end, which later steps keep")
  func inverseSqrt() {
    #expect(rates(.inverseSqrt, warmup: 3, steps: 64, [2, 4, 16, 64, 65]) == [1, 2, 1, 0.5, 0.5])
  }

  @Test("the power falls from the peak through the middle to its fraction, which later steps keep")
  func power() {
    #expect(
      rates(.power(exponent: 2, finalFraction: 0.1), warmup: 2, steps: 13, [3, 8, 13, 14]) == [2, 0.65, 0.2, 0.2])
    #expect(rates(.power(exponent: 2, finalFraction: 0), warmup: 0, steps: 1, [1]) == [2])
  }
}
