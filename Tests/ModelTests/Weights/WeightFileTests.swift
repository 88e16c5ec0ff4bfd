import Foundation
import Testing

@testable import Model

@Suite struct WeightFileTests {
  let folder = FileManager.default.temporaryDirectory.appending(path: "weights-\(UUID().uuidString)")

  init() throws { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }

  func sample() throws -> WeightFile {
    let tokenizer = Tokenizer(kind: .word, fittedTo: Array("the cat saw \"the\" \u{1F431}\n".utf8), vocabularySize: nil)
    var random = RandomStream(seed: 4, name: "initialization")
    let architecture = Architecture(
      vocabularySize: tokenizer.size, contextLength: 5, dModel: 6, heads: 3, layers: 2, dFF: 7)
    return WeightFile(model: Transformer(architecture: architecture, random: &random), tokenizer: tokenizer)
  }

  @Test("what was written is read again, bit for bit") func roundTrip() throws {
    let url = folder.appending(path: "a.safetensors")
    let written = try sample()
    try written.write(to: url)
    let read = try WeightFile(contentsOf: url)
    #expect(read.model.architecture == written.model.architecture)
    #expect(read.tokenizer == written.tokenizer)
    for tensor in written.model.layout.tensors {
      #expect(read.model.values(of: tensor) == written.model.values(of: tensor), "\(tensor.name)")
    }
  }

  @Test("the file follows the format: 8-byte header length, JSON, F32 data in the layout's order") func format() throws
  {
    let url = folder.appending(path: "a.safetensors")
    let written = try sample()
    try written.write(to: url)
    let data = try Data(contentsOf: url)
    let length = Int(data[0]) + Int(data[1]) << 8
    #expect(length % 8 == 0)
    let header = try #require(
      try JSONSerialization.jsonObject(with: data[8..<8 + length]) as? [String: [String: Any]])
    #expect(header.count == written.model.layout.tensors.count + 1)
    #expect(header["blocks.1.w_ff1"]?["shape"] as? [Int] == [6, 7])
    #expect(header["blocks.1.w_ff1"]?["dtype"] as? String == "F32")
    #expect(data.count == 8 + length + 4 * written.model.layout.parameterCount)
  }

  /// The sample file with its header's text replaced.
  func tampered(_ change: (String) -> String) throws -> URL {
    let url = folder.appending(path: "t.safetensors")
    try sample().write(to: url)
    let data = try Data(contentsOf: url)
    let length = Int(data[0]) + Int(data[1]) << 8
    let header = Data(change(String(decoding: data[8..<8 + length], as: UTF8.self)).utf8)
    let file = withUnsafeBytes(of: UInt64(header.count).littleEndian) { Data($0) } + header + data[(8 + length)...]
    try file.write(to: url)
    return url
  }

  @Test(
    "a file that doesn't fit says why",
    arguments: [
      (
        #""dtype":"F32","shape":[5,6]"#, #""dtype":"I32","shape":[5,6]"#,
        #"the tensor "pos_embed" is of type I32. Save it as float32 (F32), float16 (F16) or bfloat16 (BF16)."#
      ),
      (
        "pos_embed", "position_embed",
        #"the tensor "pos_embed" is missing; see docs/weights.md for the tensors' names."#
      ),
      (
        #""shape":[5,6]"#, #""shape":[6,5]"#,
        #"the tensor "pos_embed" has shape [6, 5], but the configuration makes it [5, 6]. Save both together."#
      ),
      (
        #"\"heads\":3"#, #"\"heads\":4"#,
        #"the metadata's "configuration" can't be understood; see docs/weights.md for its form."#
      ),
      (
        #"\"d_model\":6"#, #"\"d_model\":600000000000"#,
        #"the metadata's "configuration" can't be understood; see docs/weights.md for its form."#
      ),
      (
        #""tokenizer":"word""#, #""tokenizer":"morse""#,
        #"the metadata's "tokenizer" can't be understood; see docs/weights.md for its form."#
      ),
      (#"\"vocab_size\":"#, #"\"vocab_size\":1"#, nil as String?),
      (
        #""vocabulary""#, #""words""#,
        #"the metadata lack "vocabulary". They need "configuration", "tokenizer" and "vocabulary"; see docs/weights.md."#
      ),
    ])
  func misfit(from: String, to: String, message: String?) throws {
    let url = try tampered { header in
      #expect(header.contains(from))
      return header.replacingOccurrences(of: from, with: to)
    }
    let error = #expect(throws: WeightFileError.self) { try WeightFile(contentsOf: url) }
    if let message { #expect(error?.description == "\(url.relativePath): \(message)") }
  }

  @Test("parameters that take more memory than there is are refused, with the figures") func tooLarge() throws {
    let url = folder.appending(path: "a.safetensors")
    try sample().write(to: url)
    let error = #expect(throws: WeightFileError.self) { try WeightFile(contentsOf: url, memory: 1000) }
    #expect(
      error?.description
        == "\(url.relativePath): the parameters need 0.0 GB of memory, but there are 0.0 GB. Use a machine with more of it."
    )
    _ = try WeightFile(contentsOf: url, memory: 1e6)
  }

  @Test("bytes that belong to no tensor, and tensors that share some, are an error") func holes() throws {
    let url = folder.appending(path: "a.safetensors")
    try sample().write(to: url)
    let data = try Data(contentsOf: url)
    let longer = folder.appending(path: "longer.safetensors")
    try (data + Data(count: 4)).write(to: longer)
    #expect(
      #expect(throws: WeightFileError.self) { try WeightFile(contentsOf: longer) }?.description
        == "\(longer.relativePath): isn't a safetensors file (4 bytes belong to no tensor).")
    // The gammas are of one shape: one of them takes the other's numbers.
    let length = Int(data[0]) + Int(data[1]) << 8
    var header = try #require(
      try JSONSerialization.jsonObject(with: data[8..<8 + length]) as? [String: [String: Any]])
    header["blocks.0.norm1_gamma"] = header["blocks.0.norm2_gamma"]
    let json = try JSONSerialization.data(withJSONObject: header)
    let shared = folder.appending(path: "shared.safetensors")
    try (withUnsafeBytes(of: UInt64(json.count).littleEndian) { Data($0) } + json + data[(8 + length)...]).write(
      to: shared)
    #expect(
      #expect(throws: WeightFileError.self) { try WeightFile(contentsOf: shared) }?.description
        == "\(shared.relativePath): isn't a safetensors file (its tensors don't lie side by side).")
  }

  @Test("a file cut anywhere is an error") func cut() throws {
    let url = folder.appending(path: "a.safetensors")
    try sample().write(to: url)
    let data = try Data(contentsOf: url)
    for count in stride(from: 0, to: data.count, by: 97) {
      let cut = folder.appending(path: "cut.safetensors")
      try data.prefix(count).write(to: cut)
      #expect(throws: WeightFileError.self) { try WeightFile(contentsOf: cut) }
    }
  }

  @Test("a missing file and a file of another kind are named") func others() throws {
    let missing = URL(fileURLWithPath: "/nowhere/x.safetensors")
    #expect(
      #expect(throws: WeightFileError.self) { try WeightFile(contentsOf: missing) }?.description
        == "/nowhere/x.safetensors: no such file.")
    let text = folder.appending(path: "x.txt")
    try Data("Once upon a time there was a file".utf8).write(to: text)
    #expect(
      #expect(throws: WeightFileError.self) { try WeightFile(contentsOf: text) }?.description
        == "\(text.relativePath): isn't a safetensors file (its header is cut short).")
  }
}
