// Matrix products after Goto and van de Geijn 2008, "Anatomy of High-Performance Matrix Multiplication",
// https://doi.org/10.1145/1356052.1356053, in the form of BLIS (Van Zee and van de Geijn 2015, https://doi.org/10.1145/2764454).
// docs/architecture.md draws the five loops. `blockedProduct` has loops 1 to 3 and packs; `multiply` of two blocks has loop 4,
// `PanelProduct` loop 5, and `MicroKernel.swift` the micro-kernel.

import CLanes
import COpenBLAS

/// `c = (base + a · b) · slope`, elementwise in the slope. Shapes (M, N) = (M, K) · (K, N) with K ≥ 1; base and slope have c's shape.
/// Without a base the product starts from 0; with `accumulates` it starts from c, and `base` is ignored; without a slope it isn't
/// multiplied by one. c isn't transposed and overlaps neither factor nor the slope; base may be c.
///
/// Computes every product of the model except those inside attention, which call `multiply` of two blocks. With fused multiply-adds
/// our micro-kernel computes it: on one core of a Zen 4, at widths from 64, it reaches 1.0 to 1.17 times the rate of OpenBLAS's large product with
/// AVX-512, and 0.79 to 1.11 times with AVX2, where the logits of 65 tokens are the slowest: they leave a single row over (`StepBenchmark
/// kernels`). Its rate doesn't depend on how OpenBLAS classifies the processor: on one that it doesn't know, OpenBLAS 0.3.21 falls back to kernels of
/// 2004. Without fused multiply-adds OpenBLAS is faster, because it chooses its kernels at run time.
/// An element of c that our micro-kernel computes has the same bits however many threads share the work: one thread sums each block of
/// KC products in order, and adds the blocks in order. The BLAS doesn't promise that, so its products aren't shared.
package func multiply(
  into c: Matrix, _ a: Matrix, _ b: Matrix, adding base: Matrix? = nil, accumulates: Bool = false,
  times slope: Matrix? = nil, team: Team
) {
  let depth = a.isTransposed ? a.rows : a.columns
  check(
    (a.isTransposed ? a.columns : a.rows) == c.rows && (b.isTransposed ? b.rows : b.columns) == c.columns
      && (b.isTransposed ? b.columns : b.rows) == depth, "shapes of \(c), \(a), \(b) don't fit")
  check(
    !c.isTransposed && base?.hasShape(of: c) != false && slope?.hasShape(of: c) != false,
    "the base or the slope hasn't the shape of \(c)")
  let base = accumulates ? c : base
  #if FMA
    let work = c.rows * c.columns * depth / Team.productsPerNumber
    // Threads divide the longer side. Where these are the columns, each packs its own part of B; where these are the rows, each packs
    // its own part of A and all of B.
    if c.columns >= c.rows {
      team.share(c.columns, inMultiplesOf: Blocking.NR, work: work) { columns, scratch in
        blockedProduct(
          c, 0..<c.rows, columns, a, b, depth, base, slope, scratch(PanelsB.scratchCount + PanelsA.scratchCount))
      }
    } else {
      team.share(c.rows, inMultiplesOf: Blocking.MR, work: work) { rows, scratch in
        blockedProduct(
          c, rows, 0..<c.columns, a, b, depth, base, slope, scratch(PanelsB.scratchCount + PanelsA.scratchCount))
      }
    }
  #else
    if let base, !accumulates { for row in 0..<c.rows { c.row(row).update(from: base.row(row), count: c.columns) } }
    blasProduct(into: c, a, b, accumulates: base != nil)
    if let slope { slopeBackward(c, slopes: slope, team: team) }
  #endif
}

/// `c = a · b` or `c += a · b` by OpenBLAS: https://www.netlib.org/blas/ `sgemm`.
func blasProduct(into c: Matrix, _ a: Matrix, _ b: Matrix, accumulates: Bool) {
  cblas_sgemm(
    CblasRowMajor, a.isTransposed ? CblasTrans : CblasNoTrans, b.isTransposed ? CblasTrans : CblasNoTrans,
    blasint(c.rows), blasint(c.columns), blasint(a.isTransposed ? a.rows : a.columns), 1, a.pointer, blasint(a.stride),
    b.pointer, blasint(b.stride), accumulates ? 1 : 0, c.pointer, blasint(c.stride))
}

/// Some rows and columns of c, block by block. A block of B, KC x NC, stays in the second-level cache while all rows of A go by; a
/// block of A, MC x KC, stays there while all micro-panels of B go by.
private func blockedProduct(
  _ c: Matrix, _ rows: Range<Int>, _ columns: Range<Int>, _ a: Matrix, _ b: Matrix, _ depth: Int, _ base: Matrix?,
  _ slope: Matrix?, _ scratch: UnsafeMutablePointer<Float>
) {
  // Loop 1: over K by KC.
  for k in stride(from: 0, to: depth, by: Blocking.KC) {
    let kBlock = k..<min(k + Blocking.KC, depth)
    // Loop 2: over N by NC. Packs B.
    for j in stride(from: columns.lowerBound, to: columns.upperBound, by: Blocking.NC) {
      let jBlock = j..<min(j + Blocking.NC, columns.upperBound)
      let panelsB = PanelsB(b, depth: kBlock, columns: jBlock, rows: rows.count, scratch: scratch)
      // Loop 3: over M by MC. Packs A.
      for i in stride(from: rows.lowerBound, to: rows.upperBound, by: Blocking.MC) {
        let iBlock = i..<min(i + Blocking.MC, rows.upperBound)
        let panelsA = PanelsA(
          a, rows: iBlock, depth: kBlock, panelsB, columns: jBlock.count, scratch: scratch + PanelsB.scratchCount)
        multiply(
          into: c, iBlock, jBlock, panelsA, panelsB, adding: k == 0 ? base : c,
          times: kBlock.upperBound == depth ? slope : nil)
      }
    }
  }
}

/// c[rows, columns] = (base + panelsA · panelsB) · slope, where the panels begin at the first of the rows, the columns and k.
func multiply(
  into c: Matrix, _ rows: Range<Int>, _ columns: Range<Int>, _ panelsA: PanelsA, _ panelsB: PanelsB,
  adding base: Matrix? = nil, times slope: Matrix? = nil
) {
  // Loop 4: over the block's columns by NR.
  for (index, start) in stride(from: 0, to: columns.count, by: Blocking.NR).enumerated() {
    let product = PanelProduct(
      c: c, base: base, slope: slope, panelsA: panelsA, panelB: panelsB.panel(index),
      rowStrideB: panelsB.rowStride, prefetchesB: panelsB.needsPrefetch, row: rows.lowerBound,
      column: columns.lowerBound + start, isFirst: index == 0)
    let count = min(Blocking.NR, columns.count - start)
    if count > NarrowRow.columns {
      product.compute(WideRow.self, rows.count, lastColumns: count - NarrowRow.columns)
    } else {
      product.compute(NarrowRow.self, rows.count, lastColumns: count)
    }
  }
}

/// The product of a block of A and one micro-panel of B.
private struct PanelProduct {
  let c: Matrix
  let base: Matrix?
  let slope: Matrix?
  let panelsA: PanelsA
  let panelB: UnsafeMutablePointer<Float>
  let rowStrideB: Int
  /// Whether the rows of the micro-panel are prefetched.
  let prefetchesB: Bool
  /// The first row and column of c.
  let row: Int
  let column: Int
  /// Whether this is the block's first micro-panel of B: A isn't in the first-level cache yet.
  let isFirst: Bool

  /// Whether cache lines are prefetched. A shallower product has touched its operands lately, and a prefetch costs more than the wait.
  private var prefetches: Bool { panelsA.depth >= 128 }

  /// Loop 5: over `count` rows by MR. Rows left over go in smaller tiles. A tile of one, two or three rows has too few sums for the
  /// multiply-adds that a core has under way, so the last whole tile is split with them where it can be: 6 + 1 rows are 4 + 3.
  func compute<Row: Tile>(_: Row.Type, _ count: Int, lastColumns: Int) {
    typealias Full = FullTile<Row>
    let remainder = count % Full.rows
    let isSplit = 1...3 ~= remainder && count > Full.rows && panelsA.isEven
    let whole = count - remainder - (isSplit ? Full.rows : 0)
    var row = 0
    if panelsA.rowStride > 1 {
      tiles(Full.self, StridedA.self, &row, whole, lastColumns)
    } else if prefetches, panelsA.needsPrefetch {
      tiles(Full.self, PrefetchedA.self, &row, whole, lastColumns)
    } else if prefetches, prefetchesB {
      tiles(Full.self, PrefetchedB.self, &row, whole, lastColumns)
    } else {
      tiles(Full.self, PackedOperands.self, &row, whole, lastColumns)
    }
    // Attention's products are so short that the time of these calls is measurable.
    if row == count { return }
    let left = count - row
    // 5, 10 and 9 = 5 + 4; the others are fours and a three, but for 6 = 3 + 3.
    if left % 5 == 0 || left == 9 { tiles(FiveRows<Row>.self, StridedA.self, &row, row + left / 5 * 5, lastColumns) }
    if left != 6 { tiles(FourRows<Row>.self, StridedA.self, &row, count, lastColumns) }
    if row == count { return }
    tiles(ThreeRows<Row>.self, StridedA.self, &row, count, lastColumns)
    tiles(TwoRows<Row>.self, StridedA.self, &row, count, lastColumns)
    tiles(Row.self, StridedA.self, &row, count, lastColumns)
  }

  /// As many tiles of a kind as the rows that are left allow. Never inlined: with the loops of several kinds in one function the
  /// compiler makes none of them a good one.
  @inline(never)
  private func tiles<T: Tile, Operands: OperandAccess>(
    _: T.Type, _: Operands.Type, _ next: inout Int, _ count: Int, _ lastColumns: Int
  ) {
    while next + T.rows <= count { tile(T.self, Operands.self, &next, lastColumns) }
  }

  @inline(__always)
  private func tile<T: Tile, Operands: OperandAccess>(
    _: T.Type, _: Operands.Type, _ next: inout Int, _ lastColumns: Int
  ) {
    defer { next += T.rows }
    let c = c.position(row + next, column)
    let base = base?.position(row + next, column)
    let slope = slope?.position(row + next, column)
    let panelA = panelsA.pointer(toRow: next)
    var sums = T()
    var columnA = panelA
    var rowB = panelB
    let share = (panelsA.depth + T.rows - 1) / T.rows
    /// Prefetches what row `i` of the tile reads and writes, and row i's share of the micro-panel of A below.
    func prefetch(forRow i: Int) {
      c.down(i).prefetch(T.columns)
      if let base, base.pointer != c.pointer { base.down(i).prefetch(T.columns) }
      if let slope { slope.down(i).prefetch(T.columns) }
      if isFirst, panelsA.kStride == 1 {
        let below = Matrix.Position(pointer: panelA + i * share, stride: panelsA.rowStride).down(T.rows)
        for j in 0..<T.rows { below.down(j).prefetch(share) }
      }
    }
    #if AVX512
      // Between parts of the depth: a tile has more lines than the core can wait for at a time.
      if prefetches {
        for i in 0..<T.rows {
          prefetch(forRow: i)
          add(to: &sums, Operands.self, min(share, panelsA.depth - i * share), &columnA, &rowB)
        }
      } else {
        add(to: &sums, Operands.self, panelsA.depth, &columnA, &rowB)
      }
    #else
      // All at once, although the core then waits: in a loop within another the compiler doesn't keep all sums in the 16 registers
      // of AVX2, which costs more.
      if prefetches { for i in 0..<T.rows { prefetch(forRow: i) } }
      add(to: &sums, Operands.self, panelsA.depth, &columnA, &rowB)
    #endif
    sums.store(c, adding: base, times: slope, lastColumns: lastColumns)
  }

  /// Adds the products of the next `depth` columns of A's micro-panel and rows of B's.
  @inline(__always)
  private func add<T: Tile, Operands: OperandAccess>(
    to sums: inout T, _: Operands.Type, _ depth: Int, _ columnA: inout UnsafeMutablePointer<Float>,
    _ rowB: inout UnsafeMutablePointer<Float>
  ) {
    // Iterations that a line takes to come from the second-level cache, and a few more.
    let distance = 8
    for _ in 0..<depth {
      if Operands.prefetchesA { prefetch(columnA + distance * panelsA.kStride) }
      if Operands.prefetchesB {
        Matrix.Position(pointer: rowB, stride: rowStrideB).down(distance).prefetch(T.columns)
      }
      sums.addProduct(columnA, stride: Operands.isContiguousA ? 1 : panelsA.rowStride, rowB)
      columnA += panelsA.kStride
      rowB += rowStrideB
    }
  }
}

/// How a tile reads its operands. Each way makes a loop of its own.
private protocol OperandAccess {
  /// Whether the elements of a column of A's micro-panel are contiguous.
  static var isContiguousA: Bool { get }
  /// Whether the columns of A's micro-panel are prefetched.
  static var prefetchesA: Bool { get }
  /// Whether the rows of B's micro-panel are prefetched.
  static var prefetchesB: Bool { get }
}

extension OperandAccess {
  static var isContiguousA: Bool { true }
  static var prefetchesA: Bool { false }
  static var prefetchesB: Bool { false }
}

private enum StridedA: OperandAccess {
  static var isContiguousA: Bool { false }
}

private enum PackedOperands: OperandAccess {}

private enum PrefetchedA: OperandAccess {
  static var prefetchesA: Bool { true }
}

private enum PrefetchedB: OperandAccess {
  static var prefetchesB: Bool { true }
}
