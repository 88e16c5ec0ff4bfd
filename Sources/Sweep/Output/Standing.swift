import Answers
import Store
import Terminal
import Words

/// How an experiment stands, in words for a terminal: its leaders and its answer. All that is concluded comes from `Answers`.
struct Standing {
  private let results: ExperimentResults

  init(_ results: ExperimentResults) { self.results = results }

  /// The most configurations that are listed.
  private static let most = 5

  /// The best configuration so far, which a row of words names: "2.095 ± 0.041 (3) nats/token, heads 1"; nil where nothing has finished, or
  /// not all compare.
  var best: (label: String, text: String)? {
    guard results.parts.isEmpty, let best = results.ranked.first, let score = best.score else { return nil }
    let label = best.label(results.tellingKeys)
    let flattered = best.isFlattered ? ", \(best.states)" : ""
    let text = "\(score.text) \(results.measure.shortUnit)\(flattered)\(label.isEmpty ? "" : ", \(label)")"
    return (label, text.visible())
  }

  /// The run whose weights a user may want to try: a finished one of the best configuration.
  var bestRun: Int64? { results.ranked.first?.runs.first { $0.outcome.weights != nil }?.id }

  /// The leaders as a table, and what they show, in lines of at most `width` columns; empty where nothing has finished.
  func lines(width: Int?, isOver: Bool, styled: (_ text: String, _ code: String) -> String) -> [String] {
    guard !results.ranked.isEmpty else { return [] }
    // Of runs that don't compare, the best of each kind.
    let leaders = results.parts.isEmpty ? Self.most : max(Self.most / results.parts.count, 1)
    let ranked = zip(results.configurations, results.places).compactMap { result, place in place.map { (result, $0) } }
    let listed = ranked.filter { $0.1 <= leaders }.prefix(max(Self.most, results.parts.count))
    let shown = listed.map(\.0)
    let keys = results.tellingKeys
    var table = TextTable(["#"] + keys + ["loss (\(results.measure.shortUnit))", "time", "runs"])
    for (result, place) in listed {
      table.add(
        ["\(place)"] + keys.map { result.label(of: $0) ?? "–" } + [
          result.score?.text ?? "–", result.seconds.map { Wording.duration($0.mean) } ?? "–", result.states,
        ])
    }
    // What became of the runs matters where not all of them finished.
    let (time, runs) = (keys.count + 2, keys.count + 3)
    let dropping = [time] + (shown.contains { $0.isFlattered } ? [0] : [runs, 0])
    let caption =
      "\(results.experiment.name): \(results.measure.phrase), mean ± standard deviation over the finished seeds (their number)"
    var rows = table.lines(within: width, dropping: dropping) { text, row, column in
      listed[row].1 == 1 && column == keys.count + 1 ? styled(text, "1") : text
    }
    if let first = rows.first, first.displayWidth <= width ?? .max {
      rows[0] = styled(first, "4")
    } else {
      rows = shown.flatMap { entry($0, width: width ?? 80) }
    }
    let others = results.configurations.count - shown.count
    let more = others > 0 ? ["and \(Wording.number(others, "more configuration"))"] : []
    let room = min(width ?? 100, 100)
    return caption.visible().wrapped(to: room) + rows + more
      + (isOver ? answer : []).flatMap { $0.visible().wrapped(to: room) }
  }

  /// A configuration on lines of its own, for a terminal in which the keys don't fit beside each other.
  private func entry(_ result: ConfigurationResult, width: Int) -> [String] {
    let score = result.score.map { "\($0.text) \(results.measure.shortUnit)" } ?? "–"
    let states = result.isFlattered ? ", \(result.states)" : ""
    return [score + states] + result.label(results.tellingKeys).visible().wrapped(to: width - 2).map { "  \($0)" }
  }

  /// What the experiment shows.
  private var answer: [String] { Answers(results).sentences }
}

extension ResultsDatabase {
  /// How the experiment of that name stands.
  func standing(of name: String) throws -> Standing {
    let experiment = try experiment(named: name)
    return Standing(
      ExperimentResults(
        experiment, grid: try grid(of: experiment), formerRuns: try formerRuns(of: experiment).count))
  }
}
