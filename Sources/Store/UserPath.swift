import Foundation

/// The paths that users write, in options and specs: one rule for all.
public enum UserPath {
  /// Standard input, where it is read as a file.
  public static let standardInput = "-"

  /// The path that a user's words mean: "~" and "~/…" lead to the home folder, as in a shell, which knows them at the beginning of
  /// a word alone and not in `--database=~/r.sqlite`. Anything else stays, relative to the working folder.
  public static func expanded(_ words: String) -> String {
    guard words == "~" || words.hasPrefix("~/") else {
      // Foundation takes a name behind "~" for that of a user, and programs take one behind a dash for an option.
      return words.hasPrefix("~") || words.hasPrefix("-") && words != standardInput ? "./" + words : words
    }
    return FileManager.default.homeDirectoryForCurrentUser.path + words.dropFirst()
  }

  /// Where a path leads that is a link, or a link to a link; any other path stays as it is. What lies beside a file lies beside
  /// where links to it lead.
  public static func followingLinks(_ path: String) -> String {
    var path = path
    // As many as Linux follows: https://man7.org/linux/man-pages/man7/path_resolution.7.html
    for _ in 0..<40 {
      guard let target = try? FileManager.default.destinationOfSymbolicLink(atPath: path) else { break }
      // A relative link leads on from the folder itself, not from a link to the folder.
      let folder = URL(fileURLWithPath: path).deletingLastPathComponent().resolvingSymlinksInPath()
      let next = target.hasPrefix("/") ? URL(fileURLWithPath: target) : folder.appending(path: target)
      path = next.deletingLastPathComponent().resolvingSymlinksInPath().appending(path: next.lastPathComponent).path
    }
    return path
  }

  /// Whether the path leads to something that is read once from beginning to end, such as a pipe, and lies in no folder.
  public static func isStream(_ path: String) -> Bool {
    if path == standardInput { return true }
    var status = stat()
    return stat(path, &status) == 0 && [S_IFIFO, S_IFCHR, S_IFSOCK].contains(status.st_mode & S_IFMT)
  }

  /// The bytes of a file, a pipe or standard input, at most so many and one more.
  ///
  /// - Throws: The file system's error.
  public static func contents(of path: String, limit: Int) throws -> Data {
    let file =
      path == standardInput ? FileHandle.standardInput : try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
    var data = Data()
    while data.count <= limit, let more = try file.read(upToCount: limit + 1 - data.count), !more.isEmpty {
      data += more
    }
    return data
  }
}
