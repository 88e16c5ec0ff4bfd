import GradientCheck
import Testing

@testable import Kernels

/// The product against its definition in double precision, at sizes that are cut into blocks, strips and panels with
/// something left over.
@Suite(.timeLimit(.minutes(10)))
struct ProductTests {
  /// Rows and columns of c, and the depth between them.
  struct Sizes {
    let M, K, N: Int
  }

  static let sizes = [
    Sizes(M: 1, K: 1, N: 1), Sizes(M: 9, K: 129, N: 33), Sizes(M: 131, K: 40, N: 70), Sizes(M: 150, K: 256, N: 96),
    Sizes(M: 13, K: 300, N: 544), Sizes(M: 8, K: 520, N: 530), Sizes(M: 40, K: 130, N: 300),
    // Panels that are asked for as they stand, and strips that are copied since they are too far apart.
    Sizes(M: 40, K: 130, N: 320), Sizes(M: 530, K: 130, N: 70),
  ]

  @Test(
    "of factors as they stand and transposed", arguments: sizes,
    [(a: false, b: false), (a: false, b: true), (a: true, b: false)])
  func factors(sizes: Sizes, isTransposed: (a: Bool, b: Bool)) {
    let factors = Factors(sizes, isTransposed)
    let c = FloatBuffer(count: sizes.M * sizes.N)
    multiply(into: c.matrix(sizes.M, sizes.N), factors.a, factors.b, team: Team())
    factors.expect(c) { sum, _ in sum }
  }

  @Test("added to a base, to what stood there, and times a slope", arguments: sizes)
  func basesAndSlopes(sizes: Sizes) {
    let (M, N) = (sizes.M, sizes.N)
    let factors = Factors(sizes, (a: true, b: false))
    let (base, slope, c) = (
      FloatBuffer.random(M * N, "base"), FloatBuffer.random(M * N, "slope"), FloatBuffer(count: M * N)
    )
    multiply(into: c.matrix(M, N), factors.a, factors.b, adding: base.matrix(M, N), team: Team())
    factors.expect(c) { sum, place in sum + Double(base.pointer[place]) }
    multiply(into: c.matrix(M, N), factors.a, factors.b, times: slope.matrix(M, N), team: Team())
    factors.expect(c) { sum, place in sum * Double(slope.pointer[place]) }
    multiply(
      into: c.matrix(M, N), factors.a, factors.b, adding: base.matrix(M, N), times: slope.matrix(M, N), team: Team())
    factors.expect(c) { sum, place in (sum + Double(base.pointer[place])) * Double(slope.pointer[place]) }
    c.pointer.update(from: base.pointer, count: M * N)
    multiply(into: c.matrix(M, N), factors.a, factors.b, accumulates: true, team: Team())
    factors.expect(c) { sum, place in sum + Double(base.pointer[place]) }
  }

  @Test(
    "with the same bits by several threads, which choose otherwise what they copy",
    arguments: [Sizes(M: 200, K: 130, N: 320), Sizes(M: 530, K: 130, N: 70), Sizes(M: 320, K: 300, N: 200)],
    [(a: false, b: false), (a: false, b: true), (a: true, b: false)])
  func threads(sizes: Sizes, isTransposed: (a: Bool, b: Bool)) {
    let factors = Factors(sizes, isTransposed)
    let (M, N) = (sizes.M, sizes.N)
    let (alone, shared) = (FloatBuffer(count: M * N), FloatBuffer(count: M * N))
    let team = Team(threads: 3)
    team.leastWork = 1
    multiply(into: alone.matrix(M, N), factors.a, factors.b, team: Team())
    multiply(into: shared.matrix(M, N), factors.a, factors.b, team: team)
    #expect(alone.elements.elementsEqual(shared.elements))
  }

  @Test("that is symmetric, whole and to the bit", arguments: [(1, 3), (16, 5), (33, 70), (45, 20), (128, 300)])
  func symmetric(n: Int, depth: Int) {
    let x = FloatBuffer.random(n * depth, "x")
    let stride = symmetricStride(ofRows: n)
    let (wide, tall) = (x.matrix(n, depth), x.matrix(depth, n))
    for (a, b) in [(wide, wide.transposed), (tall.transposed, tall)] {
      let (c, whole) = (FloatBuffer(count: n * stride), FloatBuffer(count: n * n))
      let (square, expected) = (Matrix(c.pointer, n, n, stride: stride), whole.matrix(n, n))
      multiplySymmetric(into: square, a, b, team: Team())
      multiply(into: expected, a, b, team: Team())
      for i in 0..<n {
        for j in 0..<n {
          #expect(square.row(i)[j] == square.row(j)[i])
          #expect(abs(square.row(i)[j] - expected.row(i)[j]) <= 5e-6 * Float(depth).squareRoot())
        }
      }
    }
  }

  /// Two factors, columns of wider matrices, and their product.
  private final class Factors {
    let a, b: Matrix
    private let sizes: Sizes
    private let buffers: (FloatBuffer, FloatBuffer)

    init(_ sizes: Sizes, _ isTransposed: (a: Bool, b: Bool)) {
      func columns(_ name: String, _ rows: Int, _ columns: Int, isTransposed: Bool) -> (FloatBuffer, Matrix) {
        let (stored, width) = isTransposed ? (columns, rows) : (rows, columns)
        let buffer = FloatBuffer.random(stored * (width + 5), name)
        let matrix = buffer.matrix(stored, width + 5).columns(2..<width + 2)
        return (buffer, isTransposed ? matrix.transposed : matrix)
      }
      let (M, K, N) = (sizes.M, sizes.K, sizes.N)
      let (a, b) = (
        columns("a", M, K, isTransposed: isTransposed.a), columns("b", K, N, isTransposed: isTransposed.b)
      )
      self.sizes = sizes
      (self.a, self.b) = (a.1, b.1)
      buffers = (a.0, b.0)
    }

    /// The numbers of the product, row by row.
    private lazy var sums: [Double] = {
      func element(_ matrix: Matrix, _ row: Int, _ column: Int) -> Double {
        Double(matrix.isTransposed ? matrix.pointer[column * matrix.stride + row] : matrix.row(row)[column])
      }
      return (0..<sizes.M).flatMap { i in
        (0..<sizes.N).map { j in (0..<sizes.K).reduce(0) { $0 + element(a, i, $1) * element(b, $1, j) } }
      }
    }()

    /// Expects c to hold what the formula makes of each number of the product and its place.
    func expect(_ c: FloatBuffer, _ formula: (_ sum: Double, _ place: Int) -> Double) {
      var greatest = 0.0
      for place in sums.indices {
        greatest = max(greatest, abs(Double(c.pointer[place]) - formula(sums[place], place)))
      }
      #expect(greatest <= 2e-6 * Double(sizes.K).squareRoot())
    }
  }
}
