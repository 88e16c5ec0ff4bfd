import CLanes

/// A block of the left-hand factor A of a product, in micro-panels MR rows high: element (i, k) is `pointer(toRow: i) + k · kStride`,
/// and neighbouring rows of a micro-panel are `rowStride` apart.
///
/// An A that isn't transposed is read in place. So is a transposed one, and its columns are prefetched, unless more than `fewColumns`
/// columns of B use it and either its columns are more than `PanelsB.farStride` floats apart, or B is read in place with rows more
/// than 256 floats apart, so that both don't fit the first-level cache. Then it is packed.
struct PanelsA {
  /// The greatest number of columns of B for which packing A doesn't pay.
  static let fewColumns = 2 * Blocking.NR
  /// Floats of a packed block.
  static var scratchCount: Int { Blocking.MC / Blocking.MR * packedStride(Blocking.KC) }

  /// Floats from a packed micro-panel to the next. The extra cache line keeps the elements of one row, which are written one after
  /// the other, from mapping to one set of the cache.
  private static func packedStride(_ depth: Int) -> Int { Blocking.MR * depth + FloatBuffer.alignment }

  private let pointer: UnsafeMutablePointer<Float>
  private let panelStride: Int
  let rowStride: Int
  let kStride: Int
  let depth: Int

  /// Whether the micro-kernel prefetches the columns: those of an unpacked transposed matrix.
  var needsPrefetch: Bool { kStride > Blocking.MR }

  /// Whether a tile may begin at any row: the micro-panels lie one below the other.
  var isEven: Bool { panelStride == Blocking.MR * rowStride }

  /// The first element of a row, counted from the block's first row.
  @inline(__always) func pointer(toRow row: Int) -> UnsafeMutablePointer<Float> {
    pointer + row / Blocking.MR * panelStride + row % Blocking.MR * rowStride
  }

  private init(pointer: UnsafeMutablePointer<Float>, panelStride: Int, rowStride: Int, kStride: Int, depth: Int) {
    self.pointer = pointer
    self.panelStride = panelStride
    self.rowStride = rowStride
    self.kStride = kStride
    self.depth = depth
  }

  /// Unpacked micro-panels of some rows of A as it is read.
  init(_ a: Matrix, rows: Range<Int>, depth: Range<Int>) {
    let (rowStride, kStride) = a.isTransposed ? (1, a.stride) : (a.stride, 1)
    self.init(
      pointer: a.pointer + rows.lowerBound * rowStride + depth.lowerBound * kStride,
      panelStride: Blocking.MR * rowStride, rowStride: rowStride, kStride: kStride, depth: depth.count)
  }

  /// The micro-panels of `rows` (at most MC) and columns `depth` (at most KC) of A as it is read, packed to `scratch` where that
  /// pays.
  ///
  /// - Parameters:
  ///   - panels: The block of B that they are multiplied with.
  ///   - columns: Columns of that block.
  init(
    _ a: Matrix, rows: Range<Int>, depth: Range<Int>, _ panels: PanelsB, columns: Int,
    scratch: UnsafeMutablePointer<Float>
  ) {
    guard a.isTransposed, columns > Self.fewColumns, a.stride > PanelsB.farStride || panels.needsPrefetch else {
      self.init(a, rows: rows, depth: depth)
      return
    }
    let panelStride = Self.packedStride(depth.count)
    self.init(
      pointer: scratch, panelStride: panelStride, rowStride: 1, kStride: Blocking.MR, depth: depth.count)
    let whole = rows.count / Blocking.MR * Blocking.MR
    for k in 0..<depth.count {
      let source = a.row(depth.lowerBound + k) + rows.lowerBound
      var target = scratch + k * Blocking.MR
      for i in Swift.stride(from: 0, to: rows.count, by: 16) { prefetch(source + 4 * a.stride + i) }
      for start in Swift.stride(from: 0, to: whole, by: Blocking.MR) {
        target.setLanes(0, source.lanes(start, count: Blocking.MR), count: Blocking.MR)
        target += panelStride
      }
      for i in whole..<rows.count { target[i - whole] = source[i] }
    }
  }
}
