import Kernels

/// What the parts of a network work on: the parameters, the activations, and the positions of a pass.
struct Pass {
  let parameters: FloatBuffer
  let activations: FloatBuffer
  let tables: PositionTables
  let sequences: Int
  /// Positions of each sequence.
  let length: Int
  /// The first position that is computed; those before it were computed by earlier passes.
  var start = 0
  /// Nil where nothing is dropped.
  var dropout: StepDropout?
  let team: Team

  /// The rows of the positions that are computed.
  var rows: Range<Int> { start..<sequences * length }

  /// The rows of the positions that are computed.
  subscript(place: ActivationPlan.Place) -> Matrix { activations[place].rows(rows) }

  /// A vector of the parameters as a matrix of so many equal rows.
  func repeated(_ vector: ParameterLayout.Tensor, _ rows: Int) -> Matrix {
    Matrix(parameters[vector].pointer, rows, parameters[vector].columns, stride: 0)
  }
}

/// The dropout of one step's pass over some of its sequences.
struct StepDropout {
  let probability: Double
  /// The state of the seed's stream "dropout".
  let stream: UInt64
  let step: Int
  /// The number of the pass's first sequence within the step.
  var firstSequence = 0

  /// The mask at a place of the network. It follows from seed, step, place, row and column alone.
  func callAsFunction(_ place: DropoutPlace) -> Dropout {
    var random = RandomStream(state: stream ^ (UInt64(step) << 24 | UInt64(place.number)))
    return Dropout(probability: probability, key: random.next())
  }
}

/// Where in the network something is dropped.
struct DropoutPlace {
  fileprivate let number: Int

  static let embedding = DropoutPlace(number: 0)
  static func attentionWeights(ofBlock block: Int) -> DropoutPlace { DropoutPlace(number: 1 + 3 * block) }
  static func attention(ofBlock block: Int) -> DropoutPlace { DropoutPlace(number: 2 + 3 * block) }
  static func feedForward(ofBlock block: Int) -> DropoutPlace { DropoutPlace(number: 3 + 3 * block) }
}
