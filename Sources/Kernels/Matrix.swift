import COpenBLAS

/// A view of row-major floats in memory that another object owns: element (i, j) is `pointer[i * stride + j]`.
package struct Matrix {
  package let pointer: UnsafeMutablePointer<Float>
  package let rows: Int
  package let columns: Int
  package let stride: Int
  /// Products read the view as its transpose; `rows`, `columns` and `stride` are those of the memory.
  package private(set) var isTransposed = false

  package init(_ pointer: UnsafeMutablePointer<Float>, _ rows: Int, _ columns: Int, stride: Int? = nil) {
    self.pointer = pointer
    self.rows = rows
    self.columns = columns
    self.stride = stride ?? columns
  }

  /// The same memory, which a product reads as the transpose.
  package var transposed: Matrix {
    var copy = self
    copy.isTransposed.toggle()
    return copy
  }

  /// Whether the two have as many rows and columns; neither is transposed.
  func hasShape(of other: Matrix) -> Bool {
    rows == other.rows && columns == other.columns && !isTransposed && !other.isTransposed
  }

  /// Some neighbouring rows of the memory; the view isn't transposed.
  package func rows(_ range: Range<Int>) -> Matrix {
    check(!isTransposed, "rows of the transpose of \(self)")
    check(range.lowerBound >= 0 && range.upperBound <= rows, "rows \(range) of \(self)")
    return Matrix(pointer + range.lowerBound * stride, range.count, columns, stride: stride)
  }

  /// Some neighbouring columns of the memory; the view isn't transposed.
  package func columns(_ range: Range<Int>) -> Matrix {
    check(!isTransposed, "columns of the transpose of \(self)")
    check(range.lowerBound >= 0 && range.upperBound <= columns, "columns \(range) of \(self)")
    return Matrix(pointer + range.lowerBound, rows, range.count, stride: stride)
  }

  /// The first element of a row.
  package func row(_ index: Int) -> UnsafeMutablePointer<Float> { pointer + index * stride }
}

/// The BLAS in use.
public enum BLAS {
  /// Makes every product run on the thread that asks for it. Call before the first product.
  public static func useOneThread() { openblas_set_num_threads(1) }

  /// Name, version and processor kernels, such as "OpenBLAS 0.3.21 Zen".
  public static var name: String {
    let words = String(cString: openblas_get_config()).split(separator: " ")
    return (words.prefix(2) + [Substring(String(cString: openblas_get_corename()))]).joined(separator: " ")
  }
}
