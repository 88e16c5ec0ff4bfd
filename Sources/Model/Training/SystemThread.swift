import Kernels

/// A thread of the system.
package enum SystemThread {
  /// Processor time that the calling thread has used, in seconds.
  package static var cpuSeconds: Double { threadCPUSeconds() }

  /// Runs `body` on a thread of its own, which ends with it.
  ///
  /// - Returns: Whether the system gave a thread: limits of processes, address space and control groups may keep it from that.
  package static func start(_ body: @escaping @Sendable () -> Void) -> Bool { startThread(body) }
}
