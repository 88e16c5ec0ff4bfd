import Kernels

extension FloatBuffer {
  subscript(tensor: ParameterLayout.Tensor) -> Matrix {
    Matrix(pointer + tensor.offset, tensor.rows, tensor.columns, stride: tensor.stride)
  }

  /// A tensor's elements, row-major, without gaps.
  func values(of tensor: ParameterLayout.Tensor) -> [Float] {
    let matrix = self[tensor]
    return (0..<matrix.rows).flatMap { UnsafeBufferPointer(start: matrix.row($0), count: matrix.columns) }
  }

  /// Replaces a tensor's elements by `values`, row-major.
  func setValues(_ values: [Float], of tensor: ParameterLayout.Tensor) {
    precondition(values.count == tensor.count, "\(values.count) values for \(tensor.name) \(tensor.shape)")
    let matrix = self[tensor]
    for row in 0..<matrix.rows {
      for column in 0..<matrix.columns { matrix.row(row)[column] = values[row * matrix.columns + column] }
    }
  }
}
