import Foundation

/// Reads spec files and collects everything that is wrong with them, so that all of it is shown at once.
package struct SpecReader {
  private(set) var specs: [Spec] = []
  private(set) var issues: [SpecIssue] = []

  /// Reads the files in order; a file given twice is read once.
  package init(paths: [String]) {
    var seen: Set<String> = []
    for path in paths {
      let resolved = URL(fileURLWithPath: path).resolvingSymlinksInPath().standardizedFileURL.path
      guard seen.insert(resolved).inserted else { continue }
      var reading = SpecReading(path: path)
      if let spec = reading.read() { specs.append(spec) }
      issues += reading.issues
    }
    refuseRepeatedNames()
  }

  private mutating func refuseRepeatedNames() {
    var first: [String: Spec] = [:]
    for spec in specs {
      if let other = first[spec.name] {
        issues.append(
          SpecIssue(
            file: spec.path, key: "name",
            message: "\"\(spec.name)\" is also the name of \(other.path); give each its own \"name\"."))
      } else {
        first[spec.name] = spec
      }
    }
  }
}
