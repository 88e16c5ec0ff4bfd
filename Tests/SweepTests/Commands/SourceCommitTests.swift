import Foundation
import Testing

@Suite(.timeLimit(.minutes(10)))
struct SourceCommitTests {
  private let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..")
    .standardizedFileURL

  /// What a command prints in the package's folder; nil where it fails.
  private func git(_ arguments: String...) throws -> String? {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["git"] + arguments
    process.currentDirectoryURL = root
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    return process.terminationStatus == 0 ? text.trimmingCharacters(in: .whitespacesAndNewlines) : nil
  }

  @Test("A run names the commit that its program was built from, marked where the source differed from it")
  func commit() throws {
    let place = try Workplace()
    try place.write("{\"steps\": 1, \"d_model\": 8, \"eval_tokens\": 64}", to: "s.json")
    try place.sweep("s.json")
    let stored = try place.query("SELECT source_commit FROM runs")[0]
    // A package inside another repository has a prefix there, and no commit of its own.
    guard try git("rev-parse", "--show-prefix") == "", let head = try git("rev-parse", "HEAD") else {
      #expect(stored == "NULL")
      return
    }
    let isChanged = try git("status", "--porcelain", "Package.swift", "Sources") != ""
    #expect(stored == head + (isChanged ? "-dirty" : ""))
  }
}
