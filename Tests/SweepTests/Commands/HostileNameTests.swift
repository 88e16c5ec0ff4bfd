import Foundation
import Testing

@testable import Report

/// Text that users wrote has no effect but to be shown.
@Suite(.timeLimit(.minutes(10)))
struct HostileNameTests {
  private static let name =
    #"🦊 "b'c`touch pwned`$(touch pwned)/../../x<script>alert(1)</script>|*_%@{}\n; DROP TABLE runs; --"#

  @Test("A name with quotes, commands, slashes, markup and emoji goes through spec, database, charts and tables")
  func name() throws {
    let place = try Workplace()
    let spec: [String: Any] = [
      "name": Self.name, "description": Self.name, "d_model": 8, "heads": 2, "layers": 1, "context_length": 8,
      "batch_size": 1, "steps": 4, "eval_tokens": 64, "eval_every": 2, "lr": [0.001, 0.01],
      "corpus": "`touch pwned`.txt",
      "prompts": ["'); DROP TABLE samples; --$(touch pwned)"], "tokenizer": "byte",
    ]
    try place.write(
      String(repeating: "words 'n' \"things\" $(touch pwned)\n", count: 20), to: "specs/`touch pwned`.txt")
    try place.write(try JSONSerialization.data(withJSONObject: spec), to: "specs/hostile.json")

    #expect(try place.sweep("specs/hostile.json").summary == "2 runs: 2 finished\n")
    let report = try place.report()
    #expect(report.status == 0)
    #expect(report.errors == "")

    #expect(try place.query("SELECT name, description FROM experiments") == ["\(Self.name)|\(Self.name)"])
    #expect(try place.query("SELECT DISTINCT prompt FROM samples") == ["'); DROP TABLE samples; --$(touch pwned)"])
    #expect(report.output.hasPrefix(Self.name + "\n"))
    let results = try FileManager.default.contentsOfDirectory(atPath: place.path("results").path).sorted()
    let folder = "b-c-touch-pwned-touch-pwned-..-..-x-script-alert-1-script-_-n-DROP-TABLE-runs"
    #expect(
      results.filter { !$0.hasPrefix("results.sqlite") } == [
        ".reports.json", folder, "checkpoints", "index.html", "weights",
      ])
    let markdown = try place.read("results/\(folder)/report.md")
    #expect(markdown.contains("&lt;script&gt;"))
    // The spec and the queries stand there as they are, in a fence.
    #expect(!(markdown.components(separatedBy: "\nThe spec:\n").first ?? "").contains("<script"))
    for page in ["index.html", "\(folder)/report.html"] {
      let html = try place.read("results/\(page)")
      #expect(html.contains("&lt;script&gt;alert(1)&lt;/script&gt;"))
      #expect(!html.contains("<script>alert"))
    }
    let script = try place.read("results/\(folder)/loss-by-lr.gp")
    #expect(script.contains(":fox face: \"b''c`touch pwned`$(touch pwned)/../../x<script>"))
    let svg = try place.read("results/\(folder)/loss-by-lr.svg")
    #expect(!svg.contains("<script"))
    // The name is drawn as it is: nothing in it was taken for gnuplot's markup or a command.
    #expect(svg.contains("`touch pwned`$(touch pwned)/../../x&lt;script>alert(1)&lt;/script>|"))
    for query in FigureQuery.all(of: Self.name) {
      let rows = try place.query(query.sql)
      let isEmpty = query.sql.contains("FROM failures") || query.sql.contains("FROM coordinates")
      #expect(rows.isEmpty == isEmpty, "\(query.title)")
    }
    let everything = FileManager.default.enumerator(atPath: place.folder.path)?.compactMap { $0 as? String } ?? []
    #expect(!everything.contains { URL(fileURLWithPath: $0).lastPathComponent == "pwned" })
  }

  /// A mark that belongs to the scalar after it, and a letter that does: Swift has one character of both.
  @Test("A quote, a bracket or a slash is one also where Swift finds it to be a part of a longer character")
  func hiddenScalars() throws {
    let place = try Workplace()
    let (mark, letter) = ("\u{600}", "\u{D4E}")
    let names = [
      "a\(mark)' ; system \"touch pwned\" #", "b\(mark)<script>alert(1)</script>,\u{301}\(mark)\"",
      "\(letter)/..\(letter)/..\(letter)/x",
    ]
    for (index, name) in names.enumerated() {
      let spec: [String: Any] = [
        "name": name, "description": "\(mark)<img src=x>", "d_model": 8, "heads": 2, "layers": 1, "context_length": 8,
        "batch_size": 1, "steps": 4, "eval_tokens": 64, "lr": [0.001, 0.01], "sample_tokens": 8,
      ]
      try place.write(try JSONSerialization.data(withJSONObject: spec), to: "\(index).json")
    }
    #expect(try place.run("sweep", ["0.json", "1.json", "2.json"]).status == 0)
    let report = try place.report()
    #expect(report.status == 0, "\(report.errors)")
    let folders = ["a-system-touch-pwned", "b-script-alert-1-script", "x"]
    for folder in folders {
      let html = try place.read("results/\(folder)/report.html")
      #expect(
        !html.unicodeScalars.split(separator: "<").contains {
          String($0).hasPrefix("img src=x") || String($0).hasPrefix("script>alert")
        })
    }
    let everything = FileManager.default.enumerator(atPath: place.folder.path)?.compactMap { $0 as? String } ?? []
    #expect(!everything.contains { URL(fileURLWithPath: $0).lastPathComponent == "pwned" })
    for query in FigureQuery.all(of: names[0])
    where !query.sql.contains("FROM failures") && !query.sql.contains("FROM coordinates") {
      #expect(try !place.query(query.sql).isEmpty, "\(query.title)")
    }
    let table = try place.run("report", ["--format", "csv", "--where", "lr = 0.01"]).output
    #expect(
      table.utf8.split(separator: UInt8(ascii: "\n")).dropFirst().allSatisfy {
        String(Substring($0)).hasPrefix("1,") || String(Substring($0)).hasPrefix("2,")
      })
    #expect(table.contains("\"b\(mark)<script>alert(1)</script>,\u{301}\(mark)\"\"\","))
  }

  @Test("Names and prompts that differ in nothing but their Unicode form stay apart")
  func unicodeForms() throws {
    let place = try Workplace()
    func spec(_ text: String) throws -> Data {
      try JSONSerialization.data(withJSONObject: [
        "name": text, "prompts": [text], "d_model": 8, "heads": 2, "layers": 1, "context_length": 8, "batch_size": 1,
        "steps": 4, "eval_tokens": 64, "tokenizer": "byte", "sample_tokens": 8,
      ])
    }
    let (composed, decomposed) = ("caf\u{E9}", "cafe\u{301}")
    try place.write(spec(composed), to: "a.json")
    try place.write(spec(decomposed), to: "b.json")
    #expect(try place.sweep("a.json").summary == "1 run: 1 finished\n")
    let second = try place.sweep("b.json")
    #expect(second.errors == "\(decomposed): 1 sample of finished runs drawn from their weights.\n")
    #expect(try place.query("SELECT length(CAST(prompt AS BLOB)) FROM samples ORDER BY 1") == ["5", "6"])
    let report = try place.report()
    #expect(report.status == 0, "\(report)")
    let names = try FileManager.default.contentsOfDirectory(atPath: place.path("results").path)
    #expect(names.filter { $0.hasPrefix("caf") }.count == 2)

    // And so do files: two specs of one command, and a neighbour whose weights are needed.
    for text in [composed, decomposed] { try place.write(spec(text), to: "\(text).json") }
    let both = ["\(composed).json", "\(decomposed).json", "--database", "other/\(composed).sqlite"]
    #expect(try place.run("sweep", both).status == 0)
    #expect(try place.query("SELECT count(*) FROM experiments", database: "other/\(composed).sqlite") == ["2"])
    let one = ["a.json", "--database", "other/\(decomposed).sqlite"]
    #expect(try place.run("sweep", one).status == 0)
    for text in [composed, decomposed] {
      let delete = ["delete", text, "--yes", "--database", "other/\(composed).sqlite"]
      #expect(try place.run("sweep", delete).status == 0)
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: place.path("other/weights").path).count == 1)
  }
}
