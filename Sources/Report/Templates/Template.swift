import Foundation
import Mustache

/// The templates of what is written as HTML. They are part of the program itself, so that a copied program has them too.
enum Template {
  /// The object's text; everything in it is escaped but what a template takes in three braces.
  static func render(_ name: String, _ object: Any) -> String {
    guard let text = library.render(object, withTemplate: name) else { preconditionFailure("no template \(name)") }
    return text
  }

  private static let library: MustacheLibrary = {
    let files = ["table": PackageResources.table_mustache]
    do {
      return MustacheLibrary(
        templates: try files.mapValues { try MustacheTemplate(string: String(decoding: $0, as: UTF8.self)) })
    } catch {
      preconditionFailure("a template can't be read: \(error)")
    }
  }()
}
