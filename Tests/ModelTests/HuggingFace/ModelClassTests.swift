import Testing

@testable import Model

@Suite struct ModelClassTests {
  static func architecture(_ change: (inout Architecture) -> Void) -> Architecture {
    var architecture = Architecture(vocabularySize: 9, contextLength: 12, dModel: 12, heads: 4, layers: 2, dFF: 10)
    change(&architecture)
    return architecture
  }

  static func llama(_ change: (inout Architecture) -> Void = { _ in }) -> Architecture {
    architecture {
      ($0.positions, $0.feedForward, $0.headSize) = (.rope, .swiglu, 4)
      change(&$0)
    }
  }

  static func gpt2(_ change: (inout Architecture) -> Void = { _ in }) -> Architecture {
    architecture {
      ($0.norm, $0.biases) = (.layer, true)
      change(&$0)
    }
  }

  /// Architectures with the classes that hold them.
  static let held: [(Architecture, String)] = [
    (gpt2(), "GPT2LMHeadModel"),
    (gpt2 { ($0.biases, $0.tiedHead, $0.kvHeads, $0.feedForward) = (false, false, 2, .relu2) }, "GPT2LMHeadModel"),
    (gpt2 { ($0.positions, $0.feedForward) = (.sinusoidal, .geluErf) }, "GPT2LMHeadModel"),
    (gpt2 { ($0.positions, $0.window) = (.none, 12) }, "GPT2LMHeadModel"),
    (gpt2 { ($0.positions, $0.heads, $0.kvHeads, $0.headSize) = (.rope, 3, 3, 4) }, "GPTNeoXForCausalLM"),
    (
      gpt2 { ($0.positions, $0.heads, $0.kvHeads, $0.headSize, $0.tiedHead) = (.rope, 3, 3, 4, false) },
      "GPTNeoXForCausalLM"
    ),
    (gpt2 { ($0.positions, $0.kvHeads, $0.headSize, $0.window) = (.rope, 2, 6, 5) }, "Starcoder2ForCausalLM"),
    (gpt2 { ($0.positions, $0.headSize, $0.biases) = (.rope, 4, false) }, "Starcoder2ForCausalLM"),
    (llama(), "LlamaForCausalLM"),
    (
      llama { ($0.biases, $0.kvHeads, $0.feedForward, $0.tiedHead, $0.ropeBase) = (true, 1, .geglu, false, 50) },
      "LlamaForCausalLM"
    ),
    (llama { ($0.feedForward, $0.normEpsilon) = (.gelu, 0.1) }, "ArceeForCausalLM"),
    (llama { ($0.feedForward, $0.biases) = (.relu, true) }, "ArceeForCausalLM"),
    (llama { ($0.qkNorm, $0.window, $0.kvHeads) = (.head, 5, 2) }, "Qwen3ForCausalLM"),
    (llama { ($0.qkNorm, $0.normPlacement, $0.kvHeads) = (.width, .output, 2) }, "Olmo2ForCausalLM"),
    (
      llama { ($0.normPlacement, $0.attentionCap, $0.logitCap, $0.kvHeads) = (.sandwich, 2, 3, 2) }, "Gemma2ForCausalLM"
    ),
    (llama { ($0.normPlacement, $0.tiedHead, $0.window) = (.sandwich, false, 4) }, "Gemma2ForCausalLM"),
    (llama { ($0.positions, $0.window, $0.biases) = (.none, 3, true) }, "SmolLM3ForCausalLM"),
    // What multiplies scores, logits and both layers is folded into the numbers.
    (gpt2 { ($0.parametrization, $0.baseDModel, $0.baseHeadSize) = (.mup, 5, 2) }, "GPT2LMHeadModel"),
    (
      llama { ($0.parametrization, $0.baseDModel, $0.biases, $0.tiedHead) = (.completep, 4, true, false) },
      "LlamaForCausalLM"
    ),
    (
      llama { ($0.parametrization, $0.baseDModel, $0.baseLayers, $0.qkNorm) = (.completep, 4, 1, .head) },
      "Qwen3ForCausalLM"
    ),
    (
      llama {
        ($0.parametrization, $0.baseLayers, $0.normPlacement, $0.logitCap, $0.attentionCap) = (
          .completep, 1, .sandwich, 2, 1
        )
      }, "Gemma2ForCausalLM"
    ),
  ]

  @Test("the class is the one that computes what the architecture does", arguments: held)
  func holding(architecture: Architecture, name: String) throws {
    #expect(try ModelClass.holding(architecture).name == name)
  }

  @Test(
    "an architecture that no class holds is told the nearest, with the keys to change",
    arguments: [
      (
        architecture { _ in },
        #"GPT2LMHeadModel with "norm": "layernorm"; ArceeForCausalLM with "positions": "rope""#
      ),
      (
        llama { $0.positions = .alibi },
        #"LlamaForCausalLM with "positions": "rope"; SmolLM3ForCausalLM with "positions": "none""#
      ),
      (gpt2 { $0.normPlacement = .post }, #"GPT2LMHeadModel with "norm_placement": "pre""#),
      (
        gpt2 { $0.headSize = 6 },
        #"GPT2LMHeadModel with "head_size": 3; Starcoder2ForCausalLM with "positions": "rope""#
      ),
      (
        llama { $0.logitCap = 30 },
        #"LlamaForCausalLM with "logit_cap": 0; Gemma2ForCausalLM with "norm_placement": "sandwich""#
      ),
      (
        llama { ($0.qkNorm, $0.biases) = (.head, true) },
        #"LlamaForCausalLM with "qk_norm": "none"; Qwen3ForCausalLM with "biases": false"#
      ),
      (
        llama { ($0.heads, $0.kvHeads) = (5, 5) },
        #"LlamaForCausalLM with "heads": a divisor of d_model 12; Qwen3ForCausalLM with "qk_norm": "head"; "#
          + #"SmolLM3ForCausalLM with "positions": "none""#
      ),
      (
        llama { ($0.positions, $0.headSize) = (.none, 5) },
        #"LlamaForCausalLM with "positions": "rope"; SmolLM3ForCausalLM with "head_size": 6"#
      ),
      (
        llama { ($0.window, $0.feedForward) = (4, .gelu) },
        #"Starcoder2ForCausalLM with "norm": "layernorm"; ArceeForCausalLM with "window": 0"#
      ),
    ])
  func nearest(architecture: Architecture, nearest: String) {
    let error = #expect(throws: NoModelClass.self) { try ModelClass.holding(architecture) }
    #expect(
      error?.description
        == "no class of transformers computes exactly what this block does. The nearest: \(nearest). Train a run with these keys, "
        + "and export it.")
  }
}
