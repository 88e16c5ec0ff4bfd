import CLanes

/// The right-hand factor of a product, cut into panels as wide as a tile: element (k, j) of a panel stands at
/// `panel + k · rowStride + j`, so that a tile reads it front to back.
///
/// A matrix with short rows serves as it stands. A wide one is copied, since rows a power of two apart fall on few sets of
/// the first-level cache, but only if enough rows of the other factor use the copy; if not, the products with packed strips
/// ask for its rows again and again. A transposed matrix is copied too, and one whose width would leave part of a register over.
package struct Panels {
  /// Columns of a panel: those of the widest tile.
  static let width = WideRow.columns
  /// Rows at a time: a panel of them fills two thirds of a first-level cache of 48 KiB.
  package static let greatestDepth = 256
  /// Columns at a time: they fill half a second-level cache of 1 MiB.
  static let greatestColumns = 512
  /// The farthest that the rows of a panel may be apart, lest it falls out of the first-level cache.
  private static let nearStride = 256
  /// The farthest that it pays to ask for what has fallen out.
  static let farStride = 512
  /// Numbers that copied panels take.
  static let scratchCount = greatestDepth * greatestColumns

  private var pointer: UnsafeMutablePointer<Float>
  private let panelStride: Int
  let rowStride: Int

  /// Panel number `index`.
  @inline(__always) func panel(_ index: Int) -> UnsafeMutablePointer<Float> { pointer + index * panelStride }

  /// Whether its rows have to be asked for.
  var areFar: Bool { rowStride > Self.nearStride }

  /// Panels of some rows (`depth`) and some columns of b, as it is read, which meet so many rows of a; at most the greatest
  /// numbers of both.
  init(
    _ b: Matrix, depth: Range<Int>, columns: Range<Int>, rows: Int = .max, scratch: UnsafeMutablePointer<Float>
  ) {
    let greatestStride =
      switch rows {
      case ...Strips.height: Int.max
      case ...Strips.greatestRows where columns.count > Strips.fewColumns: Self.farStride
      default: Self.nearStride
      }
    if !b.isTransposed, b.stride <= greatestStride, columns.count % Lanes.scalarCount == 0 {
      self.init(
        pointer: b.row(depth.lowerBound) + columns.lowerBound, panelStride: Self.width, rowStride: b.stride)
    } else {
      self.init(copying: b, depth: depth, columns: columns, to: scratch)
    }
  }

  private init(pointer: UnsafeMutablePointer<Float>, panelStride: Int, rowStride: Int) {
    self.pointer = pointer
    self.panelStride = panelStride
    self.rowStride = rowStride
  }

  /// The panels without their first rows, and without columns before a place in their first panel.
  func from(row: Int = 0, column: Int = 0) -> Panels {
    var panels = self
    panels.pointer += row * rowStride + column
    return panels
  }

  /// Panels that are always copied: for a factor that many products share.
  init(
    copying b: Matrix, depth: Range<Int>, columns: Range<Int>, to scratch: UnsafeMutablePointer<Float>
  ) {
    pointer = scratch
    rowStride = Self.width
    panelStride = Self.width * depth.count
    for (index, start) in stride(from: 0, to: columns.count, by: Self.width).enumerated() {
      let count = min(Self.width, columns.count - start)
      let first = columns.lowerBound + start
      if b.isTransposed {
        let source = Matrix(b.row(first) + depth.lowerBound, count, depth.count, stride: b.stride)
        transpose(source, into: panel(index), stride: Self.width)
      } else {
        let source = b.row(depth.lowerBound) + first
        for k in 0..<depth.count {
          let (target, source) = (panel(index) + k * Self.width, source + k * b.stride)
          prefetch(source + 16 * b.stride)
          prefetch(source + 16 * b.stride + 16)
          forEachLanes(count) { i in
            target.setLanes(i, source.lanes(i))
          } partial: { i, count in
            target.setLanes(i, source.lanes(i, count: count))
          }
        }
      }
    }
  }

  /// Numbers that copied panels take.
  static func copiedCount(depth: Int, columns: Int) -> Int { (columns + width - 1) / width * width * depth }
}

/// target[k · stride + j] = source[j][k], in whole registers: beyond the source's last row they are filled up with 0.
func transpose(_ source: Matrix, into target: UnsafeMutablePointer<Float>, stride: Int) {
  let size = Lanes.scalarCount
  for j in Swift.stride(from: 0, to: source.rows, by: size) {
    for k in Swift.stride(from: 0, to: source.columns, by: size) {
      transposeSquare(
        source.row(j) + k, source.stride, Int32(truncatingIfNeeded: min(size, source.rows - j)),
        Int32(truncatingIfNeeded: min(size, source.columns - k)), target + k * stride + j, stride)
    }
  }
}
