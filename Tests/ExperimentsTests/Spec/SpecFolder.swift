import Foundation
import TestSupport
import Testing

@testable import Experiments

/// A folder for the files of one test.
struct SpecFolder {
  private let folder: TemporaryFolder
  var url: URL { folder.url }

  init() throws { folder = try TemporaryFolder() }

  /// Makes a folder for some work.
  static func with<Value>(_ body: (SpecFolder) throws -> Value) throws -> Value { try body(SpecFolder()) }

  func path(_ name: String) -> String { url.appendingPathComponent(name).path }

  /// Writes a file; returns its path.
  @discardableResult
  func write(_ text: String, to name: String = "spec.json") throws -> String {
    try write(Array(text.utf8), to: name)
  }

  @discardableResult
  func write(_ bytes: [UInt8], to name: String = "spec.json") throws -> String {
    try Data(bytes).write(to: url.appendingPathComponent(name))
    return path(name)
  }

  /// The issues as a user reads them who stands in the folder.
  func lines(_ issues: [SpecIssue]) -> [String] {
    issues.map { $0.description.replacing(url.path + "/", with: "") }
  }

  /// What is wrong with the specs; nothing where they make a plan.
  func issues(ofPlan paths: [String]) -> [SpecIssue] {
    do {
      _ = try Plan(specs: paths)
      return []
    } catch {
      return error.issues
    }
  }
}

/// What is wrong with a spec of that text in a file "spec.json", as a user reads it.
func issues(of text: String) throws -> [String] {
  try SpecFolder.with { folder in
    let reader = SpecReader(paths: [try folder.write(text)])
    #expect(reader.specs.count == (reader.issues.isEmpty ? 1 : 0))
    return folder.lines(reader.issues)
  }
}

/// The spec of that text in a file of that name.
func spec(
  _ text: String, name: String = "spec.json", sourceLocation: SourceLocation = #_sourceLocation
) throws -> Spec {
  try SpecFolder.with { folder in
    let reader = SpecReader(paths: [try folder.write(text, to: name)])
    #expect(folder.lines(reader.issues) == [], sourceLocation: sourceLocation)
    return try #require(reader.specs.first, sourceLocation: sourceLocation)
  }
}
