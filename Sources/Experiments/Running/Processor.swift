import Foundation
import Model

/// Whether this machine's processor can run the arithmetic as it was built.
package enum Processor {
  /// What Linux tells of the first processor, by its own words: https://man7.org/linux/man-pages/man5/proc_cpuinfo.5.html. The manifest,
  /// which can't use this, reads the same file.
  private static let facts: [Substring: Substring] = {
    let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    return text.prefix(upTo: text.firstRange(of: "\n\n")?.lowerBound ?? text.endIndex).split(separator: "\n")
      .reduce(into: [:]) { facts, line in
        let parts = line.split(separator: ":", maxSplits: 1)
        let name = parts[0].prefix { $0 != "\t" }
        facts[name] = parts.count > 1 ? parts[1].drop { $0 == " " } : ""
      }
  }()

  /// The processor's model, as the system calls it.
  package static var model: String { facts["model name"].map(String.init) ?? "unknown" }

  /// What the processor has, as Linux lists it; nil where that isn't known.
  package static let features = facts["flags"].map { Set($0.split(separator: " ")) }

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
