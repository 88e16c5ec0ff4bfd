import BuildInfo
import Foundation
import Model
import Store
import Words

/// The README of an exported folder: what the model is, what it was trained on, and how well.
struct ModelCard {
  /// The folder's name.
  let folder: String
  /// The class of `transformers`.
  let className: String
  let weights: WeightFile
  /// The run that trained it; nil where only its weights are known.
  let run: Run?

  /// The whole, in Markdown with a head that https://huggingface.co/docs/hub/model-cards reads.
  var text: String {
    ([head, title, use] + (run.map { [numbers($0), settings($0)] } ?? [])).joined(separator: "\n") + "\n"
  }

  private var architecture: Architecture { weights.model.architecture }

  private var head: String {
    """
    ---
    library_name: transformers
    pipeline_tag: text-generation
    tags:
    - sweep
    ---

    """
  }

  private var title: String {
    let count = Wording.count(Double(weights.model.layout.parameterCount))
    return """
      # \(Self.plain(folder))

      A transformer with \(count) parameters\(origin). \
      It is a `\(className)`; its tokens are \(tokens), and it sees \(architecture.contextLength) of them at once.

      """
  }

  /// How it was trained, where that is known.
  private var origin: String {
    guard let run else { return "" }
    let program = "on a CPU by `sweep` \(run.provenance.version ?? BuildInfo.version)"
    return run.settings["initial_weights_sha256"].map { weights in
      ", trained \(program). It went on from weights with SHA-256 `\(weights.exact)`"
    } ?? ", trained from scratch \(program)"
  }

  private var tokens: String {
    let size = weights.tokenizer.size
    return switch weights.tokenizer.kind {
    case .char: "\(size) characters; others are an error"
    case .word where weights.tokenizer.unknownToken != nil: "\(size - 1) words; others are `<unk>`"
    case .word: "\(size) words; others are an error"
    case .byte: "the 256 bytes of UTF-8"
    }
  }

  /// How many tokens are generated stands in `generation_config.json`: more than fit would be an error where positions are learned.
  private var use: String {
    """
    ```python
    from transformers import AutoModelForCausalLM, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained("PATH_OF_THIS_FOLDER")
    model = AutoModelForCausalLM.from_pretrained("PATH_OF_THIS_FOLDER")
    prompt = tokenizer("YOUR TEXT", return_tensors="pt")
    print(tokenizer.decode(model.generate(**prompt)[0]))
    ```

    """
  }

  private func numbers(_ run: Run) -> String {
    let outcome = run.outcome
    func row(_ name: String, _ value: String?) -> String? { value.map { "| \(name) | \($0) |" } }
    func number(_ format: String, _ value: Double?) -> String? { value.map { String(format: format, $0) } }
    let error = number(" ± %.4f", outcome.finalStandardError) ?? ""
    let rows = [
      row("text", "\(Self.plain(run.facts.corpus)), SHA-256 `\(run.settings["corpus_sha256"]?.exact ?? "")`"),
      row("validation loss (nats/token)", number("%.4f", outcome.finalLoss).map { $0 + error }),
      row("bits per byte", number("%.4f", outcome.finalBitsPerByte)),
      row("evaluated tokens", run.facts.evaluatedTokens.map { "\($0)" }),
      row("training loss, last tenth of the steps", number("%.4f", outcome.trainLoss)),
      row("steps", "\(outcome.stepsDone)"),
      row("training FLOPs", Wording.count(run.facts.trainingFlops)),
      row("time", outcome.seconds.map(Wording.duration)),
      row("processor", run.provenance.cpu.map(Self.plain)),
      row("seed", "\(run.seed)"),
      row("trained by sweep", run.provenance.version.map { "\($0), \(run.provenance.sourceCommit ?? "")" }),
    ]
    return "## Numbers\n\n| | |\n|---|---|\n" + rows.compactMap { $0 }.joined(separator: "\n") + "\n"
  }

  private func settings(_ run: Run) -> String { "## Configuration\n\n```json\n\(run.config)\n```\n" }

  /// A user's words as Markdown shows them: no markup, no line breaks.
  private static func plain(_ words: String) -> String {
    words.unicodeScalars.map { scalar in
      if scalar.properties.generalCategory == .control { return " " }
      return "\\`*_{}[]<>|#&!".unicodeScalars.contains(scalar) ? "\\\(scalar)" : String(scalar)
    }.joined()
  }
}
