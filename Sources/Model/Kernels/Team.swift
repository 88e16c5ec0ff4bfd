/// Who does the work of one run: the calling thread alone, with the room that it needs beside a kernel's arguments. The room
/// grows to the largest that is asked for, in the first step, and stays.
final class Team: @unchecked Sendable {
  /// Room for at least `count` numbers, good until the next call.
  typealias Scratch = (_ count: Int) -> UnsafeMutablePointer<Float>

  private var buffer = FloatBuffer(count: 0)

  /// Calls the body for ranges that make up `0..<count`, each beginning at a multiple of `unit`.
  @inline(__always)
  func share(_ count: Int, inMultiplesOf unit: Int = 1, _ body: (_ range: Range<Int>, _ scratch: Scratch) -> Void) {
    body(0..<count) { needed in
      if buffer.count < needed { buffer = FloatBuffer(count: needed) }
      return buffer.pointer
    }
  }
}
