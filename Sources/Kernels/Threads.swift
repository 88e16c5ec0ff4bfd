#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A lock and a condition of the C library, for threads that sleep until another thread wakes them. They stay at one place in
/// memory, as the C library requires.
final class Condition: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  init() {
    mutex.initialize(to: pthread_mutex_t())
    condition.initialize(to: pthread_cond_t())
    let codes = (pthread_mutex_init(mutex, nil), pthread_cond_init(condition, nil))
    check(codes == (0, 0), "no lock for a thread: errors \(codes)")
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  func lock() { pthread_mutex_lock(mutex) }
  func unlock() { pthread_mutex_unlock(mutex) }
  /// Sleeps until a signal, or for no reason. The lock is held before and after, and free meanwhile.
  func wait() { pthread_cond_wait(condition, mutex) }
  /// Wakes one thread that sleeps.
  func signal() { pthread_cond_signal(condition) }
}

/// Processor time that the calling thread has used, in seconds.
package func threadCPUSeconds() -> Double { seconds(of: CLOCK_THREAD_CPUTIME_ID) }

private func seconds(of clock: clockid_t) -> Double {
  var time = timespec()
  return clock_gettime(clock, &time) == 0 ? Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec) : 0
}

/// Lets other threads ask how much processor time a thread has used.
struct ThreadClock: Sendable {
  #if canImport(Glibc)
    private let clock: clockid_t?

    /// The clock of the calling thread, which may be asked while that thread lives.
    init() {
      var clock = clockid_t()
      self.clock = pthread_getcpuclockid(pthread_self(), &clock) == 0 ? clock : nil
    }

    var seconds: Double { clock.map { Kernels.seconds(of: $0) } ?? 0 }
  #else
    /// Darwin gives a thread's clock to that thread alone.
    var seconds: Double { 0 }
  #endif
}

/// Runs `body` on a thread of its own, which ends with it.
///
/// - Returns: Whether the system gave a thread: limits of processes, address space and control groups may keep it from that.
package func startThread(_ body: @escaping @Sendable () -> Void) -> Bool {
  final class Start {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }

    static func run(_ argument: UnsafeMutableRawPointer?) {
      guard let argument else { return }
      Unmanaged<Start>.fromOpaque(argument).takeRetainedValue().body()
    }
  }

  #if canImport(Glibc)
    var thread = pthread_t()
  #else
    var thread: pthread_t?
  #endif
  let argument = Unmanaged.passRetained(Start(body)).toOpaque()
  let code = pthread_create(
    &thread, nil,
    {
      Start.run($0)
      return nil
    }, argument)
  guard code == 0 else {
    Unmanaged<Start>.fromOpaque(argument).release()
    return false
  }
  #if canImport(Glibc)
    pthread_detach(thread)
  #else
    if let thread { pthread_detach(thread) }
  #endif
  return true
}
