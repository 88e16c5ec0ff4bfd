/// A chart of a report: drawn, or the reason why it isn't.
struct Figure {
  /// Names the files: `name.gp`, `name.svg`, `name.png`.
  let name: String
  /// What it shows.
  let title: String
  /// What is to be seen, in a sentence or two; may be empty.
  var caption = ""
  /// Half a sentence without a full stop; nil where the chart is drawn.
  var reason: String?
}
