import BuildInfo
import Foundation
import Model
import Store

/// The machine and the program, as a run's provenance names them.
package enum Machine {
  /// Processor cores that this process may use: those that it may run on, and no more than Slurm has given its task and its control
  /// groups give time for.
  package static var cores: Int {
    let own = ProcessInfo.processInfo.activeProcessorCount
    let count = min(own, SlurmTask.cores(ProcessInfo.processInfo.environment) ?? own)
    return min(count, ControlGroups.processorLimit().map { max(1, Int($0.rounded(.up))) } ?? count)
  }

  /// Bytes of memory that this process may still use: the machine's, or that of its control groups or of its task of Slurm where that is
  /// less, less what the process has by now, as texts; or what is left of its address space.
  package static var memory: Double {
    let all = min(
      Double(ProcessInfo.processInfo.physicalMemory), ControlGroups.memoryLimit() ?? .infinity,
      SlurmTask.memory(ProcessInfo.processInfo.environment) ?? .infinity)
    return min(max(0, all - (statistics.map { $0[1] } ?? 0)), addressSpace)
  }

  /// What the process has, in bytes, in the order of https://man7.org/linux/man-pages/man5/proc_pid_statm.5.html: addresses first, then
  /// memory; nil where the system doesn't tell.
  private static var statistics: [Double]? {
    let pages = ((try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? "").split(separator: " ")
      .compactMap { Double($0) }
    return pages.count >= 6 ? pages.map { $0 * Double(getpagesize()) } : nil
  }

  /// Bytes of address space and of data that are left to the process, less what threads and SQLite take; infinite without a limit.
  /// https://man7.org/linux/man-pages/man2/getrlimit.2.html
  private static var addressSpace: Double {
    #if os(Linux)
      guard let statistics else { return .infinity }
      func left(_ resource: __rlimit_resource_t, used: Double) -> Double {
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0, limit.rlim_cur != rlim_t.max else { return .infinity }
        // A thread's stack takes 8 MB of addresses, and the allocator 64 MB for each thread that needs much.
        return max(0, 0.75 * (Double(limit.rlim_cur) - used) - 32e6)
      }
      return min(
        left(Int32(RLIMIT_AS.rawValue), used: statistics[0]), left(Int32(RLIMIT_DATA.rawValue), used: statistics[5]))
    #else
      return .infinity
    #endif
  }

  /// Whether the system gives so many bytes now: limits of the address space, and systems that promise no more memory than they have,
  /// may keep it from that.
  package static func gives(_ bytes: Double) -> Bool {
    // A large buffer begins at a huge page.
    let size = Int(min(bytes, 1e15)) + (4 << 20)
    guard let place = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0), place != MAP_FAILED else {
      return false
    }
    munmap(place, size)
    return true
  }

  /// Bytes of it that are free now, or can be freed.
  package static var availableMemory: Double {
    let lines = (try? String(contentsOfFile: "/proc/meminfo", encoding: .utf8))?.split(separator: "\n") ?? []
    let line = lines.first { $0.hasPrefix("MemAvailable:") }?.split(separator: " ")
    let available = line.flatMap { $0.count > 1 ? Double($0[1]) : nil }.map { 1024 * $0 }
    return min(available ?? memory, memory, ControlGroups.memoryLeft() ?? .infinity)
  }

  /// Where and with what this process trains runs.
  package static var provenance: Provenance {
    Provenance(
      host: ProcessInfo.processInfo.hostName, cpu: Processor.model, version: BuildInfo.version, blas: Vectors.products,
      sourceCommit: sourceCommit)
  }
}
