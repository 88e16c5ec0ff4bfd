import Foundation
import Testing

/// The documents as a whole.
@Suite(.timeLimit(.minutes(10)))
struct LinkTests {
  private let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardizedFileURL

  private func markdown(in folder: URL) throws -> [URL] {
    try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
      .filter { $0.pathExtension == "md" }
  }

  @Test("Every link and picture of a document leads to a file")
  func links() throws {
    let documents = try markdown(in: root) + markdown(in: root.appending(path: "docs"))
    #expect(documents.count > 9)
    for document in documents {
      let text = try String(contentsOf: document, encoding: .utf8)
      for link in text.matches(of: /\]\(([^)#]+)[^)]*\)/).map({ String($0.1) }) where !link.hasPrefix("http") {
        let target = document.deletingLastPathComponent().appending(path: link)
        #expect(FileManager.default.fileExists(atPath: target.path), "\(document.lastPathComponent): \(link)")
      }
    }
  }

  @Test("The README links to every document, and is read in one go")
  func readme() throws {
    let text = try String(contentsOf: root.appending(path: "README.md"), encoding: .utf8)
    #expect(text.split(separator: "\n", omittingEmptySubsequences: false).count <= 150)
    for document in try markdown(in: root.appending(path: "docs")) {
      #expect(text.contains("(docs/\(document.lastPathComponent))"), "\(document.lastPathComponent)")
    }
  }
}
