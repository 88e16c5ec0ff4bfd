/// A key with its values. Several values are an axis of the grid; a spec that writes one value has an axis of one.
public struct Axis: Codable, Sendable, Hashable {
  /// The spec's key, such as "lr".
  public let key: String
  /// The values in the spec's order; at least one, each once.
  public let values: [Scalar]

  /// The values of a key.
  public init(key: String, values: [Scalar]) {
    self.key = key
    self.values = values
  }

  /// A value in as many digits as tell it from the others.
  public func label(_ value: Scalar) -> String { value.label(digits: Scalar.digits(telling: values)) }
}
