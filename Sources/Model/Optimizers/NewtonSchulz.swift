import Kernels

/// Replaces the singular values of matrices by values near 1, by the iteration of Muon (Jordan et al. 2024,
/// https://kellerjordan.github.io/posts/muon):
///
///     X = G / (‖G‖ + 1e-7), then so many times  X = (a + b · A + c · A²) · X  with A = X · Xᵀ
///
/// or the same from the right where X has more rows than columns, so that A has the shorter side. All is in single precision.
struct NewtonSchulz {
  /// Of the quintic that drives singular values towards 1.
  private static let (a, b, c): (Float, Float, Float) = (3.4445, -4.7750, 2.0315)
  /// Iterations on A alone. With P = a + b · A + c · A² the next A is P · A · P, and all these are symmetric and commute, so that X is
  /// multiplied once, by the product of all P. That takes half the operations for a matrix of four times as many columns as rows.
  /// The errors of A's small eigenvalues grow with each iteration. Where singular values spread over a factor of 10⁴, the error of the
  /// result is 6e-6 of its norm with three iterations, as with one, and 2e-4 with five; in bfloat16, which the reference
  /// implementation takes, it is 4e-3. For a square matrix three at a time cost no more than five. One at a time would cost 5 % less, but
  /// each product with X rounds, and the iterations behind it enlarge what was rounded 3.4 times: in the tests' nearly singular matrices
  /// the error is five times as great.
  private var iterationsOnA: Int { rows == columns ? 3 : 5 }

  private let rows, columns: Int
  private let x, next, gram, polynomial, product, spare: Matrix
  private let team: Team

  private static func room(_ count: Int) -> Int {
    (count + FloatBuffer.alignment - 1) / FloatBuffer.alignment * FloatBuffer.alignment
  }

  /// Floats that the iteration of such a matrix takes.
  static func scratchCount(_ rows: Int, _ columns: Int) -> Int {
    let side = min(rows, columns)
    return 2 * room(rows * columns) + 4 * room(side * symmetricStride(ofRows: side))
  }

  /// An iteration of matrices of that size.
  init(_ rows: Int, _ columns: Int, scratch: UnsafeMutablePointer<Float>, team: Team) {
    (self.rows, self.columns, self.team) = (rows, columns, team)
    var place = scratch
    func matrix(_ rows: Int, _ columns: Int, stride: Int) -> Matrix {
      defer { place += Self.room(rows * stride) }
      return Matrix(place, rows, columns, stride: stride)
    }
    func square() -> Matrix {
      let side = min(rows, columns)
      return matrix(side, side, stride: symmetricStride(ofRows: side))
    }
    (x, next) = (matrix(rows, columns, stride: columns), matrix(rows, columns, stride: columns))
    (gram, polynomial, product, spare) = (square(), square(), square(), square())
  }

  /// Replaces g, which has the iteration's size, by `factor` times the result.
  func orthogonalize(_ g: Matrix, steps: Int, times factor: Float) {
    for row in 0..<rows { x.row(row).update(from: g.row(row), count: columns) }
    let inverse = Float(1 / (norm(x.pointer, rows * columns, team: team) + 1e-7))
    scale(x, by: inverse, team: team)
    var x = x
    var next = next
    var left = steps
    while left > 0 {
      let some = min(left, iterationsOnA)
      let product = productOfPolynomials(of: x, some)
      if rows <= columns {
        multiply(into: next, product, x, team: team)
      } else {
        multiply(into: next, x, product, team: team)
      }
      swap(&x, &next)
      left -= some
    }
    scale(x, by: factor, team: team)
    for row in 0..<rows { g.row(row).update(from: x.row(row), count: columns) }
  }

  /// The product of the P of so many iterations.
  private func productOfPolynomials(of x: Matrix, _ count: Int) -> Matrix {
    if rows <= columns {
      multiplySymmetric(into: gram, x, x.transposed, team: team)
    } else {
      multiplySymmetric(into: gram, x.transposed, x, team: team)
    }
    setPolynomial()
    var product = product
    var spare = spare
    product.pointer.update(from: polynomial.pointer, count: gram.rows * gram.stride)
    for _ in 1..<count {
      multiplySymmetric(into: spare, polynomial, gram, team: team)
      multiplySymmetric(into: gram, spare, polynomial, team: team)
      setPolynomial()
      multiplySymmetric(into: spare, polynomial, product, team: team)
      swap(&product, &spare)
    }
    return product
  }

  /// Computes P of A.
  private func setPolynomial() {
    let (p, a) = (polynomial.pointer, gram.pointer)
    multiplySymmetric(into: polynomial, gram, gram, team: team)
    let linear = Lanes(repeating: Self.b)
    for i in registers(of: gram) { p.setLanes(i, (p.lanes(i) * Self.c).addingProduct(a.lanes(i), linear)) }
    for place in 0..<gram.rows { p[place * gram.stride + place] += Self.a }
  }

  /// The places of the registers of one of our matrices, the last of which may reach into its room's end.
  private func registers(of matrix: Matrix) -> StrideTo<Int> {
    stride(from: 0, to: matrix.rows * matrix.stride, by: Lanes.scalarCount)
  }
}
