import Foundation

/// A process that holds a lock on a file, as the system lists it.
struct LockHolder: Equatable {
  let process: Int
  /// The program's name; nil where it isn't known.
  let name: String?
  /// Whether the process was stopped, as by Ctrl-Z, and doesn't run.
  let isStopped: Bool

  /// Who holds a lock on one of the files that isn't this process; nil where nobody does, or where that can't be known.
  static func of(_ paths: [String]) -> LockHolder? {
    guard let locks = try? String(contentsOfFile: "/proc/locks", encoding: .utf8) else { return nil }
    let inodes = Set(paths.compactMap(FileIdentity.init).map(\.inode))
    let processes = processes(holding: inodes, in: locks).filter { $0 != Int(getpid()) }
    return processes.lazy.compactMap(LockHolder.init).first
  }

  /// The processes that hold locks on files of these inodes, those that write first, in a list as the system has it. Its lines are
  /// "1: POSIX  ADVISORY  WRITE 4711 fe:00:1234 128 128"; with "->" begin those that wait.
  /// https://man7.org/linux/man-pages/man5/proc_locks.5.html
  static func processes(holding inodes: Set<UInt64>, in locks: String) -> [Int] {
    let held = locks.split(separator: "\n").compactMap { line -> (process: Int, writes: Bool)? in
      let fields = line.split(separator: " ")
      guard fields.count >= 6, fields[1] != "->", let process = Int(fields[4]), process > 0,
        let inode = fields[5].split(separator: ":").last.flatMap({ UInt64($0) }), inodes.contains(inode)
      else { return nil }
      return (process, fields[3] == "WRITE")
    }
    return held.filter(\.writes).map(\.process) + held.filter { !$0.writes }.map(\.process)
  }

  /// Nil where there is no such process.
  private init?(_ process: Int) {
    guard let status = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8) else { return nil }
    self.init(process, status: status)
  }

  /// - Parameter status: As "4711 (sweep) T 1 …"; a name may hold brackets and spaces.
  init?(_ process: Int, status: String) {
    guard let opening = status.firstIndex(of: "("), let closing = status.lastIndex(of: ")"), opening < closing else {
      return nil
    }
    self.process = process
    name = String(status[status.index(after: opening)..<closing])
    isStopped = status[status.index(after: closing)...].drop { $0 == " " }.first.map { "Tt".contains($0) } ?? false
  }

  /// "process 4711 (sweep)".
  var words: String { "process \(process)" + (name.map { " (\($0))" } ?? "") }
}
