import Foundation
import Testing

/// The arithmetic and the verdicts have their own tests.
@Suite(.timeLimit(.minutes(10)))
struct CheckTests {
  private static let shipped = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../../experiments/coordinate-check.json")

  @Test("The shipped check passes for muP over widths and for CompleteP over depths, and fails for what is standard")
  func shipped() throws {
    let place = try Workplace()
    let check = try place.sweep("check", Self.shipped.path)
    #expect(check.status == 1)
    #expect(check.errors == "")
    let verdicts = check.output.split(separator: "\n").filter { $0.hasPrefix("coordinate-check: ") }.map(String.init)
    #expect(
      verdicts == [
        "coordinate-check: parametrization mup, layers 2 over d_model 32 to 256, 5 seeds: pass",
        "coordinate-check: parametrization standard, layers 2 over d_model 32 to 256, 5 seeds: fail",
        "coordinate-check: parametrization standard, d_model 32, heads 2 over layers 2 to 16, 5 seeds: fail",
        "coordinate-check: parametrization completep, d_model 32, heads 2 over layers 2 to 16, 5 seeds: pass",
      ])
    // 12 sizes with 2 parametrizations, of which 4 are of both kinds, with 5 seeds, 5 steps and 6 tensors.
    #expect(try place.query("SELECT count(DISTINCT run_id), count(*) FROM coordinates") == ["75|2250"])
    #expect(try place.query("SELECT DISTINCT state FROM runs") == ["queued"])
    let report = try place.report("coordinate-check")
    #expect(report.status == 0)
    let words = report.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    #expect(words.contains("Coordinate check, parametrization mup, layers 2 over d_model 32 to 256, 5 seeds: pass."))
    #expect(words.contains("over layers 2 to 16, 5 seeds: fail (residual)."))
    let files = try FileManager.default.contentsOfDirectory(atPath: place.path("results/coordinate-check").path)
    #expect(files.contains { $0.hasPrefix("coordinates-logits") && $0.hasSuffix(".svg") })
  }

  private static func spec(_ members: String) -> String {
    #"{"heads": 2, "layers": 1, "context_length": 8, "batch_size": 1, "steps": 3, "lr": 0.001, \#(members)}"#
  }

  @Test("A check that passes ends with 0, and measures the same numbers every time")
  func repeated() throws {
    let place = try Workplace()
    try place.write(
      Self.spec(
        #""d_model": [16, 32, 64], "parametrization": "mup", "base_d_model": 16, "tied_head": false, "seeds": 3"#),
      to: "small.json")
    let first = try place.sweep("check", "small.json", "--steps", "2", "--jobs", "1")
    let rows = try place.query("SELECT * FROM coordinates")
    #expect(try place.query("SELECT DISTINCT step FROM coordinates") == ["0", "1", "2"])
    let second = try place.sweep("check", "small.json", "--steps", "2", "--jobs", "2")
    #expect(first.output == second.output && first.status == second.status)
    #expect(try place.query("SELECT * FROM coordinates") == rows)
    // The runs are trained afterwards as if nothing had been checked.
    #expect(try place.sweep("small.json").summary == "9 runs: 9 finished\n")
  }

  @Test("A spec of one size is refused, and so are impossible numbers of steps")
  func mistakes() throws {
    let place = try Workplace()
    try place.write(Self.spec(#""d_model": 16"#), to: "one.json")
    let one = try place.sweep("check", "one.json")
    #expect(one.status == 65)
    #expect(
      one.errors
        == "sweep: one: no two models differ in d_model or layers alone; give the spec several, such as \"d_model\": [32, 64, 128, 256].\n"
    )
    #expect(!FileManager.default.fileExists(atPath: place.path("results/results.sqlite").path))
    #expect(try place.sweep("check", "one.json", "--steps", "0").status == 64)
    try place.write(Self.spec(#""d_model": [16, 32], "base_d_model": 16, "parametrization": "mup""#), to: "two.json")
    #expect(try place.sweep("check", "two.json", "--jobs", "2").status == 2)
  }

  @Test("A model that the memory can't hold is refused with the figures, before anything is measured")
  func largeModel() throws {
    let place = try Workplace()
    try place.write(Self.spec(#""d_model": [16, 60000]"#), to: "large.json")
    let large = try place.sweep("check", "large.json")
    #expect(large.status == 65)
    #expect(large.errors.hasPrefix("sweep: large: its largest run needs "))
    #expect(large.errors.contains(" of memory, but there are "))
    try place.write(Self.spec(#""d_model": [16, 32, 64]"#), to: "small.json")
    let small = try place.sweep("check", "small.json", "--memory", "0.000001")
    #expect(small.status == 65)
    #expect(small.errors.contains(" of memory, but there are 0 B"))
    #expect(try place.sweep("check", "small.json", "large.json").errors == large.errors)
    #expect(try place.query("SELECT count(*) FROM coordinates") == ["0"])
  }
}
