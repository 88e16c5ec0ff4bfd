import Foundation

/// Limits that the system sets for this process.
public enum ProcessLimits {
  /// Threads that a program needs beside its first: what stores and what waits for signals wait without end where they get none.
  private static let threads = 3
  /// Bytes that a program needs before it does anything.
  private static let memory = 32 << 20

  /// Whether the process's addresses or data are limited.
  public static var areOfMemory: Bool {
    #if os(Linux)
      [RLIMIT_AS, RLIMIT_DATA].contains(where: isLimited)
    #else
      false
    #endif
  }

  /// Files that a program may have open at once: Foundation starts no gnuplot with fewer.
  private static let files: rlim_t = 256

  /// Takes less of what is limited, and makes an error of what would end the process.
  static func heed() {
    // A file that may not grow is told by the error of the write, not by the end of the process.
    signal(SIGXFSZ, SIG_IGN)
    // Each run that is stored takes a file, and many may go side by side.
    var limit = fileLimit
    if limit.rlim_cur < 4096 {
      limit.rlim_cur = min(limit.rlim_max, 4096)
      setrlimit(fileResource, &limit)
    }
    #if os(Linux)
      guard areOfMemory else { return }
      // By itself the allocator takes 128 MB of addresses for each thread, and the thread's stack 8 MB more.
      // https://man7.org/linux/man-pages/man3/mallopt.3.html: M_ARENA_MAX, which Swift's module of the C library leaves out.
      if let symbol = dlsym(nil, "mallopt") {
        _ = unsafeBitCast(symbol, to: (@convention(c) (Int32, Int32) -> Int32).self)(-8, 1)
      }
      // https://man7.org/linux/man-pages/man3/pthread_getattr_default_np.3.html, left out as well.
      var attributes = pthread_attr_t()
      if let symbol = dlsym(nil, "pthread_setattr_default_np"), pthread_attr_init(&attributes) == 0 {
        pthread_attr_setstacksize(&attributes, 1 << 20)
        _ = unsafeBitCast(symbol, to: (@convention(c) (UnsafePointer<pthread_attr_t>) -> Int32).self)(&attributes)
        pthread_attr_destroy(&attributes)
      }
    #endif
  }

  /// Why this process can't work at all; nil where it can.
  static func complaint() -> String? {
    guard isGiven(bytes: memory) else {
      return
        "the system gives this process less than \(memory >> 20) MB of memory; `ulimit -v` and `ulimit -d` show its limits."
    }
    let opened = fileLimit.rlim_cur
    guard opened >= files else {
      return "this process may open \(opened) files, and it needs \(files); `ulimit -n` shows its limit."
    }
    let given = given(threads: threads)
    guard given == threads else {
      return
        "the system gives this process \(given) more threads, and it needs \(threads); `ulimit -u` and `ulimit -v` show its limits, "
        + "as does pids.max of its control group."
    }
    return nil
  }

  private static func isGiven(bytes: Int) -> Bool {
    guard let place = mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0), place != MAP_FAILED
    else {
      return false
    }
    munmap(place, bytes)
    return true
  }

  #if os(Linux)
    private static let fileResource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
  #else
    private static let fileResource = RLIMIT_NOFILE
  #endif

  private static var fileLimit: rlimit {
    var limit = rlimit()
    getrlimit(fileResource, &limit)
    return limit
  }

  /// How many of so many threads the system gives at once. They are gone when this returns.
  private static func given(threads count: Int) -> Int {
    let go = DispatchSemaphore(value: 0)
    let begun = (0..<count).compactMap { _ in
      #if canImport(Glibc)
        var thread = pthread_t()
      #else
        var thread: pthread_t?
      #endif
      let argument = Unmanaged.passRetained(go).toOpaque()
      let code = pthread_create(
        &thread, nil,
        { argument in
          if let argument { Unmanaged<DispatchSemaphore>.fromOpaque(argument).takeRetainedValue().wait() }
          return nil
        }, argument)
      if code != 0 { Unmanaged<DispatchSemaphore>.fromOpaque(argument).release() }
      return code == 0 ? thread : nil
    }
    for _ in begun { go.signal() }
    for thread in begun { pthread_join(thread, nil) }
    return begun.count
  }

  #if os(Linux)
    private static func isLimited(_ resource: __rlimit_resource) -> Bool {
      var limit = rlimit()
      return getrlimit(__rlimit_resource_t(resource.rawValue), &limit) == 0 && limit.rlim_cur != rlim_t.max
    }
  #endif
}
