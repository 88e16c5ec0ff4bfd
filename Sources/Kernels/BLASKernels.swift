import COpenBLAS

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension BLAS {
  /// Gives OpenBLAS the kernels of the processor's vector width where it chose those without AVX, as it does on a
  /// processor that is newer than itself: they are two to four times slower. Leaves the choice alone where the
  /// environment makes it, by OPENBLAS_CORETYPE. Call before the first product and before other threads begin.
  ///
  /// - Parameter features: The processor's, as `Vectors` names them.
  public static func useWideKernels(features: Set<Substring>) {
    #if arch(x86_64) && os(Linux)
      func has(_ words: StaticString) -> Bool { features.isSuperset(of: "\(words)".split(separator: " ")) }
      guard String(cString: openblas_get_corename()) == "Prescott", getenv("OPENBLAS_CORETYPE") == nil,
        has(Vectors.avx2), let quit = function("gotoblas_dynamic_quit"),
        let initialize = function("gotoblas_dynamic_init")
      else { return }
      // OpenBLAS reads this variable when it chooses: its own way to say which kernels to take.
      setenv("OPENBLAS_CORETYPE", has(Vectors.avx512) ? "SkylakeX" : "Haswell", 1)
      quit()
      initialize()
    #endif
  }

  private typealias Function = @convention(c) () -> Void

  /// A function of OpenBLAS that its header doesn't name; nil in a build for a single processor, which doesn't have it.
  private static func function(_ name: String) -> Function? {
    dlsym(dlopen(nil, RTLD_NOW), name).map { unsafeBitCast($0, to: Function.self) }
  }
}
