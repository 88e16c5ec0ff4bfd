import Words

/// How much memory runs may take side by side.
package struct MemoryBudget: Sendable {
  /// Bytes that a run may take when it is alone.
  package let total: Double
  /// Bytes that all runs together may take.
  package let available: Double

  /// A budget in bytes.
  package init(total: Double, available: Double) {
    self.total = total
    self.available = available
  }

  /// Whether a run can be trained at all.
  package func fits(_ memory: Double) -> Bool { memory <= total }

  /// Why a run that takes so many bytes can't be had now; nil where it can.
  package func refusal(of memory: Double) -> String? {
    let needed = "needs \(Wording.bytes(memory)) of memory"
    if !fits(memory) { return "\(needed), but there are \(Wording.bytes(total))" }
    return Machine.gives(memory)
      ? nil : "\(needed), which the system doesn't give now; `ulimit -v` shows a limit of addresses"
  }

  /// Whether a run may begin beside others that take `used` bytes. A run that fits at all may always run alone.
  package func admits(_ memory: Double, beside used: [Double]) -> Bool {
    used.isEmpty || used.reduce(memory, +) <= available
  }
}
