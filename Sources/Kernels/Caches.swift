#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The sizes of a core's caches, as the system tells them.
enum Caches {
  /// Bytes of the second-level cache. Where the system doesn't tell it, as in some virtual machines, 256 KiB: the smallest that
  /// processors with AVX2 have had.
  static let secondLevel = {
    #if canImport(Glibc)
      let size = sysconf(Int32(_SC_LEVEL2_CACHE_SIZE))
    #else
      var (size, length) = (0, MemoryLayout<Int>.size)
      sysctlbyname("hw.perflevel0.l2cachesize", &size, &length, nil, 0)
    #endif
    return size > 0 ? size : 256 << 10
  }()
}
