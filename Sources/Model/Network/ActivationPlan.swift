import Kernels

/// Which numbers the parts of a network keep from the forward pass for the backward pass, and where: the one list from which both
/// the allocation and its size follow.
///
/// Counts are `Double`s, since a spec may ask for more than memory can hold.
struct ActivationPlan {
  /// A matrix in the allocation, from a cache line's start on.
  struct Place: Sendable {
    let offset: Double
    let rows: Int
    let columns: Int
  }

  /// Sequences and positions at full context.
  let sequences, contextLength: Int
  /// Whether a backward pass follows.
  let forTraining: Bool
  /// Whether something is dropped in training.
  let hasDropout: Bool
  private(set) var entries: [(name: String, place: Place)] = []
  /// Floats of the allocation.
  private(set) var count = 0.0

  init(sequences: Int, contextLength: Int, forTraining: Bool, hasDropout: Bool) {
    self.sequences = sequences
    self.contextLength = contextLength
    self.forTraining = forTraining
    self.hasDropout = hasDropout
  }

  /// Positions of all sequences, N.
  var rows: Int { sequences * contextLength }

  /// A place for a matrix of so many rows and columns.
  mutating func add(_ name: String, _ rows: Int, _ columns: Int) -> Place {
    let place = Place(offset: count, rows: rows, columns: columns)
    entries.append((name, place))
    let line = Double(FloatBuffer.alignment)
    count += (Double(rows) * Double(columns) / line).rounded(.up) * line
    return place
  }
}

extension FloatBuffer {
  subscript(place: ActivationPlan.Place) -> Matrix { Matrix(pointer + Int(place.offset), place.rows, place.columns) }
}
