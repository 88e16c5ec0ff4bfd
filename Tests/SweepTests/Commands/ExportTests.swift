import Foundation
import Model
import Testing

/// Folders that `transformers` loads. That it loads them, and computes the same, is checked by
/// Tests/Transformers/check_transformers.py.
@Suite(.timeLimit(.minutes(10)))
struct ExportTests {
  private static let text = "The cat sat on the mat.\n"

  /// A weight file of a model that GPT-2's class holds.
  private func write(_ name: String, in place: Workplace) throws {
    let tokenizer = Tokenizer(kind: .char, fittedTo: Array(Self.text.utf8))
    var architecture = Architecture(
      vocabularySize: tokenizer.size, contextLength: 16, dModel: 8, heads: 2, layers: 1, dFF: 12)
    (architecture.norm, architecture.biases) = (.layer, true)
    var random = RandomStream(seed: 1, name: "initialization")
    let model = Transformer(architecture: architecture, random: &random)
    try WeightFile(model: model, tokenizer: tokenizer).write(to: place.path(name))
    try place.write(Self.text, to: "text.txt")
  }

  @Test("A weight file becomes a folder, and the folder's loss and text are those of the file") func folder() throws {
    let place = try Workplace()
    try write("w.safetensors", in: place)
    let exported = try place.sweep("export", "w.safetensors", "models/cat")
    #expect(exported.output == "Wrote models/cat: GPT2LMHeadModel, 780 parameters.\n", "\(exported)")
    let loss = try place.sweep("eval", "w.safetensors", "--text", "text.txt")
    #expect(loss.status == 0)
    #expect(try place.sweep("eval", "models/cat", "--text", "text.txt") == loss)
    let written = try place.sweep("sample", "w.safetensors", "--prompt", "The", "--temperature", "0", "--tokens", "9")
    #expect(written.output.count == 13)
    #expect(
      try place.sweep("sample", "models/cat", "--prompt", "The", "--temperature", "0", "--tokens", "9") == written)
    let readme = try place.read("models/cat/README.md")
    // How weights that were made elsewhere were trained nobody knows.
    #expect(readme.contains("# cat\n\nA transformer with 780 parameters. It is"), "\(readme)")
    // A fixed number of tokens may be more than the model has positions for.
    #expect(readme.contains("model.generate(**prompt)[0]"))
    let again = try place.sweep("export", "w.safetensors", "models/cat")
    #expect(again.status == 65)
    #expect(again.errors == "sweep: models/cat: is there already. Name a folder that isn't.\n")
  }

  @Test("A run that no class holds is refused with the nearest, and its README has its numbers where one does")
  func runs() throws {
    let place = try Workplace()
    let model =
      #""d_model": 8, "heads": 2, "layers": 1, "context_length": 16, "steps": 2, "eval_tokens": 64, "sample_tokens": 2"#
    try place.write("{\(model)}", to: "plain.json")
    try place.sweep("plain.json")
    let refused = try place.sweep("export", "1", "out")
    #expect(refused.status == 65)
    #expect(
      refused.errors
        == "sweep: run 1: no class of transformers computes exactly what this block does. The nearest: GPT2LMHeadModel with "
        + "\"norm\": \"layernorm\"; ArceeForCausalLM with \"positions\": \"rope\". Train a run with these keys, and export it.\n"
    )
    #expect(!FileManager.default.fileExists(atPath: place.path("out").path))
    try place.write("{\(model), \"norm\": \"layernorm\"}", to: "layernorm.json")
    try place.sweep("layernorm.json")
    #expect(try place.sweep("export", "2", "out").status == 0)
    let readme = try place.read("out/README.md")
    let loss = try place.query("SELECT printf('%.4f ± %.4f', final_loss, final_standard_error) FROM runs WHERE id = 2")
    #expect(readme.contains("| validation loss (nats/token) | \(loss[0]) |"), "\(readme)")
    #expect(readme.contains("\"norm\":\"layernorm\""))
    #expect(readme.contains(" parameters, trained from scratch on a CPU by `sweep` "))
    try place.write(
      "{\(model), \"norm\": \"layernorm\", \"initial_weights\": \"out\", \"biases\": true}", to: "on.json")
    #expect(try place.sweep("on.json").status == 0)
    #expect(try place.sweep("export", "3", "on").status == 0)
    let hash = try place.query("SELECT json_extract(config, '$.initial_weights_sha256') FROM runs WHERE id = 3")[0]
    #expect(try place.read("on/README.md").contains(". It went on from weights with SHA-256 `\(hash)`. It is a"))
  }

  @Test("Logits and tokens are written for comparing") func logits() throws {
    let place = try Workplace()
    try write("w.safetensors", in: place)
    #expect(
      try place.sweep("eval", "w.safetensors", "--text", "text.txt", "--logits", "logits.safetensors").status == 0)
    let header = String(decoding: try Data(contentsOf: place.path("logits.safetensors")).prefix(300), as: UTF8.self)
    #expect(
      header.contains(#""dtype":"F32","shape":[16,"#) && header.contains(#""dtype":"F32","shape":[24]"#), "\(header)")
  }

  @Test("Weights by path need a prompt, and a folder that isn't there is told") func mistakes() throws {
    let place = try Workplace()
    try write("w.safetensors", in: place)
    let silent = try place.sweep("sample", "w.safetensors")
    #expect(silent.status == 65)
    #expect(silent.errors == "sweep: w.safetensors: says no prompt; add --prompt TEXT.\n")
    let long = try place.sweep("eval", "w.safetensors", "--text", "text.txt", "--context", "17")
    #expect(long.status == 65)
    #expect(
      long.errors
        == "sweep: w.safetensors: a context of 17 tokens is asked for, but the model has learned 16 positions. Ask for at most 16.\n"
    )
    #expect(try place.sweep("eval", "none", "--text", "text.txt").status == 66)
    try place.write("{}", to: "empty/config.json")
    let empty = try place.sweep("sample", "empty", "--prompt", "a")
    #expect(
      empty.errors == "sweep: empty/config.json: lacks \"model_type\". Save the folder again with `save_pretrained`.\n")
  }
}
