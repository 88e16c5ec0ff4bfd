import Foundation

/// The limits that the system's control groups set for this process. https://docs.kernel.org/admin-guide/cgroup-v2.html
enum ControlGroups {
  /// What /proc/self/cgroup says of a process: a line for each hierarchy, "number:controllers:path"; that of version 2 has number 0 and no
  /// controllers.
  private struct Membership {
    let lines: [[String]]

    init(_ text: String?) {
      lines = (text ?? "").split(separator: "\n").map {
        $0.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
      }
    }

    /// The folders of the process's group and of those that it lies in, in version 2 and in the hierarchy of a controller of version 1.
    func folders(_ controller: String) -> (two: [String], one: [String]) {
      func path(_ matches: ([String]) -> Bool) -> String { lines.first { $0.count == 3 && matches($0) }?[2] ?? "/" }
      return (
        levels(path { $0[0] == "0" && $0[1].isEmpty }).map { "/sys/fs/cgroup\($0)" },
        levels(path { $0[1].split(separator: ",").contains(Substring(controller)) }).map {
          "/sys/fs/cgroup/\(controller)\($0)"
        }
      )
    }
  }

  /// The least limit of memory in bytes of the process's own group and of those that it lies in; nil where there is none.
  ///
  /// - Parameters:
  ///   - membership: What /proc/self/cgroup says.
  ///   - read: The text of a file; nil where there is none.
  static func memoryLimit(
    membership: String? = text("/proc/self/cgroup"), read: (String) -> String? = text
  ) -> Double? {
    let folders = Membership(membership).folders("memory")
    // "max" is no number, and no limit.
    return (folders.two.map { $0 + "memory.max" } + folders.one.map { $0 + "memory.limit_in_bytes" })
      .compactMap { read($0).flatMap(number) }.min()
  }

  /// What is left of the memory of each limited group, the least of them, in bytes; the cache of files counts as free. Nil where there
  /// is no limit.
  static func memoryLeft(
    membership: String? = text("/proc/self/cgroup"), read: (String) -> String? = text
  ) -> Double? {
    let folders = Membership(membership).folders("memory")
    func left(_ folder: String, _ limit: String, _ usage: String, _ cache: String) -> Double? {
      guard let limit = read(folder + limit).flatMap(number), let usage = read(folder + usage).flatMap(number) else {
        return nil
      }
      let cached = (read(folder + "memory.stat") ?? "").split(separator: "\n").first { $0.hasPrefix(cache + " ") }
      return max(0, limit - usage + (cached?.split(separator: " ").last.flatMap { Double($0) } ?? 0))
    }
    return
      (folders.two.compactMap { left($0, "memory.max", "memory.current", "inactive_file") }
      + folders.one.compactMap {
        left($0, "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")
      }).min()
  }

  /// The processors' time that the process's groups may take, in processors; nil where there is no limit.
  static func processorLimit(
    membership: String? = text("/proc/self/cgroup"), read: (String) -> String? = text
  ) -> Double? {
    let folders = Membership(membership).folders("cpu")
    let two = folders.two.compactMap { folder -> Double? in
      let words = (read(folder + "cpu.max") ?? "").split(whereSeparator: \.isWhitespace).map { Double($0) }
      guard words.count == 2, let quota = words[0], let period = words[1], period > 0 else { return nil }
      return quota / period
    }
    let one = folders.one.compactMap { folder -> Double? in
      guard let quota = read(folder + "cpu.cfs_quota_us").flatMap(number), quota > 0,
        let period = read(folder + "cpu.cfs_period_us").flatMap(number), period > 0
      else { return nil }
      return quota / period
    }
    return (two + one).min()
  }

  private static func number(_ text: String) -> Double? { Double(text.trimmingCharacters(in: .whitespacesAndNewlines)) }

  /// A path and all above it, each with a slash at its end: "/a/b/", "/a/", "/".
  private static func levels(_ path: String) -> [String] {
    // Seen from within a namespace the path of a group outside begins with "..": nothing of it can be read.
    let names = path.split(separator: "/").filter { $0 != ".." }
    return (0...names.count).reversed().map { count in "/" + names.prefix(count).map { $0 + "/" }.joined() }
  }

  private static func text(_ path: String) -> String? { try? String(contentsOfFile: path, encoding: .utf8) }
}
