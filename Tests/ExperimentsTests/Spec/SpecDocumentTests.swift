import Foundation
import Store
import Testing

@testable import Experiments

/// The table of keys in docs/spec.md.
@Suite(.timeLimit(.minutes(10)))
struct SpecDocumentTests {
  private let url = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../docs/spec.md")

  @Test("docs/spec.md has every key with its group, default, values and meaning, as the table of keys has them")
  func keys() throws {
    let lines = try String(contentsOf: url, encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: false)
    let start = try #require(lines.firstIndex { $0.hasPrefix("| group | key |") }) + 2
    let end = try #require(lines[start...].firstIndex { !$0.hasPrefix("|") })
    let rows = SpecKey.allCases.map(row)
    if ProcessInfo.processInfo.environment["RECORD_SNAPSHOTS"] == "1" {
      let text = (lines[..<start].map(String.init) + rows + lines[end...].map(String.init)).joined(separator: "\n")
      try text.write(to: url, atomically: true, encoding: .utf8)
      Issue.record("recorded \(url.lastPathComponent)")
    }
    #expect(lines[start..<end].map(String.init) == rows)
  }

  private func row(_ key: SpecKey) -> String {
    let meaning = key.need == nil && key.rival == nil ? key.about : "\(key.about); \(key.purpose)"
    let cells = [
      key.group.rawValue, "`\(key.rawValue)`", fallback(of: key), key.rule == .structure ? "" : key.rule.wanted,
      meaning,
    ]
    return cells.reduce("|") { $0 + ($1.isEmpty ? " |" : " \($1) |") }
  }

  private func fallback(of key: SpecKey) -> String {
    switch key.fallback {
    case .none: ""
    case .value(let value): code(value)
    case .computed(let words, _): words
    case .beside(let other, let table, let rest):
      table.sorted { $0.key < $1.key }.map { "\(code($0.value)) with `\(other.rawValue)` \(code($0.key)), " }.joined()
        + "else \(code(rest))"
    }
  }

  /// The value as a spec writes it.
  private func code(_ value: Scalar) -> String {
    if case .text(let text) = value { "`\"\(text)\"`" } else { "`\(value.exact)`" }
  }
}
