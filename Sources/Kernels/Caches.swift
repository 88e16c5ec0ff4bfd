#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The sizes of a core's caches in bytes, as the system tells them. Where it doesn't, as in some virtual machines, they are those of the
/// smallest that processors with AVX2 have had: 32 KiB and 256 KiB.
enum Caches {
  static let firstLevel = size(level: 1) ?? 32 << 10
  static let secondLevel = size(level: 2) ?? 256 << 10

  private static func size(level: Int) -> Int? {
    #if canImport(Glibc)
      let size = sysconf(Int32(level == 1 ? _SC_LEVEL1_DCACHE_SIZE : _SC_LEVEL2_CACHE_SIZE))
    #else
      var (size, length) = (0, MemoryLayout<Int>.size)
      sysctlbyname(level == 1 ? "hw.perflevel0.l1dcachesize" : "hw.perflevel0.l2cachesize", &size, &length, nil, 0)
    #endif
    return size > 0 ? size : nil
  }
}
