import Answers

/// What an experiment shows, in words: the one place from which page, Markdown and terminal take them.
struct Findings {
  /// What matters most, first.
  let headline: [String]
  /// The answer for each axis.
  let axes: [String]
  /// What limits all of that.
  let notes: [String]
  /// What to run next, as a part of a spec.
  let next: String?

  /// From the rules that find the answers; who changes those changes nothing else of a report.
  init(_ results: ExperimentResults) {
    (headline, axes, notes, next) = (Headline(results).sentences, [], [], nil)
  }

  var sentences: [String] { headline + axes + notes }
}
