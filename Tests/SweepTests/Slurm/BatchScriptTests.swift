import Testing

@testable import Sweep

@Suite(.timeLimit(.minutes(10)))
struct BatchScriptTests {
  // As sbatch 22.05 reads them; `make test-slurm` gives it such words.
  @Test(
    "A word is quoted where sbatch would read it otherwise, scalar by scalar",
    arguments: [
      ("--time=1-2:30", "--time=1-2:30"), ("--array=1-3%2", "--array=1-3%2"), ("a b", #""a b""#),
      ("a#b", #""a#b""#), (#"a"b\c"#, #""a\"b\\c""#), ("it's", #""it's""#), ("b\"\u{301}", "\"b\\\"\u{301}\""),
      ("größe", "\"größe\""),
    ])
  func quoted(word: String, expected: String) { #expect(BatchScript.quoted(word) == expected) }

  @Test("A line break in a remark stays in its comment, and none can be in an option")
  func lines() {
    let script = BatchScript(remarks: ["a\nrm -r x"], options: [["--nodes=1"], ["-q", "my queue"]], body: "true\n")
    #expect(script.text == "#!/bin/sh\n# a rm -r x\n#SBATCH --nodes=1\n#SBATCH -q \"my queue\"\n\ntrue\n")
    #expect(BatchScript.complaint(about: "--comment=a\nrm")?.contains("control character") ?? false)
    #expect(BatchScript.complaint(about: "")?.contains("empty") ?? false)
    #expect(BatchScript.complaint(about: "--comment=a b") == nil)
  }
}
