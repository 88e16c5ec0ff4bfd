import Answers
import SampleResults
import Testing

@testable import Report

@Suite(.timeLimit(.minutes(10)))
struct FolderNameTests {
  @Test(
    "A folder's name is readable and harmless",
    arguments: [
      ("learning-rate-by-width", "learning-rate-by-width"), ("a b  c", "a-b-c"), ("../../etc/passwd", "etc-passwd"),
      ("$(rm -rf /)", "rm-rf"), ("größe 中文", "größe-中文"), ("🦊", "experiment"), ("...", "experiment"),
      ("v1.2_x", "v1.2_x"), ("a\u{D4E}/..\u{D4E}/..\u{D4E}/x", "a-..-..-x"),
      (String(repeating: "x", count: 200), String(repeating: "x", count: 80)),
    ])
  func clean(name: String, folder: String) { #expect(FolderName.clean(name) == folder) }

  @Test("Names that would share a folder get one each, whatever the file system thinks of capitals")
  func unique() {
    #expect(FolderName.unique(["a/b", "a b", "A-B", "c"]) == ["a-b", "a-b-2", "A-B-3", "c"])
  }
}
