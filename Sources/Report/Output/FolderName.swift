import Foundation

/// Folder names for experiments: readable, harmless to any shell or file system, and different from each other.
enum FolderName {
  /// A name for each experiment's name, in their order.
  ///
  /// - Parameters:
  ///   - own: The names that some of them have already.
  ///   - isTaken: Whether a name is another's.
  static func unique(_ names: [String], own: [String?] = [], isTaken: (String) -> Bool = { _ in false }) -> [String] {
    var taken = Set(own.compactMap { $0?.lowercased() })
    return names.enumerated().map { index, name in
      if own.indices.contains(index), let own = own[index] { return own }
      let base = clean(name)
      var candidate = base
      var number = 1
      while isTaken(candidate) || !taken.insert(candidate.lowercased()).inserted {
        number += 1
        candidate = "\(base)-\(number)"
      }
      return candidate
    }
  }

  /// Letters, digits, dots and underscores stay; runs of anything else become a dash; at most 80 bytes.
  static func clean(_ name: String) -> String {
    var result = ""
    for character in name {
      // A letter such as U+0D4E and the slash after it are one character, which is a letter.
      let hidesOther = character.unicodeScalars.dropFirst().contains(where: \.isASCII)
      let isKept = !hidesOther && (character.isLetter || character.isNumber || "._".contains(character))
      let next = isKept ? String(character) : result.hasSuffix("-") ? "" : "-"
      guard result.utf8.count + next.utf8.count <= 80 else { break }
      result += next
    }
    result = result.trimmingCharacters(in: CharacterSet(charactersIn: ".-"))
    return result.isEmpty ? "experiment" : result
  }
}
