import ArgumentParser
import Foundation

@testable import Kernels
@testable import Model

/// `StepBenchmark blocks`: training steps of every block beside those of the plain one.
struct BlocksCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "blocks", abstract: "Time training steps of every block beside those of the plain one.",
    discussion: """
      A figure is the block's rate of floating-point operations divided by the plain block's, the median over turns of a tenth \
      of a second of processor time, in which the two alternate.
      """)

  @OptionGroup var options: CaseOptions
  @Option(name: .long, help: "Only the blocks whose names contain this.")
  var only = ""

  func run() {
    let cases = options.cases.filter { $0.name != "S" }
    write(["block"] + cases.map(\.name))
    for variant in Variant.all where only.isEmpty || variant.name.contains(only) {
      let ratios = cases.map { item in
        let ratio = ratio(of: variant, to: item)
        return ratio.map { String(format: "%.2f", $0) } ?? ""
      }
      write([variant.name] + ratios)
    }
  }

  /// Writes a row at once: the whole table takes minutes.
  private func write(_ cells: [String]) {
    FileHandle.standardOutput.write(Data((cells.joined(separator: "\t") + "\n").utf8))
  }

  /// Nil where the shape can't have the block.
  private func ratio(of variant: Variant, to item: Case) -> Double? {
    var architecture = item.architecture
    variant.change(&architecture)
    guard architecture.isPossible else { return nil }
    let (plain, other) = (item.trainer, item.trainer(architecture, dropout: variant.dropout))
    let flops = architecture.trainingFlopsPerToken / item.architecture.trainingFlopsPerToken
    var ratios: [Double] = []
    let end = ContinuousClock.now + .seconds(options.seconds)
    _ = (time(plain, 0), time(other, 0))
    repeat {
      let (first, second) = (time(plain, 0.1), time(other, 0.1))
      ratios.append(flops * first / second)
    } while ratios.count < 5 || ContinuousClock.now < end
    return ratios.sorted()[ratios.count / 2]
  }

  /// Processor seconds of a step, as the mean over so many seconds.
  private func time(_ trainer: Trainer, _ seconds: Double) -> Double {
    let start = threadCPUSeconds()
    var steps = 0.0
    repeat {
      _ = trainer.step()
      steps += 1
    } while threadCPUSeconds() - start < seconds
    return (threadCPUSeconds() - start) / steps
  }
}

/// A block, as what it changes of the plain one.
private struct Variant: Sendable {
  let name: String
  var dropout = 0.0
  let change: @Sendable (inout Architecture) -> Void

  /// As wide as the spec makes a gated layer by default.
  private static func gate(_ feedForward: Architecture.FeedForward, _ architecture: inout Architecture) {
    architecture.feedForward = feedForward
    architecture.dFF = (8 * architecture.dModel + 23) / 24 * 8
  }

  static let all = [
    Variant(name: "plain") { _ in },
    Variant(name: "positions rope") { $0.positions = .rope },
    Variant(name: "positions alibi") { $0.positions = .alibi },
    Variant(name: "positions none") { $0.positions = .none },
    Variant(name: "norm layernorm") { $0.norm = .layer },
    Variant(name: "norm_placement post") { $0.normPlacement = .post },
    Variant(name: "norm_placement output") { $0.normPlacement = .output },
    Variant(name: "norm_placement sandwich") { $0.normPlacement = .sandwich },
    Variant(name: "qk_norm head") { $0.qkNorm = .head },
    Variant(name: "qk_norm width") { $0.qkNorm = .width },
    Variant(name: "feed_forward gelu_erf") { $0.feedForward = .geluErf },
    Variant(name: "feed_forward relu") { $0.feedForward = .relu },
    Variant(name: "feed_forward relu2") { $0.feedForward = .relu2 },
    Variant(name: "feed_forward swiglu") { gate(.swiglu, &$0) },
    Variant(name: "feed_forward geglu") { gate(.geglu, &$0) },
    Variant(name: "kv_heads 1") { $0.kvHeads = 1 },
    Variant(name: "kv_heads heads/2") { $0.kvHeads = $0.heads / 2 },
    Variant(name: "head_size 2·d_model/heads") { $0.headSize *= 2 },
    Variant(name: "tied_head false") { $0.tiedHead = false },
    Variant(name: "biases true") { $0.biases = true },
    Variant(name: "window context/4") { $0.window = $0.contextLength / 4 },
    Variant(name: "attention_cap 50") { $0.attentionCap = 50 },
    Variant(name: "logit_cap 30") { $0.logitCap = 30 },
    Variant(name: "dropout 0.1", dropout: 0.1) { _ in },
    Variant(name: "block gpt2") { ($0.norm, $0.biases) = (.layer, true) },
    Variant(name: "block llama") {
      gate(.swiglu, &$0)
      ($0.positions, $0.tiedHead) = (.rope, false)
    },
    Variant(name: "block qwen3") {
      gate(.swiglu, &$0)
      ($0.positions, $0.qkNorm, $0.kvHeads) = (.rope, .head, $0.heads / 2)
    },
    Variant(name: "block olmo2") {
      gate(.swiglu, &$0)
      ($0.positions, $0.qkNorm, $0.normPlacement, $0.tiedHead) = (.rope, .width, .output, false)
    },
    Variant(name: "block gemma2") {
      gate(.geglu, &$0)
      ($0.positions, $0.normPlacement, $0.kvHeads) = (.rope, .sandwich, $0.heads / 2)
      ($0.attentionCap, $0.logitCap) = (50, 30)
    },
    Variant(name: "block nanochat") {
      ($0.positions, $0.qkNorm, $0.feedForward, $0.tiedHead, $0.logitCap) = (.rope, .head, .relu2, false, 15)
    },
  ]
}
