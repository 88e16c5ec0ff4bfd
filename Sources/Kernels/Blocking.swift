/// The block sizes of a matrix product, by the names of BLIS (Van Zee and van de Geijn 2015, https://doi.org/10.1145/2764454) for the
/// algorithm of Goto and van de Geijn (2008, https://doi.org/10.1145/1356052.1356053). docs/architecture.md draws the five loops.
///
/// KC is one number for all processors, since an element's sum is rounded where a block ends: a run would have other bits on another
/// processor. MC and NC follow from the second-level cache and change no bits.
package enum Blocking {
  /// Rows of the micro-kernel, and of a micro-panel of A.
  static var MR: Int { FullTile<WideRow>.rows }
  /// Columns of the micro-kernel, and of a micro-panel of B: two registers.
  static let NR = WideRow.columns
  /// Depth of a block. A micro-panel of B of this depth takes 32 KiB with AVX-512 and 16 KiB with AVX2.
  package static let KC = 256
  /// Rows of a block of A: with KC it fills an eighth of the second-level cache.
  static let MC = max(1, Caches.secondLevel / 8 / (KC * MemoryLayout<Float>.size) / MR) * MR
  /// Columns of a block of B: with KC it fills half the second-level cache, beside the block of A and what is read and written of c.
  static let NC = max(1, Caches.secondLevel / 2 / (KC * MemoryLayout<Float>.size) / NR) * NR
}
