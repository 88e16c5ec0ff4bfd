/// The block sizes of a matrix product, by the names of BLIS (Van Zee and van de Geijn 2015, https://doi.org/10.1145/2764454) for the
/// algorithm of Goto and van de Geijn (2008, https://doi.org/10.1145/1356052.1356053). docs/architecture.md draws the five loops. The
/// parts of caches are those with AVX-512; with AVX2 a micro-panel has half as many columns, and a block of A three quarters as many rows.
package enum Blocking {
  /// Rows of the micro-kernel, and of a micro-panel of A.
  static var MR: Int { FullTile<WideRow>.rows }
  /// Columns of the micro-kernel, and of a micro-panel of B: two registers.
  static let NR = WideRow.columns
  /// Depth of a block: a micro-panel of B of this depth fills two thirds of a first-level cache of 48 KiB.
  package static let KC = 256
  /// Rows of a block of A: with KC it fills an eighth of a second-level cache of 1 MiB.
  static let MC = 16 * MR
  /// Columns of a block of B: with KC it fills half a second-level cache of 1 MiB.
  static let NC = 512
}
