import Foundation
import Testing

@testable import Model

@Suite struct ArchitectureTests {
  /// The metadata of weight files since the first version.
  static let text = #"{"context_length":3,"d_ff":7,"d_model":6,"heads":2,"layers":4,"vocab_size":5}"#
  static let architecture = Architecture(
    vocabularySize: 5, contextLength: 3, dModel: 6, heads: 2, layers: 4, dFF: 7)

  func read(_ text: String) throws -> Architecture {
    try JSONDecoder().decode(Architecture.self, from: Data(text.utf8))
  }

  @Test("the first version's text reads as today's model, which is written as that text")
  func firstVersion() throws {
    #expect(try read(Self.text) == Self.architecture)
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    #expect(String(decoding: try encoder.encode(Self.architecture), as: UTF8.self) == Self.text)
  }

  @Test("every norm is read by its word, and what is written reads as the same", arguments: Architecture.Norm.allCases)
  func norms(norm: Architecture.Norm) throws {
    var architecture = Self.architecture
    architecture.norm = norm
    #expect(try read(Self.text.replacing("{", with: #"{"norm":"\#(norm.rawValue)","#)) == architecture)
    #expect(try JSONDecoder().decode(Architecture.self, from: JSONEncoder().encode(architecture)) == architecture)
  }

  @Test("an unknown norm and a missing size are refused")
  func refused() {
    #expect(throws: DecodingError.self) { try read(Self.text.replacing("{", with: #"{"norm":"batchnorm","#)) }
    #expect(throws: DecodingError.self) { try read(Self.text.replacing(#""heads":2,"#, with: "")) }
  }
}
