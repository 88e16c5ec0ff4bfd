import Words

/// One thing that is wrong with a spec, worded for its author: the file, the key, the fact with the value that stood
/// there, and the remedy.
package struct SpecIssue: Error, Hashable, CustomStringConvertible {
  /// The spec file's path as it was given.
  package let file: String
  /// The key, such as "lr" or "variants[1].lr"; nil where the whole file is meant.
  package let key: String?
  /// The fact and the remedy.
  package let message: String
  /// Whether the fact is that a file isn't there.
  package var isMissingFile = false

  /// One line; control characters that a user wrote are shown as their code points, so that a terminal doesn't act on them.
  package var description: String {
    [file, key.map { $0.isEmpty ? "\"\"" : $0.excerpt(200) }, message].compactMap { $0 }.joined(separator: ": ")
      .unicodeScalars.map { scalar in
        scalar.properties.generalCategory == .control ? "\\u{\(String(scalar.value, radix: 16))}" : String(scalar)
      }.joined()
  }
}
