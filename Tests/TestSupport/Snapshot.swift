import Foundation
import Testing

/// Compares a text with the one in `Snapshots/<name>`. With RECORD_SNAPSHOTS=1 in the environment it is stored there, and
/// the test fails where it was another.
package func expectSnapshot(
  _ text: String, _ name: String, folder: String = #filePath, sourceLocation: SourceLocation = #_sourceLocation
) throws {
  let url = URL(fileURLWithPath: folder).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Snapshots/\(name)")
  if ProcessInfo.processInfo.environment["RECORD_SNAPSHOTS"] == "1" {
    try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    if (try? Data(contentsOf: url)) != Data(text.utf8) {
      try Data(text.utf8).write(to: url)
      Issue.record("recorded \(name)", sourceLocation: sourceLocation)
    }
  }
  let stored = (try? Data(contentsOf: url)).map { String(decoding: $0, as: UTF8.self) }
  #expect(text == stored, sourceLocation: sourceLocation)
}
