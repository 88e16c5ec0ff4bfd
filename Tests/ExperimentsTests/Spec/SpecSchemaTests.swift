import Foundation
import Testing

@testable import Experiments

/// That an independent validator accepts the schema, and that it tells right from wrong, is checked by Scripts/check-schema.
@Suite(.timeLimit(.minutes(10)))
struct SpecSchemaTests {
  private let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..")

  @Test(
    "The schema under docs is the one that the table of keys makes; `sweep schema > docs/spec.schema.json` renews it")
  func isCurrent() throws {
    let text = try String(contentsOf: root.appending(path: "docs/spec.schema.json"), encoding: .utf8)
    #expect(text == SpecSchema.text)
  }

  @Test("Every key stands in the schema, with its default where it has one of its own")
  func keys() throws {
    let schema = try #require(try JSONSerialization.jsonObject(with: Data(SpecSchema.text.utf8)) as? [String: Any])
    let properties = try #require(schema["properties"] as? [String: [String: Any]])
    #expect(Set(properties.keys) == Set(SpecKey.allCases.map(\.rawValue)))
    #expect(properties["grad_clip"]?["default"] as? Double == 1)
    #expect(properties["cautious_decay"]?["default"] as? Bool == false)
    #expect(properties["optimizer"]?["default"] as? String == "adamw")
    #expect(properties["d_ff"]?["default"] == nil && properties["lr"]?["default"] == nil)
  }
}
