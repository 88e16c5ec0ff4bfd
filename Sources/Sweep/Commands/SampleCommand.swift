import ArgumentParser
import Experiments
import Foundation
import Model
import Store
import Terminal

extension SweepCommand {
  /// `sweep sample RUN`
  struct SampleCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "sample",
      abstract: "Continue a prompt with a finished run's weights, or with those of a file or folder.")

    @OptionGroup var model: ModelArgument
    @Option(
      name: .long, parsing: .unconditional,
      help: "The text to continue. (default: the run's first prompt; weights by path need one)")
    var prompt: String?
    @Option(name: .long, parsing: .unconditional, help: "0 takes the most likely token; higher is more varied.")
    var temperature = 0.8
    @Option(name: .long, parsing: .unconditional, help: "Tokens to write.")
    var tokens = 200
    @Option(name: .long, parsing: .unconditional, help: "Another seed writes another text.")
    var seed: UInt64 = 0
    @OptionGroup var context: ContextOption

    func validate() throws {
      if !temperature.isFinite { throw ValidationError("--temperature is \(temperature); write a number such as 0.8.") }
      if !(0...10_000_000).contains(tokens) { throw ValidationError("--tokens is \(tokens); write 0 to 10000000.") }
    }

    func run() throws {
      let run = try model.run()
      let (file, name) = try model.weights(of: run, contextLength: context.context)
      let stored = try run.map { try $0.store.samples(of: $0.id).first?.prompt ?? "" }
      guard let prompt = prompt ?? stored else {
        throw UserError("\(name): says no prompt; add --prompt TEXT.")
      }
      if let complaint = file.tokenizer.complaint(about: prompt) { throw UserError("--prompt: \(complaint)") }
      try Machine.require(
        memory: Generator.memory(file.model.architecture), of: name, context: file.model.architecture.contextLength)
      var generator = Generator(
        file.model, temperature: temperature, random: RandomStream(seed: seed, name: "samples"))
      let written = generator.generate(after: try file.tokenizer.encode(prompt).tokens, count: tokens)
      Console.standard.text(file.tokenizer.decode(try file.tokenizer.encode(prompt).tokens + written))
    }
  }
}
