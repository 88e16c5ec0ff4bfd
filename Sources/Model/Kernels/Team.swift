/// Threads that share the work of one run. (alone for now)
final class Team: @unchecked Sendable {
  typealias Scratch = (_ count: Int) -> UnsafeMutablePointer<Float>
  private var buffer = FloatBuffer(count: 0)
  init() {}
  @inline(__always)
  func share(_ count: Int, inMultiplesOf unit: Int = 1, _ body: (_ range: Range<Int>, _ scratch: Scratch) -> Void) {
    body(0..<count) { needed in
      if buffer.count < needed { buffer = FloatBuffer(count: needed) }
      return buffer.pointer
    }
  }
}
