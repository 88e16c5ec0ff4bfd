/// What the arithmetic was built for; the manifest chooses.
///
/// Features are named as Linux names them in /proc/cpuinfo, separated by spaces. They are literals in memory: to read them
/// takes none of the instructions that they are about.
public enum Vectors {
  /// What a build for 512 bits needs of the processor. The manifest, which can't read this, has the same words.
  public static var avx512: StaticString { "avx512f avx512bw avx512cd avx512dq avx512vl" }
  /// What a build for 256 bits needs of the processor; so in the manifest.
  public static var avx2: StaticString { "avx2 fma bmi2" }

  /// What this build needs of the processor.
  public static var needed: StaticString {
    #if AVX512
      avx512
    #elseif AVX2
      avx2
    #else
      ""
    #endif
  }

  /// The build's name, as the manifest and `--vectors` have it.
  public static var name: String {
    #if AVX512
      "avx512"
    #elseif AVX2
      "avx2"
    #else
      "none"
    #endif
  }

  /// What computes the products: the micro-kernel of `MicroKernel.swift` with the vectors that it was built for, or the BLAS.
  public static var products: String {
    #if AVX512
      "own tile, AVX-512"
    #elseif FMA
      "own tile, 256 bits"
    #else
      BLAS.name
    #endif
  }

  /// Readies what computes the products for a processor with these features: the BLAS, if it does. Call before the first
  /// product and before other threads begin.
  public static func prepareProducts(features: Set<Substring>) {
    #if !FMA
      BLAS.useWideKernels(features: features)
      BLAS.useOneThread()
    #endif
  }
}
