extension String {
  /// The text as it may stand on a terminal or a page: control characters as their pictures, such as "␛", and without marks that
  /// change the direction of what follows. Line breaks and tabs stay where `keepsLines` is true, else they become spaces.
  ///
  /// Direction marks: Unicode Standard Annex #9, table "Bidi_Control", https://www.unicode.org/reports/tr9/
  public func visible(keepsLines: Bool = false) -> String {
    guard unicodeScalars.contains(where: Self.isInvisible) else { return self }
    var scalars = UnicodeScalarView()
    for scalar in String(replacing("\r\n", with: "\n")).unicodeScalars where !Self.isDirection(scalar) {
      switch scalar.value {
      case 9, 10, 0x2028, 0x2029: scalars.append(keepsLines ? scalar : Unicode.Scalar(32))
      case 0..<32: scalars.append(Unicode.Scalar(0x2400 + scalar.value) ?? "\u{FFFD}")
      case 127: scalars.append("\u{2421}")
      case 128..<160: scalars.append("\u{FFFD}")
      default: scalars.append(scalar)
      }
    }
    return String(scalars)
  }

  private static func isDirection(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x061C, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069: true
    default: false
    }
  }

  private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value < 32 || 127..<160 ~= scalar.value || 0x2028...0x2029 ~= scalar.value || isDirection(scalar)
  }
}
