extension Team {
  /// One thread's scratch memory. It grows to the largest size that was requested and never shrinks.
  package final class Scratch {
    private var buffer = FloatBuffer(count: 0)

    /// Memory for at least `count` floats. The next call may free it. Its contents are undefined.
    package func callAsFunction(_ count: Int) -> UnsafeMutablePointer<Float> {
      if buffer.count < count { buffer = FloatBuffer(count: count) }
      return buffer.pointer
    }
  }
}
