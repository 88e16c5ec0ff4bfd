import Testing

@testable import Kernels

@Suite struct TeamTests {
  @Test("Ranges make up the whole, in multiples of the unit", arguments: [1, 2, 3, 5], [0, 1, 4, 7, 64, 1000])
  func ranges(threads: Int, count: Int) {
    let team = Team(threads: threads)
    for unit in [1, 3, 16] {
      let times = FloatBuffer(count: count)
      let starts = FloatBuffer(count: count)
      team.share(count, inMultiplesOf: unit, work: .max) { range, _ in
        if !range.isEmpty { starts.pointer[range.lowerBound] = 1 }
        for index in range { times.pointer[index] += 1 }
      }
      #expect(times.elements.allSatisfy { $0 == 1 })
      let begun = (0..<count).filter { starts.pointer[$0] == 1 }
      #expect(begun.allSatisfy { $0 % unit == 0 })
      #expect(begun.count == min(threads, (count + unit - 1) / unit))
    }
  }

  @Test("A team serves thousands of times, whatever its pauses, and its threads may change in between")
  func reuse() {
    let team = Team(threads: 3)
    let numbers = FloatBuffer(count: 60)
    for round in 1...4000 {
      team.share(60, work: .max) { range, _ in
        for index in range { numbers.pointer[index] += 1 }
      }
      if round % 500 == 0 { team.threads = 1 + round / 500 % 5 }
    }
    #expect(numbers.elements.allSatisfy { $0 == 4000 })
  }

  @Test("The helpers' processor time grows with their work, and that of former helpers stays")
  func helperSeconds() {
    let team = Team(threads: 3)
    let numbers = FloatBuffer(count: 3)
    // As much work as it takes; a clock that stands still ends it.
    for _ in 0..<100_000 where team.helperSeconds < 0.01 {
      team.share(3, work: .max) { range, _ in
        for index in range { for step in 0..<100_000 { numbers.pointer[index] += Float(step) } }
      }
    }
    let seconds = team.helperSeconds
    #expect(seconds >= 0.01)
    team.threads = 1
    #expect(team.helperSeconds >= seconds)
    let before = threadCPUSeconds()
    for step in 0..<2_000_000 { numbers.pointer[0] += Float(step) }
    #expect(threadCPUSeconds() > before)
    withExtendedLifetime(numbers) {}
  }

  @Test("A piece of work too small to be worth a thread stays whole")
  func smallWork() {
    let team = Team(threads: 2)
    var ranges: [Range<Int>] = []
    team.share(100, work: team.leastWork) { range, _ in ranges.append(range) }
    #expect(ranges == [0..<100])
  }

  @Test("Every thread has room of its own")
  func scratch() {
    let team = Team(threads: 4)
    let spoiled = FloatBuffer(count: 40)
    for size in [10, 1000, 20] {
      team.share(40, work: .max) { range, scratch in
        for index in range {
          let room = scratch(size)
          for place in 0..<size { room[place] = Float(index) }
          for place in 0..<size where room[place] != Float(index) { spoiled.pointer[index] += 1 }
        }
      }
    }
    #expect(spoiled.elements.allSatisfy { $0 == 0 })
  }

  @Test("Helpers take numbers below the normal range for 0")
  func subnormals() {
    let team = Team(threads: 3)
    let numbers = FloatBuffer(count: 3)
    for index in 0..<3 { numbers.pointer[index] = .leastNormalMagnitude / 8 }
    flushingSubnormals {
      team.share(3, work: .max) { range, _ in
        for index in range { numbers.pointer[index] *= 2 }
      }
    }
    #expect(numbers.elements.allSatisfy { $0 == 0 })
  }

  @Test("A sum has the same bits with any number of threads", arguments: [2, 3, 5])
  func sums(threads: Int) {
    func sum(_ team: Team) -> Double {
      team.sum(1003, inChunksOf: 7, work: .max) { chunk in chunk.reduce(0) { $0 + 1 / Double($1 + 1) } }
    }
    #expect(sum(Team(threads: threads)) == sum(Team()))
  }
}
