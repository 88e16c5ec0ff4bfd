import ArgumentParser
import Experiments
import Terminal

extension SweepCommand {
  /// `sweep schema`
  struct SchemaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "schema", abstract: "Print the JSON Schema of a spec, for editors.",
      discussion: "It stands in docs/spec.schema.json too.")

    func run() throws { Console.standard.output.write(SpecSchema.text) }
  }
}
