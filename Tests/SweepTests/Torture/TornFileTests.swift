import Foundation
import Model
import Testing

@testable import Experiments
@testable import Sweep

extension TortureTests {
  @Suite(.timeLimit(.minutes(10)))
  struct TornFileTests {
    /// A sweep of one run that was killed when it had two checkpoints, and what it comes to when nobody kills it.
    private struct Killed {
      let place: Workplace
      let reference: SweepResults
      let latest: URL
      let previous: URL

      init() throws {
        let spec = """
          {
            "corpus": "text.txt", "heads": 2, "layers": 1, "d_model": 16, "context_length": 16, "batch_size": 64,
            "steps": 400, "eval_every": 50, "eval_tokens": 256, "sample_every": 100, "prompts": ["The "],
            "sample_tokens": 8, "lr": 0.01, "checkpoint_seconds": 0.02
          }
          """
        func workplace() throws -> Workplace {
          let place = try Workplace()
          try TortureSpec.write(to: place)
          try place.write(spec, to: "torn.json")
          return place
        }
        let undisturbed = try workplace()
        #expect(try undisturbed.sweep("torn.json").status == 0)
        reference = try SweepResults(of: undisturbed)
        for _ in 0..<100 {
          let place = try workplace()
          let folder = CheckpointFolder.of(place)
          let run = try undisturbed.fileName(ofRun: 1)
          let sweep = try place.start("sweep", ["torn.json"])
          while !FileManager.default.fileExists(atPath: folder.previous(of: run).path), !sweep.ends(within: 0.001) {}
          sweep.kill9()
          if let latest = try? Checkpoint(contentsOf: folder.latest(of: run)),
            let previous = try? Checkpoint(contentsOf: folder.previous(of: run)), previous.trainer.stepsDone > 0,
            latest.trainer.stepsDone > previous.trainer.stepsDone
          {
            (self.place, self.latest, self.previous) = (place, folder.latest(of: run), folder.previous(of: run))
            return
          }
        }
        throw TooFast()
      }

      /// The sweep ended each time before it had two checkpoints: its spec needs more work.
      private struct TooFast: Error {}

      /// A copy of the workplace as the kill left it, with the changes made to it.
      func copy(_ change: (Workplace) throws -> Void) throws -> Workplace {
        let copy = try Workplace()
        try FileManager.default.removeItem(at: copy.folder)
        try FileManager.default.copyItem(at: place.folder, to: copy.folder)
        try change(copy)
        return copy
      }

      /// Lets a sweep finish and compares; returns its standard error.
      func finish(_ place: Workplace, _ story: String) throws -> String {
        let outcome = try place.sweep("torn.json")
        #expect(outcome.status == 0, "\(story): \(outcome)")
        try SweepResults(of: place).expectSame(as: reference, story)
        return outcome.errors
      }
    }

    @Test(
      "A checkpoint that is cut or changed anywhere is noticed, the one before it serves, and the bits are the same")
    func checkpoints() throws {
      let killed = try Killed()
      let whole = Array(try Data(contentsOf: killed.latest))
      let previous = try Checkpoint(contentsOf: killed.previous)
      var random = RandomStream(seed: 1, name: "torn")
      // Cut at every KiB; and one bit of every byte of the header, of every 256 bytes behind it, and of the checksum.
      let cuts = stride(from: 0, to: whole.count, by: 1024).map { ("cut to \($0) bytes", Array(whole[..<$0])) }
      let places =
        Array(0..<64)
        + stride(from: 64, to: whole.count - 8, by: 256).map { min($0 + random.integer(below: 256), whole.count - 9) }
        + Array(whole.count - 8..<whole.count)
      let flips = places.map { at in
        var bytes = whole
        bytes[at] ^= 1 << UInt8(random.integer(below: 8))
        return ("bit changed in byte \(at)", bytes)
      }
      let torn =
        cuts + flips + [
          ("longer by a byte", whole + [0]),
          (
            "zeros from the middle on",
            whole[..<(whole.count / 2)] + [UInt8](repeating: 0, count: whole.count - whole.count / 2)
          ),
        ]
      for (story, bytes) in torn { #expect(throws: CheckpointError.self, "\(story)") { try Checkpoint(bytes) } }
      // A process takes longer, so in short only a few of them are resumed from.
      let tried = stride(from: 0, to: torn.count, by: TortureTests.amount(max(1, torn.count / 6), long: 1)).map {
        torn[$0]
      }
      for (story, bytes) in tried {
        let place = try killed.copy {
          try $0.write(Data(bytes), to: "results/checkpoints/results.sqlite/\(killed.latest.lastPathComponent)")
        }
        let events = SweepEvent.all(in: try killed.finish(place, story))
        #expect(events.first?.step == previous.trainer.stepsDone, "\(story)")
      }
      TortureTests.report(
        "\(torn.count) torn checkpoints noticed (\(cuts.count) cuts, \(flips.count) changed bits); \(tried.count) sweeps went on "
          + "from the one before, \(killed.reference.count) rows compared each time")

      let lost = try killed.copy {
        try FileManager.default.removeItem(
          at: $0.path("results/checkpoints/results.sqlite/\(killed.latest.lastPathComponent)"))
      }
      #expect(
        SweepEvent.all(in: try killed.finish(lost, "the latest is missing")).first?.step == previous.trainer.stepsDone)
      let both = try killed.copy { place in
        for url in [killed.latest, killed.previous] {
          try place.write(
            Data(try Data(contentsOf: url).dropLast(1)),
            to: "results/checkpoints/results.sqlite/\(url.lastPathComponent)")
        }
      }
      #expect(SweepEvent.all(in: try killed.finish(both, "both are cut")).first?.kind == "started")
    }

    @Test("A write-ahead log that is cut or changed leaves a sound database, and the sweep finishes to the same bits")
    func writeAheadLog() throws {
      let killed = try Killed()
      let name = "results/results.sqlite-wal"
      let log = Array(try Data(contentsOf: killed.place.path(name)))
      #expect(log.count > 32 + 4120)
      var random = RandomStream(seed: 2, name: "torn")
      // A header of 32 bytes, then frames of a header of 24 bytes and a page: https://www.sqlite.org/fileformat2.html#walformat
      let frames = Array(stride(from: 32, through: log.count, by: 24 + 4096))
      let cuts = ([0, 16] + frames + frames.map { min($0 + 24 + random.integer(below: 4096), log.count) })
        .map { ("log cut to \($0) of \(log.count) bytes", Array(log[..<$0])) }
      let flips = frames.dropLast().map { frame in
        var bytes = log
        let at = frame + random.integer(below: 24 + 4096)
        bytes[at] ^= 1 << UInt8(random.integer(below: 8))
        return ("bit changed in byte \(at) of \(log.count) of the log", bytes)
      }
      let torn = cuts + flips
      let step = TortureTests.amount(max(1, torn.count / 8), long: max(1, torn.count / 250))
      let tried = stride(from: 0, to: torn.count, by: step).map { torn[$0] }
      for (story, bytes) in tried {
        let place = try killed.copy { try $0.write(Data(bytes), to: name) }
        _ = try place.queryCopy("SELECT 1")
        _ = try killed.finish(place, story)
      }
      TortureTests.report(
        "\(tried.count) cut or changed write-ahead logs (\(frames.count - 1) frames in the whole one): database sound, sweep "
          + "finished, \(killed.reference.count) rows compared each time")
    }
  }
}
