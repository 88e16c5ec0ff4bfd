import ArgumentParser
import Foundation
import Model
import Store
import Terminal
import Words

extension SweepCommand {
  /// `sweep export RUN FOLDER`
  struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "export", abstract: "Write a model as a folder that Hugging Face transformers loads.",
      discussion: """
        The folder has the class of transformers that computes exactly what the model does, its tensors, its tokenizer and \
        a README with the run's numbers. A model that no class holds is refused, with the nearest. `export-db` copies the \
        database.
        """)

    @OptionGroup var model: ModelArgument
    @Argument(help: "The folder to write; there must be none yet.", transform: UserPath.expanded)
    var folder: String

    func run() throws {
      let url = URL(fileURLWithPath: folder)
      // What is in the way is told before the work.
      let contents = try? FileManager.default.contentsOfDirectory(atPath: url.path)
      guard !FileManager.default.fileExists(atPath: url.path) || contents?.isEmpty ?? false else {
        throw UserError("\(folder): is there already. Name a folder that isn't.")
      }
      let run = try model.run()
      let (file, name) = try model.weights(of: run)
      let exported: ModelFolder
      do {
        exported = try ModelFolder(file)
      } catch {
        throw UserError("\(run.map { "run \($0.id)" } ?? name): \(error.description)")
      }
      let card = ModelCard(
        folder: url.lastPathComponent, className: exported.className, weights: file, run: run?.record)
      try exported.write(to: url, readme: card.text)
      let parameters = file.model.layout.parameterCount
      Console.standard.data(
        "Wrote \(folder): \(exported.className), \(Wording.count(Double(parameters))) parameters.")
    }
  }
}
