import Foundation

/// The commit of the program's source, read from the repository that the program was built in.
package enum SourceCommit {
  /// The commit at the head of the repository around a path; nil where there is none. https://git-scm.com/docs/gitrepository-layout
  package static func head(around path: URL) -> String? {
    var folder = path
    while folder.path != "/", !folder.path.isEmpty {
      folder.deleteLastPathComponent()
      let place = folder.appending(path: ".git")
      if let head = text(place.appending(path: "HEAD")) { return commit(head, place, common: place) }
      // In a work tree `.git` is a file that names the folder.
      if let link = text(place), link.hasPrefix("gitdir: ") {
        let place = URL(fileURLWithPath: String(link.dropFirst(8)), relativeTo: folder)
        guard let head = text(place.appending(path: "HEAD")) else { return nil }
        let common = text(place.appending(path: "commondir")).map { URL(fileURLWithPath: $0, relativeTo: place) }
        return commit(head, place, common: common ?? place)
      }
    }
    return nil
  }

  private static func commit(_ head: String, _ place: URL, common: URL) -> String? {
    guard head.hasPrefix("ref: ") else { return checked(head) }
    let name = head.dropFirst(5)
    for folder in [place, common] {
      if let commit = text(folder.appending(path: String(name))) { return checked(commit) }
    }
    let packed = text(common.appending(path: "packed-refs"))?.split(separator: "\n")
    return packed?.first { $0.hasSuffix(" \(name)") }.flatMap { checked(String($0.prefix { $0 != " " })) }
  }

  private static func checked(_ commit: String) -> String? {
    [40, 64].contains(commit.count) && commit.allSatisfy { $0.isHexDigit } ? commit : nil
  }

  private static func text(_ url: URL) -> String? {
    (try? String(contentsOf: url, encoding: .utf8))?.trimmingCharacters(in: .whitespacesAndNewlines)
  }
}
