import Kernels

/// What the parts of a network work on: the parameters, the activations, and the positions of a pass.
struct Pass {
  let parameters: FloatBuffer
  let activations: FloatBuffer
  let sequences: Int
  /// Positions of each sequence.
  let length: Int
  /// The first position that is computed; those before it were computed by earlier passes.
  var start = 0
  let team: Team

  /// The rows of the positions that are computed.
  var rows: Range<Int> { start..<sequences * length }

  /// The rows of the positions that are computed.
  subscript(place: ActivationPlan.Place) -> Matrix { activations[place].rows(rows) }
}
