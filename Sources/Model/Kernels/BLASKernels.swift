import COpenBLAS
import Foundation

extension BLAS {
  /// Gives OpenBLAS the kernels of the processor's vector width where it chose those without AVX, as it does on a
  /// processor that is newer than itself: they are two to four times slower. Leaves the choice alone where the
  /// environment makes it, by OPENBLAS_CORETYPE. Call before the first product and before other threads begin.
  public static func useWideKernels() {
    #if arch(x86_64) && os(Linux)
      guard String(cString: openblas_get_corename()) == "Prescott", getenv("OPENBLAS_CORETYPE") == nil,
        let quit = function("gotoblas_dynamic_quit"), let initialize = function("gotoblas_dynamic_init")
      else { return }
      let processor = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
      let flags = Set(processor.split(separator: "\n").first { $0.hasPrefix("flags") }?.split(separator: " ") ?? [])
      guard flags.isSuperset(of: ["avx2", "fma"]) else { return }
      // OpenBLAS reads this variable when it chooses: its own way to say which kernels to take.
      let hasAVX512 = flags.isSuperset(of: ["avx512f", "avx512bw", "avx512dq", "avx512vl"])
      setenv("OPENBLAS_CORETYPE", hasAVX512 ? "SkylakeX" : "Haswell", 1)
      quit()
      initialize()
    #endif
  }

  private typealias Function = @convention(c) () -> Void

  /// A function of OpenBLAS that its header doesn't name; nil in a build for a single processor, which hasn't it.
  private static func function(_ name: String) -> Function? {
    dlsym(dlopen(nil, RTLD_NOW), name).map { unsafeBitCast($0, to: Function.self) }
  }
}
