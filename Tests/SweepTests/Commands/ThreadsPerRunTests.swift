import Foundation
import Testing

/// Runs on several threads, as a user asks for them.
@Suite(.timeLimit(.minutes(10)))
struct ThreadsPerRunTests {
  @Test("A run's results don't depend on its threads")
  func sameRows() throws {
    let spec = """
      {"d_model": 64, "layers": 1, "lr": [0.001, 0.01], "steps": 4, "eval_every": 2, "eval_tokens": 2048,
       "sample_every": 2, "sample_tokens": 5, "schedule": "constant"}
      """
    func rows(_ options: String...) throws -> [String] {
      let place = try Workplace()
      try place.write(spec, to: "s.json")
      #expect(try place.run("sweep", ["s.json"] + options).status == 0)
      return try place.query(MainJobTests.results)
    }
    let alone = try rows("--threads-per-run", "1")
    #expect(alone.count == 2 * 4 + 2 * 3 + 2 * 2)
    #expect(try rows("--threads-per-run", "2") == alone)
    #expect(try rows("--threads-per-run", "3", "--jobs", "1") == alone)
    #expect(try rows() == alone)
  }

  @Test("The database says how many threads trained a run; the number is no part of what the run is")
  func recorded() throws {
    let place = try Workplace()
    try place.write(Self.quick, to: "s.json")
    #expect(try place.sweep("s.json", "--threads-per-run", "3").status == 0)
    #expect(try place.query("SELECT threads FROM runs") == ["3"])
    #expect(try place.sweep("s.json", "--threads-per-run", "1").errors == "")
    #expect(try place.query("SELECT threads FROM runs") == ["3"])
  }

  @Test("A run that is alone takes the idle cores; --jobs and --threads-per-run keep it from that")
  func idleCores() throws {
    let cores = "\(min(2, ProcessInfo.processInfo.activeProcessorCount))"
    for (options, threads) in [(["--jobs", "2"], cores), (["--jobs", "1"], "1"), (["--threads-per-run", "1"], "1")] {
      let place = try Workplace()
      try place.write(Self.quick, to: "s.json")
      #expect(try place.run("sweep", ["s.json"] + options).status == 0)
      #expect(try place.query("SELECT threads FROM runs") == [threads])
    }
  }

  private static let quick = """
    {"d_model": 8, "heads": 2, "layers": 1, "context_length": 8, "batch_size": 1, "steps": 3, "eval_tokens": 64,
     "sample_tokens": 5}
    """
}
