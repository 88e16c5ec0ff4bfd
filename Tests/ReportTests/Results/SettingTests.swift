import Foundation
import Testing

@testable import Report

struct SettingTests {
  @Test(
    "A value is read from JSON and shown short and exactly",
    arguments: [
      ("3", "3", "3"), ("0.001", "0.001", "0.001"), ("0.000316227766017", "0.0003162", "0.000316227766017"),
      ("1e300", "1e+300", "1e+300"), ("\"adamw\"", "adamw", "adamw"), ("[\"a\", \"b\"]", "a | b", "a | b"),
    ])
  func values(json: String, label: String, exact: String) throws {
    let setting = try JSONDecoder().decode(Setting.self, from: Data(json.utf8))
    #expect(setting.label == label)
    #expect(setting.exact == exact)
  }

  @Test("Numbers are ordered by size, not by letters, and come before texts")
  func order() {
    let sorted: [Setting] = [.text("b"), .number(128), .text("a"), .number(32)].sorted()
    #expect(sorted == [.number(32), .number(128), .text("a"), .text("b")])
  }
}
