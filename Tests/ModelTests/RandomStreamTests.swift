import Model
import Testing

@Suite(.timeLimit(.minutes(10)))
struct RandomStreamTests {
  @Test(
    "Its numbers are SplitMix64's published ones",
    arguments: [
      (0, [0xE220_A839_7B1D_CDAF, 0x6E78_9E6A_A1B9_65F4, 0x06C4_5D18_8009_454F, 0xF88B_B8A8_724C_81EC]),
      (
        1_234_567,
        [
          6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423, 4_593_380_528_125_082_431,
          16_408_922_859_458_223_821,
        ]
      ),
    ] as [(UInt64, [UInt64])])
  func published(state: UInt64, expected: [UInt64]) {
    var stream = RandomStream(state: state)
    #expect(expected.map { _ in stream.next() } == expected)
  }

  @Test("A seed and a name give the same numbers on every machine")
  func pinned() {
    var stream = RandomStream(seed: 1, name: "batches")
    #expect(stream.state == 4_883_427_645_863_124_944)
    #expect(stream.next() == 15_395_014_883_522_975_382)
  }

  @Test("A stream continues from its state")
  func continues() {
    var stream = RandomStream(seed: 7, name: "samples")
    _ = stream.next()
    var resumed = RandomStream(state: stream.state)
    #expect(resumed == stream)
    #expect((0..<5).map { _ in resumed.next() } == (0..<5).map { _ in stream.next() })
  }

  @Test("Neighbouring seeds and other names start other streams, uncorrelated in their bits")
  func independence() {
    let streams = (0..<20).flatMap { seed in
      ["initialization", "batches", "samples", ""].map { RandomStream(seed: seed, name: $0) }
    }
    #expect(Set(streams.map(\.state)).count == streams.count)
    for (a, b) in zip(streams, streams.dropFirst()) {
      var (a, b) = (a, b)
      let equalBits = (0..<100).reduce(0) { sum, _ in sum + (~(a.next() ^ b.next())).nonzeroBitCount }
      // 6400 fair coins: a deviation of 5 standard deviations.
      #expect(abs(equalBits - 3200) < 200)
    }
  }

  @Test("uniform and uniformDouble lie in [0, 1), with the mean and variance of uniform numbers")
  func uniform() {
    var stream = RandomStream(seed: 3, name: "uniform")
    let floats = (0..<20_000).map { _ in stream.uniform() }
    let doubles = (0..<20_000).map { _ in stream.uniformDouble() }
    #expect(floats.allSatisfy { $0 >= 0 && $0 < 1 && ($0 * 0x1p24).rounded() == $0 * 0x1p24 })
    #expect(doubles.allSatisfy { $0 >= 0 && $0 < 1 })
    for values in [floats.map(Double.init), doubles] {
      let mean = values.reduce(0, +) / 20_000
      let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 20_000
      #expect(abs(mean - 0.5) < 0.01)
      #expect(abs(variance - 1.0 / 12) < 0.002)
    }
  }

  @Test("integer(below:) takes every value equally often", arguments: [1, 2, 3, 7, 10, 64])
  func integers(bound: Int) {
    var stream = RandomStream(seed: 5, name: "integers")
    var counts = [Int](repeating: 0, count: bound)
    for _ in 0..<1000 * bound { counts[stream.integer(below: bound)] += 1 }
    // Five standard deviations of a count with mean 1000.
    #expect(counts.allSatisfy { abs($0 - 1000) < 160 })
  }

  @Test("integer(below:) has no bias where a plain product would take some values three times and others twice")
  func largeBound() {
    // 2⁶⁴ / (3 · 2⁶¹) is 8/3: without rejection, remainders by 3 would come as 3 : 3 : 2.
    let bound = 3 << 61
    var stream = RandomStream(seed: 5, name: "large")
    var counts = [0, 0, 0]
    for _ in 0..<9000 {
      let value = stream.integer(below: bound)
      #expect(value >= 0 && value < bound)
      counts[value % 3] += 1
    }
    #expect(counts.allSatisfy { abs($0 - 3000) < 250 })
  }

  @Test("It serves the standard library's algorithms")
  func shuffles() {
    var (a, b) = (RandomStream(seed: 9, name: "shuffle"), RandomStream(seed: 9, name: "shuffle"))
    #expect(Array(0..<50).shuffled(using: &a) == Array(0..<50).shuffled(using: &b))
  }
}
