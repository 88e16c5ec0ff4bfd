// The micro-kernel of a matrix product: a tile of MR rows by one or two registers of columns, whose sums stay in registers while k runs
// over the depth. Smaller tiles serve the rows and columns that are left over.

import CLanes

/// The sums of a micro-tile, kept in registers.
protocol Tile {
  /// Rows of the tile.
  static var rows: Int { get }
  /// Columns of the tile.
  static var columns: Int { get }
  /// Sums of zero.
  init()
  /// Adds the outer product of a column of A (elements at `a`, `stride` apart) and a row of B.
  mutating func addProduct(_ a: UnsafeMutablePointer<Float>, stride: Int, _ b: UnsafeMutablePointer<Float>)
  /// Writes `(base + sums) · slope` to c, elementwise: the epilogue. A missing base is 0, a missing slope is 1. Of c's last register
  /// `lastColumns` elements are written.
  func store(_ c: Matrix.Position, adding base: Matrix.Position?, times slope: Matrix.Position?, lastColumns: Int)
}

/// One row, one register wide.
struct NarrowRow: Tile {
  private var sum = Lanes.zero

  static var rows: Int { 1 }
  static var columns: Int { Lanes.scalarCount }

  @inline(__always)
  mutating func addProduct(_ a: UnsafeMutablePointer<Float>, stride: Int, _ b: UnsafeMutablePointer<Float>) {
    sum.addProduct(Lanes(repeating: a[0]), b.lanes(0))
  }

  @inline(__always)
  func store(_ c: Matrix.Position, adding base: Matrix.Position?, times slope: Matrix.Position?, lastColumns: Int) {
    storeRegister(sum, c.pointer, adding: base?.pointer, times: slope?.pointer, columns: lastColumns)
  }
}

/// One row, two registers wide.
struct WideRow: Tile {
  private var first = Lanes.zero
  private var second = Lanes.zero

  static var rows: Int { 1 }
  static var columns: Int { 2 * Lanes.scalarCount }

  @inline(__always)
  mutating func addProduct(_ a: UnsafeMutablePointer<Float>, stride: Int, _ b: UnsafeMutablePointer<Float>) {
    let factor = Lanes(repeating: a[0])
    first.addProduct(factor, b.lanes(0))
    second.addProduct(factor, b.lanes(Lanes.scalarCount))
  }

  @inline(__always)
  func store(_ c: Matrix.Position, adding base: Matrix.Position?, times slope: Matrix.Position?, lastColumns: Int) {
    let width = Lanes.scalarCount
    storeRegister(first, c.pointer, adding: base?.pointer, times: slope?.pointer, columns: width)
    storeRegister(
      second, c.pointer + width, adding: base.map { $0.pointer + width }, times: slope.map { $0.pointer + width },
      columns: lastColumns)
  }
}

/// Two tiles of the same width, one above the other.
struct Stack<Upper: Tile, Lower: Tile>: Tile {
  private var upper = Upper()
  private var lower = Lower()

  static var rows: Int { Upper.rows + Lower.rows }
  static var columns: Int { Upper.columns }

  @inline(__always)
  mutating func addProduct(_ a: UnsafeMutablePointer<Float>, stride: Int, _ b: UnsafeMutablePointer<Float>) {
    upper.addProduct(a, stride: stride, b)
    lower.addProduct(a + Upper.rows * stride, stride: stride, b)
  }

  @inline(__always)
  func store(_ c: Matrix.Position, adding base: Matrix.Position?, times slope: Matrix.Position?, lastColumns: Int) {
    upper.store(c, adding: base, times: slope, lastColumns: lastColumns)
    lower.store(
      c.down(Upper.rows), adding: base?.down(Upper.rows), times: slope?.down(Upper.rows), lastColumns: lastColumns)
  }
}

typealias TwoRows<Row: Tile> = Stack<Row, Row>
typealias ThreeRows<Row: Tile> = Stack<TwoRows<Row>, Row>
typealias FourRows<Row: Tile> = Stack<TwoRows<Row>, TwoRows<Row>>
typealias FiveRows<Row: Tile> = Stack<FourRows<Row>, Row>
#if AVX512
  /// 16 of 32 registers hold sums. A width is a multiple of 8 as a rule, so that no rows are left over.
  typealias FullTile<Row: Tile> = Stack<FourRows<Row>, FourRows<Row>>
#else
  /// 12 of 16 registers hold sums; two of B and one of A are all that is left without spilling.
  typealias FullTile<Row: Tile> = Stack<FourRows<Row>, TwoRows<Row>>
#endif

@inline(__always)
private func storeRegister(
  _ sum: Lanes, _ c: UnsafeMutablePointer<Float>, adding base: UnsafeMutablePointer<Float>?,
  times slope: UnsafeMutablePointer<Float>?, columns: Int
) {
  var value = sum
  if columns == Lanes.scalarCount {
    if let base { value += base.lanes(0) }
    if let slope { value *= slope.lanes(0) }
    c.setLanes(0, value)
  } else {
    if let base { value += base.lanes(0, count: columns) }
    if let slope { value *= slope.lanes(0, count: columns) }
    c.setLanes(0, value, count: columns)
  }
}

extension Matrix {
  /// The position of a tile's first element in a matrix.
  struct Position {
    let pointer: UnsafeMutablePointer<Float>
    let stride: Int

    @inline(__always) func down(_ rows: Int) -> Position { Position(pointer: pointer + rows * stride, stride: stride) }

    /// Prefetches the cache lines of `count` floats, which are read or written soon.
    @inline(__always) func prefetch(_ count: Int) {
      for i in Swift.stride(from: 0, to: count, by: FloatBuffer.alignment) { CLanes.prefetch(pointer + i) }
    }
  }

  @inline(__always) func position(_ row: Int, _ column: Int) -> Position {
    Position(pointer: pointer + row * stride + column, stride: stride)
  }
}
