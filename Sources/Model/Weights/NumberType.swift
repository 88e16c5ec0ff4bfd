/// The types of numbers that a safetensors file may hold and that become single precision when they are read.
enum NumberType: String, CaseIterable {
  case single = "F32"
  case double = "F64"
  /// IEEE 754 half precision.
  case half = "F16"
  /// The upper half of single precision.
  case brainFloat = "BF16"

  /// Bytes of a number.
  var size: Int {
    switch self {
    case .double: 8
    case .single: 4
    case .half, .brainFloat: 2
    }
  }

  /// The numbers that little-endian bytes stand for, in single precision; all but `double` exactly.
  func floats(of bytes: UnsafeRawBufferPointer) -> [Float] {
    let count = bytes.count / size
    return [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
      initialized = count
      switch self {
      case .single: UnsafeMutableRawBufferPointer(buffer).copyMemory(from: bytes)
      case .double:
        for place in 0..<count {
          buffer[place] = Float(bytes.loadUnaligned(fromByteOffset: 8 * place, as: Double.self))
        }
      case .half:
        for place in 0..<count {
          buffer[place] = Self.float(ofHalf: bytes.loadUnaligned(fromByteOffset: 2 * place, as: UInt16.self))
        }
      case .brainFloat:
        for place in 0..<count {
          let bits = bytes.loadUnaligned(fromByteOffset: 2 * place, as: UInt16.self)
          buffer[place] = Float(bitPattern: UInt32(bits) << 16)
        }
      }
    }
  }

  /// A number in half precision: sign, 5 bits of exponent with a bias of 15, 10 bits of fraction. `Float16` isn't on every machine.
  static func float(ofHalf bits: UInt16) -> Float {
    let sign = UInt32(bits & 0x8000) << 16
    let (exponent, fraction) = (UInt32(bits >> 10 & 0x1F), UInt32(bits & 0x3FF))
    switch exponent {
    case 0:
      let magnitude = Float(fraction) * 0x1p-24
      return sign == 0 ? magnitude : -magnitude
    case 0x1F: return Float(bitPattern: sign | 0x7F80_0000 | fraction << 13)
    default: return Float(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
    }
  }
}
