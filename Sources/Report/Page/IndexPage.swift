/// `index.html`: all experiments of the database, each with a picture and its headline, the latest first.
struct IndexPage {
  struct Entry {
    let name: String
    let description: String?
    let counts: String
    let headline: [String]
    /// When something last changed: UTC, ISO 8601.
    let date: String
    /// The page's address beside the index; nil where it isn't there yet.
    let page: String?
    /// A picture's address beside the index.
    let thumbnail: String?
    /// What makes the page.
    let command = "report writes it"
    /// The date as people read it: to the minute.
    let day: String

    init(
      name: String, description: String?, counts: String, headline: [String], date: String, page: String?,
      thumbnail: String?
    ) {
      (self.name, self.description, self.counts, self.headline) = (name, description, counts, headline)
      (self.date, self.page, self.thumbnail) = (date, page, thumbnail)
      day = String(date.prefix(16).replacing("T", with: " "))
    }
  }

  let entries: [Entry]
  private let style = Template.style
  private let script = Template.indexScript
  private let nonce = Template.nonce

  init(_ entries: [Entry]) {
    self.entries = entries.enumerated().sorted { ($1.element.date, $0.offset) < ($0.element.date, $1.offset) }
      .map(\.element)
  }

  var html: String { Template.render("index", self) }

  /// Whether a page is such an index.
  static func isOne(_ html: String) -> Bool { html.contains("<header><h1>Experiments</h1></header>") }
}
