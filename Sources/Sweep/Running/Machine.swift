import Foundation
import Model
import Store
import Terminal

/// The machine and the program, as a run's provenance names them.
enum Machine {
  /// The program's version.
  static let version = "0.1.0"

  /// Processor cores that this process may use.
  static var cores: Int { ProcessInfo.processInfo.activeProcessorCount }

  /// Bytes of memory that this process may use: the machine's, or its control group's where that is less.
  static var memory: Double {
    let limits = ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"].compactMap { path in
      (try? String(contentsOfFile: path, encoding: .utf8)).flatMap {
        Double($0.trimmingCharacters(in: .whitespacesAndNewlines))
      }
    }
    return ([Double(ProcessInfo.processInfo.physicalMemory)] + limits).min() ?? 0
  }

  /// Bytes of it that are free now, or can be freed.
  static var availableMemory: Double {
    let lines = (try? String(contentsOfFile: "/proc/meminfo", encoding: .utf8))?.split(separator: "\n") ?? []
    let line = lines.first { $0.hasPrefix("MemAvailable:") }?.split(separator: " ")
    let available = line.flatMap { $0.count > 1 ? Double($0[1]) : nil }.map { 1024 * $0 }
    return min(available ?? memory, memory)
  }

  /// Refuses work that needs more memory than this process may use.
  ///
  /// - Throws: `UserError`, with the figures.
  static func require(memory needed: Double, of path: String, context: Int) throws {
    guard needed > memory else { return }
    throw UserError(
      "\(path): a context of \(context) tokens needs \(Wording.bytes(needed)) of memory, but there are "
        + "\(Wording.bytes(memory)). Use a machine with more of it, or a model with a shorter context.")
  }

  /// Where and with what this process trains runs.
  static var provenance: Provenance {
    Provenance(
      host: ProcessInfo.processInfo.hostName, cpu: cpu, version: version, blas: Vectors.products,
      sourceCommit: Bundle.main.executableURL.flatMap { SourceCommit.head(around: $0.resolvingSymlinksInPath()) })
  }

  /// The processor's model, as the system calls it.
  private static var cpu: String {
    let lines = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8))?.split(separator: "\n") ?? []
    let line = lines.first { $0.hasPrefix("model name") }
    return line?.split(separator: ":").last?.trimmingCharacters(in: .whitespaces) ?? "unknown"
  }
}
