import Foundation

/// The paths that users write, in options and specs: one rule for all.
public enum UserPath {
  /// Standard input, where it is read as a file.
  public static let standardInput = "-"

  /// The path that a user's words mean: "~" and "~/…" lead to the home folder, as in a shell, which knows them at the beginning of
  /// a word alone and not in `--database=~/r.sqlite`. Anything else stays, relative to the working folder.
  public static func expanded(_ words: String) -> String {
    guard words == "~" || words.hasPrefix("~/") else { return words }
    return FileManager.default.homeDirectoryForCurrentUser.path + words.dropFirst()
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
