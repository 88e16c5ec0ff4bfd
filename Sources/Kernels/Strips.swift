import CLanes

/// The left-hand factor of a product, cut into strips as high as a tile: element (i, k) of the strip that holds row `i` stands
/// at `place(i) + k · along`, and the rows below it `down` apart.
///
/// A matrix serves as it stands, and where it is transposed the lines of its columns are asked for again and again. But a transposed
/// one that many columns of the other factor meet is copied if its columns are more than `Panels.farStride` apart, each on
/// another page, or if the panels are far apart too and leave it no room in the first-level cache.
struct Strips {
  /// Rows of a strip.
  static var height: Int { FullTile<WideRow>.rows }
  /// Rows at a time: with the greatest depth they fill an eighth of a second-level cache of 1 MiB.
  static let greatestRows = 16 * height
  /// Columns of the other factor for which no copy pays.
  static let fewColumns = 2 * Panels.width
  /// Numbers that copied strips take.
  static var scratchCount: Int { greatestRows / height * stride(Panels.greatestDepth) }

  /// From a copied strip to the next: a cache line more than it takes, lest a row that is copied falls on one set of the cache.
  private static func stride(_ depth: Int) -> Int { height * depth + FloatBuffer.alignment }

  private let pointer: UnsafeMutablePointer<Float>
  private let stripStride: Int
  let down: Int
  let along: Int
  let depth: Int

  /// Whether a transposed matrix serves as it stands: its columns have to be asked for.
  var areFar: Bool { along > Self.height }

  /// The first element of a row, counted from the first row of the strips.
  @inline(__always) func place(_ row: Int) -> UnsafeMutablePointer<Float> {
    pointer + row / Self.height * stripStride + row % Self.height * down
  }

  private init(pointer: UnsafeMutablePointer<Float>, stripStride: Int, down: Int, along: Int, depth: Int) {
    self.pointer = pointer
    self.stripStride = stripStride
    self.down = down
    self.along = along
    self.depth = depth
  }

  /// Some rows of a, as it is read.
  init(_ a: Matrix, rows: Range<Int>, depth: Range<Int>) {
    let (down, along) = a.isTransposed ? (1, a.stride) : (a.stride, 1)
    self.init(
      pointer: a.pointer + rows.lowerBound * down + depth.lowerBound * along, stripStride: Self.height * down,
      down: down, along: along, depth: depth.count)
  }

  /// Some rows of a, as it is read, which meet so many columns of the panels; at most the greatest numbers of both.
  init(
    _ a: Matrix, rows: Range<Int>, depth: Range<Int>, _ panels: Panels, columns: Int,
    scratch: UnsafeMutablePointer<Float>
  ) {
    guard a.isTransposed, columns > Self.fewColumns, a.stride > Panels.farStride || panels.areFar else {
      self.init(a, rows: rows, depth: depth)
      return
    }
    let stripStride = Self.stride(depth.count)
    self.init(
      pointer: scratch, stripStride: stripStride, down: 1, along: Self.height, depth: depth.count)
    let whole = rows.count / Self.height * Self.height
    for k in 0..<depth.count {
      let source = a.row(depth.lowerBound + k) + rows.lowerBound
      var target = scratch + k * Self.height
      for i in Swift.stride(from: 0, to: rows.count, by: 16) { prefetch(source + 4 * a.stride + i) }
      for start in Swift.stride(from: 0, to: whole, by: Self.height) {
        target.setLanes(0, source.lanes(start, count: Self.height), count: Self.height)
        target += stripStride
      }
      for i in whole..<rows.count { target[i - whole] = source[i] }
    }
  }
}
