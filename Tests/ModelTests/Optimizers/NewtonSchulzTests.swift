import Testing

@testable import Kernels
@testable import Model

@Suite struct NewtonSchulzTests {
  typealias Numbers = [[Double]]

  /// The definition, in double precision: X = G / (‖G‖ + 1e-7), then X = a·X + (b·A + c·A²)·X with A = X·Xᵀ. G has no more rows than columns.
  static func orthogonalized(_ g: Numbers, steps: Int) -> Numbers {
    func product(_ a: Numbers, _ b: Numbers) -> Numbers {
      a.map { row in b[0].indices.map { j in row.indices.reduce(0) { $0 + row[$1] * b[$1][j] } } }
    }
    func transposed(_ a: Numbers) -> Numbers { a[0].indices.map { j in a.map { $0[j] } } }
    let norm = g.joined().reduce(0) { $0 + $1 * $1 }.squareRoot() + 1e-7
    var x = g.map { $0.map { $0 / norm } }
    for _ in 0..<steps {
      let a = product(x, transposed(x))
      let square = product(a, a)
      let polynomial = a.indices.map { i in
        a.indices.map { j in -4.7750 * a[i][j] + 2.0315 * square[i][j] + (i == j ? 3.4445 : 0) }
      }
      x = product(polynomial, x)
    }
    return x
  }

  /// Sizes with something left over in every register, of which the last spread the singular values over a factor of some thousands.
  @Test(
    "agrees with its definition in double precision",
    arguments: [(1, 1), (3, 20), (17, 17), (20, 37), (40, 40)], [1, 2, 5, 8])
  func definition(size: (rows: Int, columns: Int), steps: Int) throws {
    let (rows, columns) = size
    var random = RandomStream(seed: UInt64(rows), name: "gradients")
    let g = (0..<rows).map { row in
      (0..<columns).map { _ in Double((random.uniform() - 0.5) * Float(1 + row) / Float(rows)) }
    }
    let expected = Self.orthogonalized(g, steps: steps)
    let norm = expected.joined().reduce(0) { $0 + $1 * $1 }.squareRoot()
    for isTall in [false, true] {
      let (R, C) = isTall ? (columns, rows) : (rows, columns)
      // Columns of a wider matrix, as queries are.
      let buffer = FloatBuffer(count: R * (C + 3))
      let matrix = Matrix(buffer.pointer, R, C, stride: C + 3)
      for i in 0..<rows {
        for j in 0..<columns { (isTall ? matrix.row(j) + i : matrix.row(i) + j).pointee = Float(g[i][j]) }
      }
      let scratch = FloatBuffer(count: NewtonSchulz.scratchCount(R, C))
      NewtonSchulz(R, C, scratch: scratch.pointer, team: Team()).orthogonalize(matrix, steps: steps, times: 0.5)
      var error = 0.0
      for i in 0..<rows {
        for j in 0..<columns {
          let value = Double(isTall ? matrix.row(j)[i] : matrix.row(i)[j])
          error += (2 * value - expected[i][j]) * (2 * value - expected[i][j])
        }
      }
      #expect(error.squareRoot() <= 1e-4 * norm, "relative error \(error.squareRoot() / norm)")
      for i in 0..<R { #expect(matrix.row(i)[C] == 0) }
    }
  }
}
