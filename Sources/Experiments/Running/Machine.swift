import BuildInfo
import Foundation
import Model
import Store

/// The machine and the program, as a run's provenance names them.
package enum Machine {
  /// The program's version.
  package static let version = "0.1.0"

  /// Processor cores that this process may use.
  package static var cores: Int { ProcessInfo.processInfo.activeProcessorCount }

  /// Bytes of memory that this process may use: the machine's, or that of its control groups where that is less.
  package static var memory: Double {
    min(Double(ProcessInfo.processInfo.physicalMemory), ControlGroups.memoryLimit() ?? .infinity)
  }

  /// Bytes of it that are free now, or can be freed.
  package static var availableMemory: Double {
    let lines = (try? String(contentsOfFile: "/proc/meminfo", encoding: .utf8))?.split(separator: "\n") ?? []
    let line = lines.first { $0.hasPrefix("MemAvailable:") }?.split(separator: " ")
    let available = line.flatMap { $0.count > 1 ? Double($0[1]) : nil }.map { 1024 * $0 }
    return min(available ?? memory, memory)
  }

  /// Where and with what this process trains runs.
  package static var provenance: Provenance {
    Provenance(
      host: ProcessInfo.processInfo.hostName, cpu: Processor.model, version: version, blas: Vectors.products,
      sourceCommit: sourceCommit)
  }
}
