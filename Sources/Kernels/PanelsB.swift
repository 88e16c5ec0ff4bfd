import CLanes

/// A block of the right-hand factor B of a product, in micro-panels NR columns wide: element (k, j) of a micro-panel is
/// `panel + k · rowStride + j`.
///
/// A matrix with short rows is read unpacked. One with long rows is packed, because rows that are a power of two apart map to few
/// sets of the first-level cache; but packing pays only if enough rows of A use the packed panels. If they don't, the micro-kernel
/// prefetches the unpacked rows. A transposed matrix is always packed, and so is one whose width isn't a multiple of a register.
package struct PanelsB {
  /// The largest row stride, in floats, at which KC rows of an unpacked micro-panel still fit the first-level cache.
  private static let nearStride = 256
  /// The largest row stride, in floats, at which prefetching unpacked rows costs less than packing them.
  static let farStride = 512
  /// Floats of a packed block.
  static let scratchCount = Blocking.KC * Blocking.NC

  private var pointer: UnsafeMutablePointer<Float>
  private let panelStride: Int
  let rowStride: Int

  /// The micro-panel of that index.
  @inline(__always) func panel(_ index: Int) -> UnsafeMutablePointer<Float> { pointer + index * panelStride }

  /// Whether the micro-kernel prefetches the rows: unpacked ones this far apart have left the first-level cache.
  var needsPrefetch: Bool { rowStride > Self.nearStride }

  /// The micro-panels of rows `depth` and some columns of B, packed to `scratch` where that pays: `packedCount(depth:columns:)` floats,
  /// for which `scratchCount` is enough up to KC rows and NC columns.
  ///
  /// - Parameter rows: Rows of A that will use the panels.
  init(
    _ b: Matrix, depth: Range<Int>, columns: Range<Int>, rows: Int = .max, scratch: UnsafeMutablePointer<Float>
  ) {
    let greatestStride =
      switch rows {
      case ...Blocking.MR: Int.max
      case ...Blocking.MC where columns.count > PanelsA.fewColumns: Self.farStride
      default: Self.nearStride
      }
    if !b.isTransposed, b.stride <= greatestStride, columns.count % Lanes.scalarCount == 0 {
      self.init(
        pointer: b.row(depth.lowerBound) + columns.lowerBound, panelStride: Blocking.NR, rowStride: b.stride)
    } else {
      self.init(packing: b, depth: depth, columns: columns, to: scratch)
    }
  }

  private init(pointer: UnsafeMutablePointer<Float>, panelStride: Int, rowStride: Int) {
    self.pointer = pointer
    self.panelStride = panelStride
    self.rowStride = rowStride
  }

  /// The panels from a row on, and from a column of their first micro-panel on.
  func from(row: Int = 0, column: Int = 0) -> PanelsB {
    var panels = self
    panels.pointer += row * rowStride + column
    return panels
  }

  /// Packed micro-panels: for a factor that many products share.
  init(
    packing b: Matrix, depth: Range<Int>, columns: Range<Int>, to scratch: UnsafeMutablePointer<Float>
  ) {
    pointer = scratch
    rowStride = Blocking.NR
    panelStride = Blocking.NR * depth.count
    for (index, start) in stride(from: 0, to: columns.count, by: Blocking.NR).enumerated() {
      let count = min(Blocking.NR, columns.count - start)
      let first = columns.lowerBound + start
      if b.isTransposed {
        let source = Matrix(b.row(first) + depth.lowerBound, count, depth.count, stride: b.stride)
        transpose(source, into: panel(index), stride: Blocking.NR)
      } else {
        let source = b.row(depth.lowerBound) + first
        for k in 0..<depth.count {
          let (target, source) = (panel(index) + k * Blocking.NR, source + k * b.stride)
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

  /// Floats of packed micro-panels.
  static func packedCount(depth: Int, columns: Int) -> Int {
    (columns + Blocking.NR - 1) / Blocking.NR * Blocking.NR * depth
  }
}

/// target[k · stride + j] = source[j][k], in whole registers: lanes beyond the source's last row become 0.
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
