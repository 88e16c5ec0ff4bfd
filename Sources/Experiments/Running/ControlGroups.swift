import Foundation

/// The limits that the system's control groups set for this process. https://docs.kernel.org/admin-guide/cgroup-v2.html
enum ControlGroups {
  /// The least limit of memory in bytes of the process's own group and of those that it lies in; nil where there is none.
  ///
  /// - Parameters:
  ///   - membership: What /proc/self/cgroup says: a line for each hierarchy, "number:controllers:path"; that of version 2 has number
  ///     0 and no controllers.
  ///   - read: The text of a file; nil where there is none.
  static func memoryLimit(
    membership: String? = text("/proc/self/cgroup"), read: (String) -> String? = text
  ) -> Double? {
    let lines = (membership ?? "").split(separator: "\n").map {
      $0.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
    }
    func path(_ matches: ([String]) -> Bool) -> String { lines.first { $0.count == 3 && matches($0) }?[2] ?? "/" }
    let files =
      levels(path { $0[0] == "0" && $0[1].isEmpty }).map { "/sys/fs/cgroup\($0)memory.max" }
      + levels(path { $0[1].split(separator: ",").contains("memory") }).map {
        "/sys/fs/cgroup/memory\($0)memory.limit_in_bytes"
      }
    // "max" is no number, and no limit.
    return files.compactMap { read($0).flatMap { Double($0.trimmingCharacters(in: .whitespacesAndNewlines)) } }.min()
  }

  /// A path and all above it, each with a slash at its end: "/a/b/", "/a/", "/".
  private static func levels(_ path: String) -> [String] {
    // Seen from within a namespace the path of a group outside begins with "..": nothing of it can be read.
    let names = path.split(separator: "/").filter { $0 != ".." }
    return (0...names.count).reversed().map { count in "/" + names.prefix(count).map { $0 + "/" }.joined() }
  }

  private static func text(_ path: String) -> String? { try? String(contentsOfFile: path, encoding: .utf8) }
}
