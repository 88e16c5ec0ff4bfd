import Foundation
import Mustache
import Words

/// The templates of what is written as HTML. They are part of the program itself, so that a copied program has them too.
enum Template {
  /// The object's text; everything in it is escaped but what a template takes in three braces.
  static func render(_ name: String, _ object: Any) -> String {
    guard let text = library.render(object, withTemplate: name) else { preconditionFailure("no template \(name)") }
    return text.visible(keepsLines: true)
  }

  /// The text as HTML.
  static func escaped(_ text: String) -> String { render("text", text) }

  /// The style of every page.
  static let style = String(decoding: PackageResources.page_css, as: UTF8.self)
  /// What an experiment's page does.
  static let pageScript = String(decoding: PackageResources.page_js, as: UTF8.self)
  /// What the index does.
  static let indexScript = String(decoding: PackageResources.index_js, as: UTF8.self)

  /// A word that nobody can guess.
  static var nonce: String {
    var generator = SystemRandomNumberGenerator()
    return (0..<2).map { _ in String(generator.next(), radix: 16) }.joined()
  }

  private static let library: MustacheLibrary = {
    let files = [
      "table": PackageResources.table_mustache, "page": PackageResources.page_mustache,
      "index": PackageResources.index_mustache, "text": Array("{{.}}".utf8),
    ]
    do {
      // The library's own escaping compares characters.
      MustacheContentTypes.register(ScalarHTML(), named: ScalarHTML.name)
      return MustacheLibrary(
        templates: try files.mapValues {
          try MustacheTemplate(string: "{{% CONTENT_TYPE:\(ScalarHTML.name)}}" + String(decoding: $0, as: UTF8.self))
        })
    } catch {
      preconditionFailure("a template can't be read: \(error)")
    }
  }()
}

/// HTML in which every scalar that a browser acts on is made plain, also within a character of several.
private struct ScalarHTML: MustacheContentType {
  static let name = "SCALARS"

  func escapeText(_ text: String) -> String {
    text.replacingScalars { scalar in
      switch scalar {
      case "<": "&lt;"
      case ">": "&gt;"
      case "&": "&amp;"
      case "\"": "&quot;"
      case "'": "&#39;"
      default: nil
      }
    }
  }
}
