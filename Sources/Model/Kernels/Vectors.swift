/// What the arithmetic was built for; the manifest chooses.
public enum Vectors {
  /// What the processor must have, as Linux names it in /proc/cpuinfo, separated by spaces.
  ///
  /// A literal in memory: to read it takes none of the instructions that it is about.
  public static var needed: StaticString {
    #if AVX512
      "avx512f avx512bw avx512cd avx512dq avx512vl"
    #elseif AVX2
      "avx2 fma bmi2"
    #else
      ""
    #endif
  }

  /// What computes the products: the tile of `Tile.swift` with the vectors that it was built for, or the BLAS.
  public static var products: String {
    #if AVX512
      "own tile, AVX-512"
    #elseif FMA
      "own tile, 256 bits"
    #else
      BLAS.name
    #endif
  }
}
