/// What a parameter tensor is for. How it is initialized, decays and learns follows from its role alone.
public enum ParameterRole: Hashable, Sendable {
  /// A row for each token. It is the output head too, where the model has no other.
  case tokenEmbedding
  /// A row for each position.
  case position
  /// A matrix between two layers, input dimension first.
  case hidden(fanIn: Int, fanOut: Int)
  /// What a norm multiplies by.
  case gain
  /// What a layer adds.
  case bias
  /// The output head, where it isn't the token embedding.
  case head

  /// Whether the tensor is a matrix between two layers: those that an optimizer for matrices updates.
  var isHidden: Bool { if case .hidden = self { true } else { false } }
}

/// Parameters side by side in the flat buffer that get the same treatment; the gaps between tensors belong to it.
struct ParameterGroup: Sendable {
  /// What an update depends on beside the optimizer's own numbers.
  struct Treatment: Equatable {
    /// What the learning rate, the weight decay and ε are multiplied by.
    let learningRate, weightDecay, epsilon: Double
    /// Whether these are matrices between two layers.
    let isHidden: Bool
  }

  let range: Range<Int>
  let treatment: Treatment
}
