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

  @Test("every member is written where it doesn't have its default, and read again")
  func members() throws {
    var architecture = Self.architecture
    architecture.positions = .rope
    architecture.ropeBase = 5e5
    architecture.norm = .layer
    architecture.normEpsilon = 1e-6
    architecture.normPlacement = .sandwich
    architecture.qkNorm = .width
    architecture.feedForward = .swiglu
    architecture.kvHeads = 1
    architecture.headSize = 8
    architecture.tiedHead = false
    architecture.biases = true
    architecture.window = 2
    architecture.logitCap = 30
    architecture.attentionCap = 50
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let text = String(decoding: try encoder.encode(architecture), as: UTF8.self)
    #expect(
      text
        == #"{"attention_cap":50,"biases":true,"context_length":3,"d_ff":7,"d_model":6,"feed_forward":"swiglu","head_size":8,"#
        + #""heads":2,"kv_heads":1,"layers":4,"logit_cap":30,"norm":"layernorm","norm_epsilon":1e-06,"#
        + #""norm_placement":"sandwich","positions":"rope","qk_norm":"width","rope_base":500000,"tied_head":false,"#
        + #""vocab_size":5,"window":2}"#)
    #expect(try read(text) == architecture && architecture.isPossible)
  }

  @Test("a window or cap of 0 is none, as a spec writes it")
  func zeros() throws {
    #expect(
      try read(Self.text.replacing("{", with: #"{"window":0,"logit_cap":0,"attention_cap":0,"#)) == Self.architecture)
  }

  @Test(
    "what can't be is known",
    arguments: [
      #""kv_heads":0"#, #""kv_heads":-1"#, #""heads":4,"kv_heads":3"#, #""head_size":0"#, #""window":-1"#,
      #""logit_cap":-1"#, #""norm_epsilon":0"#, #""positions":"rope""#, #""positions":"rope","head_size":5"#,
      #""positions":"rope","head_size":4,"rope_base":0"#,
    ])
  func impossible(members: String) throws {
    // d_model 6 and 2 heads: a head has a width of 3.
    let text = #"{\#(members),"context_length":3,"d_ff":7,"d_model":6,"layers":4,"vocab_size":5"#
    #expect(try !read(text + (members.contains("\"heads\"") ? "}" : #","heads":2}"#)).isPossible)
  }

  @Test("an unknown norm and a missing size are refused")
  func refused() {
    #expect(throws: DecodingError.self) { try read(Self.text.replacing("{", with: #"{"norm":"batchnorm","#)) }
    #expect(throws: DecodingError.self) { try read(Self.text.replacing(#""heads":2,"#, with: "")) }
  }
}
