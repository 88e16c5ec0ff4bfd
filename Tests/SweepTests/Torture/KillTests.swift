import Foundation
import Model
import Testing

extension TortureTests {
  struct KillTests {
    @Test("A sweep that is killed again and again ends as if it never was")
    func killed() throws {
      let reference = try TortureSpec.reference.get()
      let kills = TortureTests.amount(5, long: 25)
      // The moments are the only thing here that isn't the same every time.
      let seed = UInt64.random(in: 0...UInt64.max)
      var random = RandomStream(seed: seed, name: "kills")
      var survived = 0
      var sweeps = 0
      while survived < kills {
        let place = try Workplace()
        try TortureSpec.write(to: place)
        var isDone = false
        while !isDone {
          let sweep = try place.start("sweep", ["torture.json", "--jobs", "2"])
          // On average a part of the whole such that all kills come before its end.
          let moment = reference.seconds * 1.2 / Double(kills) * random.uniformDouble()
          if survived == kills || sweep.ends(within: moment) {
            #expect(sweep.outcome().status == 0)
            isDone = true
          } else {
            sweep.kill9()
            survived += 1
          }
        }
        sweeps += 1
        try SweepResults(of: place).expectSame(as: reference.results, "killed at moments of seed \(seed)")
      }
      TortureTests.report(
        "\(survived) kills survived by \(sweeps) sweeps of \(TortureSpec.runs) runs on 2 jobs, \(reference.results.count) rows "
          + "compared of each; moments of seed \(seed)")
    }
  }
}
