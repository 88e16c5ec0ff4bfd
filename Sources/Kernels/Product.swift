import CLanes
import COpenBLAS

/// `c = base + a · b`: without a base the product alone, with `c` for a base it accumulates. Shapes (M, N) = (M, K) · (K, N).
/// Where there is a slope, of c's shape, each number of c is multiplied by its own before it goes to memory.
///
/// Every product of the model comes through here, and this is the one place that chooses who computes it. With fused
/// multiply-adds our tile reaches 0.92 to 1.1 times the rate of OpenBLAS's large product at the widths from 64 that are
/// trained here, with AVX-512 and with AVX2 alike, and 0.8 to 0.87 in the logits of 65 tokens, which leave a single row over
/// (one core; `StepBenchmark kernels`). Nor does it depend on what OpenBLAS makes of the processor: 0.3.21 falls back to
/// kernels of 2004, ten times slower, on one that it doesn't know. Without them OpenBLAS does better, since it chooses its
/// kernels at run time.
///
/// With our tile a number of c is the same however many share the work: its sum runs over the depth in order. The BLAS
/// promises no such thing, so its products aren't shared.
package func multiply(
  into c: Matrix, _ a: Matrix, _ b: Matrix, adding base: Matrix? = nil, accumulates: Bool = false,
  times slope: Matrix? = nil, team: Team = Team()
) {
  let depth = a.isTransposed ? a.rows : a.columns
  check(
    (a.isTransposed ? a.columns : a.rows) == c.rows && (b.isTransposed ? b.rows : b.columns) == c.columns
      && (b.isTransposed ? b.columns : b.rows) == depth, "shapes of \(c), \(a), \(b) don't fit")
  check(
    base?.hasShape(of: c) != false && slope?.hasShape(of: c) != false,
    "the base or the slope hasn't the shape of \(c)")
  let base = accumulates ? c : base
  #if FMA
    let work = c.rows * c.columns * depth / Team.productsPerNumber
    // The longer side is shared, so that the copies of b's panels are shared rather than repeated.
    if c.columns >= c.rows {
      team.share(c.columns, inMultiplesOf: Panels.width, work: work) { columns, scratch in
        tiledProduct(
          c, 0..<c.rows, columns, a, b, depth, base, slope, scratch(Panels.scratchCount + Strips.scratchCount))
      }
    } else {
      team.share(c.rows, inMultiplesOf: FullTile<WideRow>.rows, work: work) { rows, scratch in
        tiledProduct(
          c, rows, 0..<c.columns, a, b, depth, base, slope, scratch(Panels.scratchCount + Strips.scratchCount))
      }
    }
  #else
    if let base, !accumulates { for row in 0..<c.rows { c.row(row).update(from: base.row(row), count: c.columns) } }
    blasProduct(into: c, a, b, accumulates: base != nil)
    if let slope {
      team.share(c.rows, work: c.rows * c.columns) { rows, _ in
        for row in rows { geluBackward(c.row(row), slope: slope.row(row), c.columns) }
      }
    }
  #endif
}

/// `c = a · b` or `c += a · b` by OpenBLAS: https://www.netlib.org/blas/ `sgemm`.
func blasProduct(into c: Matrix, _ a: Matrix, _ b: Matrix, accumulates: Bool) {
  cblas_sgemm(
    CblasRowMajor, a.isTransposed ? CblasTrans : CblasNoTrans, b.isTransposed ? CblasTrans : CblasNoTrans,
    blasint(c.rows), blasint(c.columns), blasint(a.isTransposed ? a.rows : a.columns), 1, a.pointer, blasint(a.stride),
    b.pointer, blasint(b.stride), accumulates ? 1 : 0, c.pointer, blasint(c.stride))
}

/// Some rows and columns of c, block by block: a block of b's panels stays in the second-level cache while all rows go by,
/// and a block of a's strips while all panels go by.
private func tiledProduct(
  _ c: Matrix, _ rows: Range<Int>, _ columns: Range<Int>, _ a: Matrix, _ b: Matrix, _ depth: Int, _ base: Matrix?,
  _ slope: Matrix?, _ scratch: UnsafeMutablePointer<Float>
) {
  for k in stride(from: 0, to: depth, by: Panels.greatestDepth) {
    let block = k..<min(k + Panels.greatestDepth, depth)
    for j in stride(from: columns.lowerBound, to: columns.upperBound, by: Panels.greatestColumns) {
      let part = j..<min(j + Panels.greatestColumns, columns.upperBound)
      let panels = Panels(b, depth: block, columns: part, rows: rows.count, scratch: scratch)
      for i in stride(from: rows.lowerBound, to: rows.upperBound, by: Strips.greatestRows) {
        let some = i..<min(i + Strips.greatestRows, rows.upperBound)
        let strips = Strips(
          a, rows: some, depth: block, panels, columns: part.count, scratch: scratch + Panels.scratchCount)
        multiply(
          into: c, some, part, strips, panels, adding: k == 0 ? base : c, times: block.upperBound == depth ? slope : nil
        )
      }
    }
  }
}

/// c[rows, columns] = (base + strips · panels) · slope, where strips and panels begin at the first of the rows, the columns
/// and the depth.
func multiply(
  into c: Matrix, _ rows: Range<Int>, _ columns: Range<Int>, _ strips: Strips, _ panels: Panels,
  adding base: Matrix? = nil, times slope: Matrix? = nil
) {
  for (index, start) in stride(from: 0, to: columns.count, by: Panels.width).enumerated() {
    let product = PanelProduct(
      c: c, base: base, slope: slope, strips: strips, panel: panels.panel(index), rowStride: panels.rowStride,
      panelIsFar: panels.areFar, row: rows.lowerBound, column: columns.lowerBound + start, isFirst: index == 0)
    let count = min(Panels.width, columns.count - start)
    if count > NarrowRow.columns {
      product.compute(WideRow.self, rows.count, lastColumns: count - NarrowRow.columns)
    } else {
      product.compute(NarrowRow.self, rows.count, lastColumns: count)
    }
  }
}

/// The product of strips and one panel.
private struct PanelProduct {
  let c: Matrix
  let base: Matrix?
  let slope: Matrix?
  let strips: Strips
  let panel: UnsafeMutablePointer<Float>
  let rowStride: Int
  let panelIsFar: Bool
  /// The first row and column of c.
  let row: Int
  let column: Int
  /// Whether the strips meet no panel before.
  let isFirst: Bool

  /// Whether cache lines are prefetched. What a shallower product needs has been touched lately, and asking for it costs more
  /// than waiting.
  private var prefetches: Bool { strips.depth >= 128 }

  /// `count` rows, in tiles as high as possible.
  func compute<Row: Tile>(_: Row.Type, _ count: Int, lastColumns: Int) {
    typealias Full = FullTile<Row>
    var row = 0
    if strips.down > 1 {
      tiles(Full.self, AsTheyStand.self, &row, count, lastColumns)
    } else if prefetches, strips.areFar {
      tiles(Full.self, FarStrip.self, &row, count, lastColumns)
    } else if prefetches, panelIsFar {
      tiles(Full.self, FarPanel.self, &row, count, lastColumns)
    } else {
      tiles(Full.self, Packed.self, &row, count, lastColumns)
    }
    // Attention's products are so short that the calls show.
    if row == count { return }
    tiles(FourRows<Row>.self, AsTheyStand.self, &row, count, lastColumns)
    tiles(TwoRows<Row>.self, AsTheyStand.self, &row, count, lastColumns)
    tiles(Row.self, AsTheyStand.self, &row, count, lastColumns)
  }

  /// The tiles of a kind for which there are rows left. Never inlined: of the loops of several kinds in one function the compiler
  /// would make none a good one.
  @inline(never)
  private func tiles<T: Tile, Factors: Reading>(
    _: T.Type, _: Factors.Type, _ next: inout Int, _ count: Int, _ lastColumns: Int
  ) {
    while next + T.rows <= count { tile(T.self, Factors.self, &next, lastColumns) }
  }

  @inline(__always)
  private func tile<T: Tile, Factors: Reading>(_: T.Type, _: Factors.Type, _ next: inout Int, _ lastColumns: Int) {
    defer { next += T.rows }
    let c = c.place(row + next, column)
    let base = base?.place(row + next, column)
    let slope = slope?.place(row + next, column)
    let strip = strips.place(next)
    var sums = T()
    var factors = strip
    var panelRow = panel
    let share = (strips.depth + T.rows - 1) / T.rows
    /// Asks for what row `i` of the tile reads and writes, and for its share of the columns of the strip below.
    func prefetch(forRow i: Int) {
      c.down(i).prefetch(T.columns)
      if let base, base.pointer != c.pointer { base.down(i).prefetch(T.columns) }
      if let slope { slope.down(i).prefetch(T.columns) }
      if isFirst, strips.along == 1 {
        let below = Matrix.Place(pointer: strip + i * share, stride: strips.down).down(T.rows)
        for j in 0..<T.rows { below.down(j).prefetch(share) }
      }
    }
    #if AVX512
      // While the depth goes by: a tile's lines are more than the core can wait for at a time.
      if prefetches {
        for i in 0..<T.rows {
          prefetch(forRow: i)
          add(to: &sums, Factors.self, min(share, strips.depth - i * share), &factors, &panelRow)
        }
      } else {
        add(to: &sums, Factors.self, strips.depth, &factors, &panelRow)
      }
    #else
      // At once, though that makes the core wait: in a loop within another the compiler wouldn't keep all sums in the 16
      // registers of AVX2, which costs more.
      if prefetches { for i in 0..<T.rows { prefetch(forRow: i) } }
      add(to: &sums, Factors.self, strips.depth, &factors, &panelRow)
    #endif
    sums.store(c, adding: base, times: slope, lastColumns: lastColumns)
  }

  /// Adds the products of the next `depth` columns of the strip and rows of the panel.
  @inline(__always)
  private func add<T: Tile, Factors: Reading>(
    to sums: inout T, _: Factors.Type, _ depth: Int, _ factors: inout UnsafeMutablePointer<Float>,
    _ panelRow: inout UnsafeMutablePointer<Float>
  ) {
    // As far ahead as a line takes to come from the second-level cache, and some more.
    let ahead = 8
    for _ in 0..<depth {
      if Factors.asksForStrip { prefetch(factors + ahead * strips.along) }
      if Factors.asksForPanel { Matrix.Place(pointer: panelRow, stride: rowStride).down(ahead).prefetch(T.columns) }
      sums.addProduct(factors, stride: Factors.isPacked ? 1 : strips.down, panelRow)
      factors += strips.along
      panelRow += rowStride
    }
  }
}

/// How a tile reads its factors. Each way makes a loop of its own.
private protocol Reading {
  /// Whether the numbers of a strip's column stand side by side.
  static var isPacked: Bool { get }
  /// Whether the cache lines of the strip's columns, or of the panel's rows, are asked for one after the other.
  static var asksForStrip: Bool { get }
  static var asksForPanel: Bool { get }
}

extension Reading {
  static var isPacked: Bool { true }
  static var asksForStrip: Bool { false }
  static var asksForPanel: Bool { false }
}

private enum AsTheyStand: Reading {
  static var isPacked: Bool { false }
}

private enum Packed: Reading {}

private enum FarStrip: Reading {
  static var asksForStrip: Bool { true }
}

private enum FarPanel: Reading {
  static var asksForPanel: Bool { true }
}
