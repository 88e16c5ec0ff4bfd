import ArgumentParser
import Foundation
import Model

/// Times the arithmetic beside the BLAS's product of two 1024 × 1024 matrices in the same run.
///
///     swift run --package-path Benchmarks StepBenchmark [steps] [SHAPE...] [--threads N] [--jobs N]
///     swift run --package-path Benchmarks StepBenchmark kernels [SHAPE...]
///     swift run --package-path Benchmarks StepBenchmark optimizers [SHAPE...]
///     swift run --package-path Benchmarks StepBenchmark blocks [SHAPE...]
@main
struct StepBenchmark: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "StepBenchmark",
    abstract: "Time whole training steps, or each of their kernels, beside the BLAS's large product.",
    subcommands: [
      StepsCommand.self, KernelsCommand.self, OptimizersCommand.self, BlocksCommand.self, CorpusCommand.self,
    ],
    defaultSubcommand: StepsCommand.self)
}

/// What to time, and for how long.
struct CaseOptions: ParsableArguments {
  @Argument(help: "Shapes: S, A, B, C, D. (default: all)")
  var shapes: [String] = []
  @Option(name: .long, help: "Seconds for each measurement.")
  var seconds = 2.0

  var cases: [Case] { Case.all.filter { shapes.isEmpty || shapes.contains($0.name) } }

  func validate() throws {
    for name in shapes where !Case.all.contains(where: { $0.name == name }) {
      throw ValidationError("\"\(name)\" is no shape; write \(Case.all.map(\.name).joined(separator: ", ")).")
    }
    guard seconds > 0, seconds < 3600 else { throw ValidationError("--seconds is \(seconds); write 0.1 to 3600.") }
  }
}

/// `StepBenchmark corpus`: the built-in corpus, for programs that are compared with ours.
struct CorpusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "corpus", abstract: "Write the built-in corpus.")

  func run() throws { FileHandle.standardOutput.write(Data(Corpus.stories.utf8)) }
}
