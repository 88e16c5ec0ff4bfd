import Foundation
import Model
import Store

/// The machine and the program, as a run's provenance names them.
enum Machine {
  /// The program's version.
  static let version = "0.1.0"

  /// Processor cores that this process may use.
  static var cores: Int { ProcessInfo.processInfo.activeProcessorCount }

  /// Bytes of memory in the machine.
  static var memory: Double { Double(ProcessInfo.processInfo.physicalMemory) }

  /// Where and with what this process trains.
  static var provenance: Provenance {
    Provenance(
      host: ProcessInfo.processInfo.hostName, cpu: cpu, threads: 1, version: version, blas: BLAS.name)
  }

  /// The processor's model, as the system calls it.
  private static var cpu: String {
    let lines = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8))?.split(separator: "\n") ?? []
    let line = lines.first { $0.hasPrefix("model name") }
    return line?.split(separator: ":").last?.trimmingCharacters(in: .whitespaces) ?? "unknown"
  }
}
