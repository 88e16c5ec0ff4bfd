import Foundation
import Model

/// Whether this machine's processor can run the arithmetic as it was built.
package enum Processor {
  /// What the processor has, as Linux lists it; nil where that isn't known.
  package static let features: Set<Substring>? = {
    let text = try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)
    let line = text?.split(separator: "\n").first { $0.hasPrefix("flags") }
    return line.map { Set($0.split(whereSeparator: \.isWhitespace)) }
  }()

  /// What the processor lacks of what the build needs, and the remedy; nil where it lacks nothing.
  package static func complaint(needed: String = "\(Vectors.needed)", features: Set<Substring>? = features) -> String? {
    guard let features else { return nil }
    let missing = needed.split(separator: " ").filter { !features.contains($0) }
    guard !missing.isEmpty else { return nil }
    let vectors = features.isSuperset(of: "\(Vectors.avx2)".split(separator: " ")) ? "avx2" : "none"
    return "this build needs a processor with \(missing.joined(separator: ", ")), which this one lacks. "
      + "Build it anew here: rm -rf .build && SWEEP_VECTORS=\(vectors) swift build"
  }
}
