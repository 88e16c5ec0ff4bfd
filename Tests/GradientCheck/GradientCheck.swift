import Kernels
import Model
import Testing

/// Compares a gradient with central finite differences of fourth order, place by place:
/// f'(x) ≈ (8(f(x+h) - f(x-h)) - (f(x+2h) - f(x-2h))) / 12h.
///
/// - Parameters:
///   - values: The place; restored afterwards.
///   - gradient: The gradient under test, of the same count.
///   - tolerance: Greatest relative error in the norm.
///   - f: The function, which reads `values`.
package func expectGradient(
  of values: UnsafeMutableBufferPointer<Float>, equals gradient: some Collection<Float>, tolerance: Double = 5e-4,
  _ label: String, sourceLocation: SourceLocation = #_sourceLocation, _ f: () -> Double
) {
  let h: Float = 0.03
  var squaredError = 0.0
  var squaredNorm = 0.0
  for (index, analytic) in gradient.enumerated() {
    let x = values[index]
    func shifted(by steps: Float) -> Double {
      values[index] = x + steps * h
      defer { values[index] = x }
      return f()
    }
    let numeric = (8 * (shifted(by: 1) - shifted(by: -1)) - (shifted(by: 2) - shifted(by: -2))) / (12 * Double(h))
    squaredError += (numeric - Double(analytic)) * (numeric - Double(analytic))
    squaredNorm += numeric * numeric
  }
  #expect(
    squaredError.squareRoot() <= tolerance * squaredNorm.squareRoot() + 2e-5,
    "\(label): error \(squaredError.squareRoot()), norm \(squaredNorm.squareRoot())", sourceLocation: sourceLocation)
}

extension FloatBuffer {
  /// A buffer of numbers uniform in `range`.
  package static func random(_ count: Int, in range: ClosedRange<Float> = -1...1, _ name: String) -> FloatBuffer {
    let buffer = FloatBuffer(count: count)
    var random = RandomStream(seed: 7, name: name)
    for index in 0..<count {
      buffer.pointer[index] = range.lowerBound + random.uniform() * (range.upperBound - range.lowerBound)
    }
    return buffer
  }

  /// Σ weight · value, in double precision: makes one number, whose gradient is `weights`, of a kernel's output.
  package func weighted(by weights: FloatBuffer) -> Double {
    zip(elements, weights.elements).reduce(0) { $0 + Double($1.0) * Double($1.1) }
  }

  package func matrix(_ rows: Int, _ columns: Int) -> Matrix { Matrix(pointer, rows, columns) }
}
