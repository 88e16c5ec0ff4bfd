import Foundation
import Kernels

/// The numbers that follow from positions alone, made once for a model.
struct PositionTables: Sendable {
  private let memory: FloatBuffer
  private let architecture: Architecture

  init(_ architecture: Architecture) {
    self.architecture = architecture
    memory = FloatBuffer(count: Int(Self.count(architecture)))
    switch architecture.positions {
    case .rope: fillRotations()
    case .sinusoidal: fillSinusoids()
    case .alibi: for (head, slope) in Self.slopes(architecture.heads).enumerated() { memory.pointer[head] = slope }
    case .learned, .none: break
    }
  }

  /// Floats of the tables; a `Double`, since a spec may ask for more than memory can hold.
  static func count(_ architecture: Architecture) -> Double {
    switch architecture.positions {
    case .rope: Double(architecture.contextLength) * Double(architecture.headSize)
    case .sinusoidal: Double(architecture.contextLength) * Double(architecture.dModel)
    case .alibi: Double(architecture.heads)
    case .learned, .none: 0
    }
  }

  /// (T, D) The cosines of each position's angles, then the sines; nil where nothing is rotated.
  var rotations: Matrix? {
    guard architecture.positions == .rope else { return nil }
    return Matrix(memory.pointer, architecture.contextLength, architecture.headSize)
  }

  /// (T, C) What is added to the tokens' embeddings; nil where nothing fixed is.
  var sinusoids: Matrix? {
    guard architecture.positions == .sinusoidal else { return nil }
    return Matrix(memory.pointer, architecture.contextLength, architecture.dModel)
  }

  /// (H) How much each head's scores fall with each position of distance; nil where they don't.
  var distanceSlopes: UnsafeMutablePointer<Float>? { architecture.positions == .alibi ? memory.pointer : nil }

  /// Angle i of position p is p / base^(2i/D).
  private func fillRotations() {
    guard let table = rotations else { return }
    let half = table.columns / 2
    for i in 0..<half {
      let frequency = pow(architecture.ropeBase, -2 * Double(i) / Double(table.columns))
      for position in 0..<table.rows {
        table.row(position)[i] = Float(cos(Double(position) * frequency))
        table.row(position)[half + i] = Float(sin(Double(position) * frequency))
      }
    }
  }

  /// sin(p / 10000^(2i/C)) in column 2i, the cosine in column 2i + 1.
  private func fillSinusoids() {
    guard let table = sinusoids else { return }
    for column in 0..<table.columns {
      let frequency = pow(10_000, -Double(column / 2 * 2) / Double(table.columns))
      for position in 0..<table.rows {
        let angle = Double(position) * frequency
        table.row(position)[column] = Float(column % 2 == 0 ? sin(angle) : cos(angle))
      }
    }
  }

  /// 2^(-8h/H) for h = 1…H where H is a power of two; else those of the next smaller power, then every second of the next greater one, as
  /// the authors' code has it: https://github.com/ofirpress/attention_with_linear_biases
  static func slopes(_ heads: Int) -> [Float] {
    func ofPower(_ count: Int) -> [Float] { (1...count).map { Float(exp2(-8 * Double($0) / Double(count))) } }
    var power = 1
    while 2 * power <= heads { power *= 2 }
    let greater = ofPower(2 * power)
    return ofPower(power) + (0..<heads - power).map { greater[2 * $0] }
  }
}
