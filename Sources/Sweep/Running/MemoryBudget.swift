/// How much memory runs may take side by side.
struct MemoryBudget: Sendable {
  /// Bytes that a run may take when it is alone.
  let total: Double
  /// Bytes that all runs together may take.
  let available: Double

  /// Whether a run can be trained at all.
  func fits(_ memory: Double) -> Bool { memory <= total }

  /// Whether a run may begin beside others that take `used` bytes. A run that fits at all may always run alone.
  func admits(_ memory: Double, beside used: [Double]) -> Bool {
    used.isEmpty || used.reduce(memory, +) <= available
  }
}
