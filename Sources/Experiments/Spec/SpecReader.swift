import Foundation
import Store

/// Reads spec files and collects everything that is wrong with them, so that all of it is shown at once.
package struct SpecReader {
  /// What could be read of each file, in their order.
  private(set) var drafts: [SpecDraft] = []
  private(set) var issues: [SpecIssue] = []
  /// The specs without a complaint of their own.
  var specs: [Spec] { drafts.filter(\.isComplete).map(\.spec) }

  /// Reads the files in order, each with the changes; a file given twice is read once.
  package init(paths: [String], changes: SpecChanges = SpecChanges()) {
    issues = changes.issues
    // Paths and names are told apart by their bytes, as the file system and the database do.
    var seen: Set<Scalar> = []
    for path in paths {
      let resolved = URL(fileURLWithPath: path).resolvingSymlinksInPath().standardizedFileURL.path
      guard seen.insert(.text(resolved)).inserted else { continue }
      var reading = SpecReading(path: path, changes: changes)
      if let draft = reading.read() { drafts.append(draft) }
      // What is wrong with the command line is so for every spec.
      let told = Set(issues)
      issues += reading.issues.filter { !told.contains($0) }
    }
    refuseRepeatedNames()
  }

  private mutating func refuseRepeatedNames() {
    var first: [Scalar: Spec] = [:]
    for spec in drafts.filter({ !$0.unclear.contains(.name) }).map(\.spec) {
      if let other = first[.text(spec.name)] {
        issues.append(
          SpecIssue(
            file: spec.path, key: "name",
            message: "\"\(spec.name)\" is also the name of \(other.path); give each its own \"name\"."))
      } else {
        first[.text(spec.name)] = spec
      }
    }
  }
}
