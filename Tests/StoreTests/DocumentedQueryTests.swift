import Foundation
import Testing

/// The queries of `docs/sql.md`, as they stand there.
@Suite(.timeLimit(.minutes(10)))
struct DocumentedQueryTests {
  struct Query: Equatable {
    let title: String
    let sql: String
  }

  private static let docs = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "docs")

  private static func queries() throws -> [Query] {
    let text = try String(contentsOf: docs.appending(path: "sql.md"), encoding: .utf8)
    return text.components(separatedBy: "\n### ").dropFirst().compactMap { section in
      let parts = section.components(separatedBy: "```sql\n")
      guard parts.count == 2, let title = section.split(separator: "\n").first,
        let sql = parts[1].components(separatedBy: "\n```").first
      else { return nil }
      return Query(title: String(title), sql: sql)
    }
  }

  /// What each query, in the document's order, finds among the runs of `ViewTests`; computed by hand from its losses.
  private static let expected: [[String]] = [
    ["e|3|32|2|4|adamw|0.01|2.0"],
    [
      "e|32|2|4|adamw|0.01|2|2.25|0.3536", "e|64|2|4|adamw|0.001|2|2.5|0.3536", "e|32|2|4|adamw|0.001|2|3.25|0.3536",
      "e|64|2|4|adamw|0.01|2|4.0|0.0",
    ],
    ["e|32|2|adamw|0.01|2.25|inside", "e|64|2|adamw|0.001|2.5|try lower"],
    ["e|adamw|0.1|4|3|75.0"],
    ["e|32|0.001|0.01|2|1.0", "e|32|0.001|0.1|1|2.0", "e|32|0.01|0.1|1|1.0", "e|64|0.001|0.01|2|-1.5"],
    ["e|3|1|4.0", "e|3|2|3.5"],
    ["e|3|32|0.01|2|256|2.0", "e|4|32|0.01|2|256|2.0", "e|5|32|0.1|2|256|2.0", "e|7|64|0.001|2|256|2.0"],
    ["e|5|1000000000.0|1.0|32|2|0.1"],
    ["e|p|3|2.0|text 2", "e|p|7|2.25|text 2", "e|p|4|2.5|text 2"],
    [#"e|3|{"d_model":32,"lr":0.01}|2.0"#],
    ["e|diverged|exploded|3|0.1|0.1", "e|failed|no memory|1|1.0|1.0"],
  ]

  @Test("Each of the eleven documented queries finds what it says")
  func results() throws {
    let (queries, place) = (try Self.queries(), try ViewTests())
    #expect(queries.count == 11)
    #expect(Self.expected.count == 11)
    for (query, expected) in zip(queries, Self.expected) {
      let rows = try place.folder.query("r.sqlite", query.sql)
      #expect(rows == expected, "\(query.title)")
    }
  }

  @Test("Datasette's metadata have the same queries")
  func metadata() throws {
    let url = Self.docs.appending(path: "metadata.json")
    let queries = try Self.queries().enumerated().map { place, query in
      (String(format: "%02d-", place + 1) + Self.slug(query.title), ["title": query.title, "sql": query.sql])
    }
    let whole: [String: Any] = [
      "title": "Results of sweeps",
      "databases": ["results": ["queries": Dictionary(uniqueKeysWithValues: queries)]],
    ]
    let options: JSONSerialization.WritingOptions = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let data = try JSONSerialization.data(withJSONObject: whole, options: options) + Data("\n".utf8)
    if ProcessInfo.processInfo.environment["RECORD_SNAPSHOTS"] == "1" {
      try data.write(to: url)
      Issue.record("recorded \(url.lastPathComponent)")
    }
    #expect(try String(contentsOf: url, encoding: .utf8) == String(decoding: data, as: UTF8.self))
  }

  private static func slug(_ title: String) -> String {
    title.lowercased().map { $0.isLetter || $0.isNumber ? String($0) : "-" }.joined()
      .split(separator: "-").prefix(4).joined(separator: "-")
  }
}
