import Foundation
import Testing

/// Who may import whom, as the table of docs/architecture.md says.
@Suite(.timeLimit(.minutes(10)))
struct ImportTests {
  private let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardizedFileURL

  /// The modules of the table with what they may import.
  private func table() throws -> [String: Set<String>] {
    let text = try String(contentsOf: root.appending(path: "docs/architecture.md"), encoding: .utf8)
    let rows = text.split(separator: "\n").drop { !$0.hasPrefix("| module | holds | may import |") }
      .dropFirst(2).prefix { $0.hasPrefix("|") }
    return rows.reduce(into: [:]) { table, row in
      let cells = row.split(separator: "|", omittingEmptySubsequences: false).dropFirst().map(String.init)
      guard cells.count > 2, let module = names(cells[0]).first else { return }
      table[module] = Set(names(cells[2]))
    }
  }

  /// What stands between backquotes.
  private func names(_ cell: String) -> [String] { cell.matches(of: /`([^`]+)`/).map { String($0.1) } }

  /// The modules that the Swift files of a module import.
  private func imports(of module: String) throws -> [(file: String, module: String)] {
    let folder = root.appending(path: "Sources/\(module)")
    let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)?.allObjects ?? []
    return try files.compactMap { $0 as? URL }.filter { $0.pathExtension == "swift" }.flatMap { file in
      try String(contentsOf: file, encoding: .utf8).split(separator: "\n").compactMap { line in
        let match = line.firstMatch(
          of: /^\s*(?:@[A-Za-z()_]+ )*(?:(?:public|package|internal) )?import (?:[a-z]+ )?([A-Za-z]+)/)
        return match.map { (file.lastPathComponent, String($0.1)) }
      }
    }
  }

  @Test("Every module stands in the table of docs/architecture.md, and none is there that doesn't exist")
  func modules() throws {
    let folders = try FileManager.default.contentsOfDirectory(atPath: root.appending(path: "Sources").path)
    #expect(try Set(table().keys) == Set(folders.filter { !$0.hasPrefix(".") }))
  }

  @Test("No module imports what the table doesn't allow, and the table allows nothing that isn't needed")
  func imports() throws {
    // One of the two is there on each system.
    let systems: Set<String> = ["Glibc", "Darwin"]
    for (module, allowed) in try table() {
      let imports = try imports(of: module)
      for (file, imported) in imports where !allowed.contains(imported) {
        Issue.record("\(module)/\(file) imports \(imported), which docs/architecture.md doesn't allow")
      }
      let unneeded = allowed.subtracting(imports.map(\.module)).subtracting(systems)
      #expect(unneeded == [], "\(module) needs no \(unneeded)")
    }
  }
}
