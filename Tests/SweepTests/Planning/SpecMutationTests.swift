import Foundation
import Model
import Testing

@testable import Sweep

struct SpecMutationTests {
  /// A spec with something of everything, small enough that a mutated count doesn't span a large grid.
  private static let spec = #"""
    {
      "name": "everything", "description": "What if? \u00e9", "seeds": [1, 2],
      "corpus": "text.txt", "tokenizer": "char", "validation_fraction": 0.25,
      "d_model": [8, 12], "heads": 4, "layers": 1, "d_ff": 24, "context_length": 8,
      "lr": {"from": 1e-3, "to": 1e-1, "count": 3, "scale": "log"}, "schedule": "linear",
      "warmup_steps": 2, "batch_size": 2, "steps": 20, "beta1": 0.5, "grad_clip": 0,
      "eval_every": 5, "eval_tokens": 64, "sample_every": 10, "prompts": ["The", "cat's"],
      "sample_tokens": 5, "temperature": 0.5, "checkpoint_seconds": 1.5,
      "variants": [{"optimizer": "adamw", "weight_decay": 0.1}, {"optimizer": "adam", "lr": [1, 2]}]
    }
    """#

  /// What one would type in the wrong place.
  private static let pieces = [
    "\"", "\\", "{", "}", "[", "]", ",", ":", "-", ".", "e", "0", "9", "1e400", "99999999999999999999", "NaN", "null",
    "true", "\"lr\"", "\"lr\": 1,", "{}", "[]", "\\ud800", "\u{FEFF}", "\0", "\n", "é", "{\"from\":",
  ].map { Array($0.utf8) }

  private static func mutated(_ random: inout RandomStream) -> [UInt8] {
    var bytes = Array(spec.utf8)
    for _ in 0...random.integer(below: 3) where !bytes.isEmpty {
      let place = random.integer(below: bytes.count)
      let end = min(place + 1 + random.integer(below: 12), bytes.count)
      switch random.integer(below: 5) {
      case 0: bytes[place] = UInt8(random.integer(below: 256))
      case 1: bytes.removeSubrange(place..<end)
      case 2: bytes.insert(contentsOf: pieces[random.integer(below: pieces.count)], at: place)
      case 3: bytes.insert(contentsOf: bytes[place..<end], at: random.integer(below: bytes.count))
      default: bytes.removeSubrange(place...)
      }
      // Truncation alone would leave the most of a long text's end untried.
      if bytes.count < spec.utf8.count / 2, random.integer(below: 2) == 0 { bytes += Array(spec.utf8)[bytes.count...] }
    }
    return bytes
  }

  @Test("Whatever a spec's bytes are, there is a plan or there are complaints that name the file and a remedy")
  func mutations() throws {
    try SpecFolder.with { folder in
      try folder.write(String(repeating: "The cat's on\n", count: 80), to: "text.txt")
      #expect(folder.lines(folder.issues(ofPlan: [try folder.write(Self.spec)])) == [])
      var random = RandomStream(seed: 1, name: "mutations")
      var plans = 0
      var messages: Set<String> = []
      var broken: [String] = []
      for _ in 0..<2000 {
        let bytes = Self.mutated(&random)
        let path = try folder.write(bytes)
        let issues = folder.issues(ofPlan: [path])
        if issues.isEmpty { plans += 1 }
        let areWorded = issues.allSatisfy {
          $0.file == path && ($0.message.hasSuffix(".") || $0.message.hasSuffix("?"))
        }
        if !areWorded { broken.append(String(decoding: bytes, as: UTF8.self)) }
        messages.formUnion(issues.map(\.message))
      }
      #expect(broken == [])
      // Else the mutations would be too harsh, or too mild, to try anything.
      #expect(plans > 100)
      #expect(messages.count > 100)
    }
  }
}
