import Foundation
import Store

extension Worker {
  /// This process.
  package static let here: Worker = {
    let process = Int(ProcessInfo.processInfo.processIdentifier)
    return Worker(
      host: ProcessInfo.processInfo.hostName, pidNamespace: pidNamespace, process: process,
      processStart: start(of: process) ?? "")
  }()

  /// When the process of that number started, in the system's own ticks; nil where none runs. One that has ended and that
  /// its parent hasn't noticed yet doesn't run.
  package static func start(of process: Int) -> String? {
    #if os(Linux)
      // https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html: the command's name may hold anything, so its closing
      // bracket is the last; after it come the state (field 3) and, as field 22, the start time.
      guard let stat = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
        let bracket = stat.lastIndex(of: ")")
      else { return nil }
      let fields = stat[stat.index(after: bracket)...].split(separator: " ")
      guard fields.count > 19, !["Z", "X"].contains(fields[0]) else { return nil }
      return String(fields[19])
    #else
      return kill(pid_t(process), 0) == 0 || errno == EPERM ? "" : nil
    #endif
  }

  /// Processes of one machine since its start, and of one container on it, are numbered together.
  private static var pidNamespace: String {
    #if os(Linux)
      let start = (try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)) ?? ""
      let container = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/ns/pid")) ?? ""
      return "\(start.trimmingCharacters(in: .whitespacesAndNewlines)) \(container)"
    #else
      return ProcessInfo.processInfo.hostName
    #endif
  }
}
