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
      commandName: "sample", abstract: "Continue a prompt with a finished run's weights.")

    @Argument(help: ArgumentHelp("The run's number, as `select * from leaderboard` shows it.", valueName: "run"))
    var id: Int64
    @Option(
      name: .long, parsing: .unconditional, help: "The text to continue. (default: the run's first prompt)")
    var prompt: String?
    @Option(name: .long, parsing: .unconditional, help: "0 takes the most likely token; higher is more varied.")
    var temperature = 0.8
    @Option(name: .long, parsing: .unconditional, help: "Tokens to write.")
    var tokens = 200
    @Option(name: .long, parsing: .unconditional, help: "Another seed writes another text.")
    var seed: UInt64 = 0
    @OptionGroup var database: DatabaseOptions

    func validate() throws {
      if !temperature.isFinite { throw ValidationError("--temperature is \(temperature); write a number such as 0.8.") }
      if !(0...10_000_000).contains(tokens) { throw ValidationError("--tokens is \(tokens); write 0 to 10000000.") }
    }

    func run() throws {
      let store = try database.reading()
      guard let run = try store.run(id) else {
        throw UserError("\(database.database): there is no run \(id); `select run_id from leaderboard` lists them.")
      }
      guard let weights = run.outcome.weights else {
        throw UserError("run \(id) is \(run.state.rawValue) and has no weights; only finished runs have.")
      }
      let url = database.files.url(weights)
      let file = try weightFile(at: url)
      let prompt = try self.prompt ?? store.samples(of: id).first?.prompt ?? ""
      if let complaint = file.tokenizer.complaint(about: prompt) { throw UserError("--prompt: \(complaint)") }
      try Machine.require(
        memory: Generator.memory(file.model.architecture), of: url.relativePath,
        context: file.model.architecture.contextLength)
      var generator = Generator(
        file.model, temperature: temperature, random: RandomStream(seed: seed, name: "samples"))
      let written = generator.generate(after: try file.tokenizer.encode(prompt).tokens, count: tokens)
      Console.standard.text(file.tokenizer.decode(try file.tokenizer.encode(prompt).tokens + written))
    }

    private func weightFile(at url: URL) throws -> WeightFile {
      do {
        return try WeightFile(contentsOf: url, memory: Machine.memory)
      } catch {
        if case .tooLarge = error.fault { throw error }
        Console.standard.note(
          "sweep: \(error) `sweep delete EXPERIMENT` and the spec once more train run \(id) anew, to the same bits.")
        throw error.fault == .missing ? ExitStatus.noInput : ExitStatus.badData
      }
    }
  }
}
