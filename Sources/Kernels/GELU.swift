// GELU in its tanh form: 0.5x(1 + tanh(u)) with u = 0.7978845608(x + 0.044715x³). Hendrycks & Gimpel 2016,
// https://arxiv.org/abs/1606.08415. It is computed as x · sigmoid(2u), which is equal. For very negative x, 1 + tanh(u) would
// cancel; sigmoid(2u) doesn't.

/// gelu(x) = x·s and gelu'(x) = s + x·s·(1 - s)·2u', with s = sigmoid(2u) and u' = du/dx.
@_transparent
func gelu(_ x: Lanes) -> (value: Lanes, slope: Lanes) {
  let c: Float = 0.797_884_560_8
  let squared = x * x
  let minusTwiceU =
    x * Lanes(repeating: -2 * c * log2e).addingProduct(squared, Lanes(repeating: -2 * c * log2e * 0.044_715))
  let twiceSlopeOfU = Lanes(repeating: 2 * c).addingProduct(squared, Lanes(repeating: 6 * c * 0.044_715))
  let s = (1 + powerOfTwo(minusTwiceU)).reciprocals
  let y = x * s
  return (y, s.addingProduct(y, twiceSlopeOfU.addingProduct(-s, twiceSlopeOfU)))
}
