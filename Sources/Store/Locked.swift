import Foundation

/// A value that one thread at a time may touch.
///
/// The standard library's `Mutex` does the same, but thread sanitizer doesn't see it on Linux and takes every guarded access for
/// a race; the lock of the C library it knows.
public final class Locked<Value>: @unchecked Sendable {
  private let lock = NSLock()
  private var value: Value

  /// Guards the value.
  public init(_ value: sending Value) { self.value = value }

  /// Calls `body` with the value while no other thread has it.
  public func withLock<Result, Failure: Error>(_ body: (inout Value) throws(Failure) -> Result) throws(Failure)
    -> Result
  {
    lock.lock()
    defer { lock.unlock() }
    return try body(&value)
  }
}
