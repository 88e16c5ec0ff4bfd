import Kernels

/// A thread of the system.
package enum SystemThread {
  /// Runs `body` on a thread of its own, which ends with it.
  ///
  /// - Returns: Whether the system gave a thread: limits of processes, address space and control groups may keep it from that.
  package static func start(_ body: @escaping @Sendable () -> Void) -> Bool { startThread(body) }
}
