import Answers

/// What an experiment shows, in words: the one place from which page, Markdown and terminal take them.
struct Findings {
  /// What matters most, first.
  let headline: [String]
  /// The answer for each axis; where not all runs compare, what each part shows. Then what coordinate checks showed.
  let axes: [String]
  /// What limits all of that.
  let notes: [String]

  init(_ results: ExperimentResults, checks: [CoordinateAnswer] = []) {
    let answers = Answers(results)
    (headline, axes, notes) = (answers.headline, answers.findings + checks.map(\.finding), answers.notes)
  }

  var sentences: [String] { headline + axes + notes }
}
