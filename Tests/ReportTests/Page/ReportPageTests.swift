import Answers
import Foundation
import SampleResults
import Store
import Testing

@testable import Report

/// Pages of odd experiments.
@Suite(.timeLimit(.minutes(10)))
struct ReportPageTests {
  private struct Outcome {
    let html: String
    let markdown: String

    /// The text of the section or element with that id, up to the next one.
    func section(_ id: String) -> String {
      html.components(separatedBy: "id=\"\(id)\"").dropFirst().first?.components(separatedBy: "</section>").first ?? ""
    }
  }

  private func report(
    _ runs: [Run], name: String = "widths", description: String = "How wide?", axes: [String] = ["d_model", "lr"],
    spec: String = "{}", figures: [Figure] = []
  ) throws -> Outcome {
    let (database, read) = try stored(runs, axes: axes)
    var experiment = read.experiment
    (experiment.name, experiment.description, experiment.spec) = (name, description, spec)
    let results = ExperimentResults(experiment, grid: grid(read.runs, axes))
    let report = try ExperimentReport(results, database)
    return Outcome(
      html: ReportPage(report, figures: figures) { _ in "<svg><text>drawn</text></svg>" }.html,
      markdown: MarkdownReport(report: report, figures: figures).lines.joined(separator: "\n"))
  }

  private func expectClean(_ outcome: Outcome, sourceLocation: SourceLocation = #_sourceLocation) {
    for text in [outcome.html, outcome.markdown] {
      for word in ["Optional(", ">nan<", ">inf<", " nan ", "{{", "nil)"] {
        #expect(!text.contains(word), sourceLocation: sourceLocation)
      }
    }
    #expect(outcome.html.hasPrefix("<!DOCTYPE html>"), sourceLocation: sourceLocation)
    // The name of SVG's elements is no address.
    let html = outcome.html.replacing("http://www.w3.org/2000/svg", with: "")
    #expect(!html.contains("http:") && !html.contains("https:"), sourceLocation: sourceLocation)
  }

  @Test("A page and its Markdown say the same: headline, charts or why not, table, where it comes from")
  func whole() throws {
    let figures = [
      Figure(name: "one", title: "First"), Figure(name: "two", title: "Second", reason: "there is one learning rate"),
    ]
    let outcome = try report(sampleRuns, figures: figures)
    expectClean(outcome)
    #expect(
      outcome.section("answer").contains("<li>d_model 128, lr 0.001 has the lowest final validation loss: 2.12 ± 0.18"))
    #expect(
      outcome.section("figure").contains(
        "<svg role=\"img\" aria-labelledby=\"one-title\"><title id=\"one-title\">First</title><text>drawn</text></svg>")
    )
    #expect(outcome.section("details").contains("<dt>Second</dt><dd>there is one learning rate</dd>"))
    #expect(outcome.section("configurations").contains("<strong>2.12 ± 0.18 (2)</strong>"))
    #expect(outcome.section("configurations").components(separatedBy: "<tr>").count == 8)
    #expect(outcome.html.contains("<dt>corpus</dt><dd><div>stories, SHA-256 00ff</div></dd>"))
    #expect(outcome.html.contains("<dt>commit</dt><dd><div>c0ffee</div></dd>"))
    #expect(outcome.html.contains("WHERE experiment = &#39;widths&#39;"))
    #expect(outcome.markdown.contains("![First](one.svg)"))
    #expect(outcome.markdown.contains("Second: not drawn, there is one learning rate."))
    #expect(outcome.markdown.contains("- d\\_model 128, lr 0.001 has the lowest"))
    #expect(outcome.markdown.contains("WHERE experiment = 'widths'"))
  }

  @Test("Columns that don't vary are hidden until they are asked for")
  func hiddenColumns() throws {
    let table = try report(sampleRuns).section("configurations")
    #expect(table.contains("<th scope=\"col\" class=\"number\" data-name=\"lr\">lr</th>"))
    #expect(table.contains("<th scope=\"col\" class=\"extra\" data-name=\"corpus\">corpus</th>"))
    #expect(table.contains("id=\"all-columns\""))
  }

  @Test("One run, everything diverged, nothing evaluated, nothing begun: a page each")
  func odd() throws {
    let one = try report([run(dModel: 8, lr: 0.1, loss: 2)])
    expectClean(one)
    #expect(one.section("answer").contains("The only configuration reached"))
    let diverged = try report([0.1, 1].map { run(dModel: 8, lr: $0, loss: nil) })
    expectClean(diverged)
    #expect(diverged.section("answer").contains("Every run diverged"))
    var unevaluated = run(dModel: 8, lr: 0.1, loss: 2)
    (unevaluated.outcome.finalLoss, unevaluated.outcome.bestLoss, unevaluated.outcome.finalBitsPerByte) = (
      nil, nil, nil
    )
    expectClean(try report([unevaluated]))
    var running = run(dModel: 16, lr: 0.1, loss: nil)
    running.outcome.state = .interrupted
    let unfinished = try report([run(dModel: 8, lr: 0.1, loss: 2), running])
    expectClean(unfinished)
    #expect(unfinished.section("answer").contains("so far"))
    #expect(unfinished.section("configurations").contains("1 interrupted"))
    expectClean(try report([]))
  }

  @Test("Axes of texts, and two axes that move together")
  func axes() throws {
    let runs = [("adam", 1), ("sgd", 2), ("adamw", 3)].map { name, loss in
      run(dModel: 8 * loss, lr: 0.1, loss: Double(loss), optimizer: name)
    }
    let outcome = try report(runs, axes: ["optimizer", "d_model"])
    expectClean(outcome)
    #expect(outcome.section("answer").contains("<li>optimizer adam, d_model 8 has the lowest"))
  }

  @Test("300 configurations are 300 rows of a page that stays small")
  func many() throws {
    let runs = (1...300).map { run(dModel: $0, lr: 0.1, loss: 1 + Double($0) / 7) }
    let outcome = try report(runs)
    expectClean(outcome)
    #expect(outcome.section("configurations").components(separatedBy: "<tr>").count == 302)
    #expect(outcome.html.utf8.count < 500_000)
  }

  @Test("What users wrote is shown, and does nothing")
  func hostile() throws {
    let hostile =
      #"a"b'c`d`$(e)/../<script>alert(1)</script>🦊{{name}}{{{name}}} \textbf{x} *y* "#
      + String(repeating: "z", count: 120)
    var odd = run(dModel: 8, lr: 0.1, loss: 2)
    odd.facts.corpus = hostile
    let outcome = try report(
      [odd, run(dModel: 16, lr: 0.1, loss: nil)], name: hostile, description: hostile, spec: hostile + "```\n````")
    let escaped =
      "a&quot;b&#39;c`d`$(e)/../&lt;script&gt;alert(1)&lt;/script&gt;🦊{{name}}{{{name}}} \\textbf{x} *y* zzz"
    #expect(outcome.html.contains("<h1>\(escaped)"))
    #expect(outcome.html.contains("<p class=\"question\">\(escaped)"))
    #expect(outcome.html.contains("<pre class=\"scroll\">\(escaped)"))
    #expect(!outcome.html.contains("<script>alert"))
    #expect(outcome.html.contains("experiment = &#39;a&quot;b&#39;&#39;c`d`"))
    #expect(outcome.markdown.hasPrefix(#"# a"b'c\`d\`\$(e)/../&lt;script&gt;alert(1)&lt;/script&gt;🦊"#))
    #expect(outcome.markdown.contains("\n`````json\n"))
  }

  @Test("The loss stands first after the rank, and what all configurations share in a strip")
  func firstScreen() throws {
    let outcome = try report(sampleRuns)
    let names = outcome.section("configurations").components(separatedBy: "data-name=\"").dropFirst().map {
      String($0.prefix { $0 != "\"" })
    }
    #expect(names.prefix(2) == ["rank", "mean_final_loss"])
    #expect(outcome.section("settings").contains("<li><span>tokenizer</span> char</li>"))
    #expect(!outcome.section("settings").contains("<span>d_model</span>"))
  }

  @Test("At most three heat maps stand in a page, and the others neither there nor among the rest")
  func heatMaps() throws {
    let figures = (1...5).map { Figure(name: "heat-map-\($0)", title: "Map \($0)") }
    let outcome = try report(sampleRuns, figures: [Figure(name: "seeds", title: "Seeds")] + figures)
    #expect(outcome.section("figure").contains("seeds.svg"))
    #expect(outcome.section("heat-maps").components(separatedBy: "<figure id=").count == 4)
    #expect(!outcome.html.contains("heat-map-4"))
  }

  @Test("Every run stands in a table")
  func everyRun() throws {
    let runs = try report(sampleRuns).section("details")
    #expect(runs.contains("<td class=\"number\">1.5000</td>"))
    #expect(runs.contains("<td>diverged</td>"))
    #expect(runs.components(separatedBy: "<tr>").count == 14)
  }

  @Test("A page loads itself anew while its experiment goes on, and no script runs but its own")
  func refresh() throws {
    let (database, results) = try stored(sampleRuns)
    let report = try ExperimentReport(results, database)
    let date = Date(timeIntervalSince1970: 1_700_000_000)
    let over = ReportPage(report, figures: [], occasion: .init(written: date, index: "../index.html")) { _ in nil }.html
    #expect(over.contains("<a href=\"../index.html\">"))
    #expect(over.contains("<time>2023-11-14 22:13:20</time>"))
    #expect(!over.contains("http-equiv=\"refresh\"") && !over.contains("<body data-refresh"))
    let open = ReportPage(report, figures: [], occasion: .init(refresh: 5)) { _ in nil }.html
    #expect(open.contains("<noscript><meta http-equiv=\"refresh\" content=\"5\"></noscript>"))
    #expect(open.contains("<body data-refresh=\"5\">"))
    let nonces = open.components(separatedBy: "nonce-").dropFirst().map { $0.prefix { $0 != "'" } }
    #expect(nonces.count == 1 && open.contains("<script nonce=\"\(nonces[0])\">"))
    #expect(!over.contains(nonces[0]))
  }

  @Test("Every kind of chart has its query", arguments: ChartKind.all.map(\.title))
  func queries(title: String) {
    #expect(FigureQuery.all(of: "e").contains { $0.title.lowercased().contains(title.lowercased()) })
  }

  @Test("The index names every experiment, with its picture where there is one")
  func index() {
    let html = IndexPage([
      IndexPage.Entry(
        name: "a <b>", description: "Why?", counts: "1 run", headline: ["It won."], date: "2025-01-31T09:05:00.000Z",
        page: "a-b/report.html",
        thumbnail: "a-b/loss-by-lr.svg"),
      IndexPage.Entry(
        name: "new", description: nil, counts: "0 runs", headline: [], date: "2025-02-01T00:00:00.000Z", page: nil,
        thumbnail: nil),
    ]).html
    #expect(html.contains("<h2><a href=\"a-b/report.html\">a &lt;b&gt;</a></h2>"))
    #expect(html.contains("<img src=\"a-b/loss-by-lr.svg\" alt=\"\" loading=\"lazy\">"))
    #expect(html.contains("<time>2025-01-31 09:05</time>"))
    #expect(html.contains("<h2>new</h2>"))
    #expect(html.components(separatedBy: "<img").count == 2)
    #expect(html.components(separatedBy: "No page yet").count == 2)
    let names = html.components(separatedBy: "data-name=\"").dropFirst().map { $0.prefix(while: { $0 != "\"" }) }
    #expect(names == ["new", "a &lt;b&gt;"])
  }
}
