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

  /// Writes values in as many digits as tell the axis's apart. To know how many takes as long as to write them all, so ask once.
  public var label: @Sendable (Scalar) -> String {
    let digits = Scalar.digits(telling: values)
    return { $0.label(digits: digits) }
  }
}
