/// `index.html`: all experiments of the database, each with a picture and its headline.
struct IndexPage {
  struct Entry {
    let name: String
    let description: String?
    let counts: String
    let headline: [String]
    /// The page's address beside the index; nil where it isn't there yet.
    let page: String?
    /// A picture's address beside the index.
    let thumbnail: String?
    /// What makes the page.
    let command = "report writes it"
  }

  let entries: [Entry]
  private let style = Template.style

  init(_ entries: [Entry]) { self.entries = entries }

  var html: String { Template.render("index", self) }

  /// Whether a page is such an index.
  static func isOne(_ html: String) -> Bool { html.contains("<header><h1>Experiments</h1></header>") }
}
