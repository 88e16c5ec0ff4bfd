import Foundation
import Model
import Store

/// What some specs ask for: experiments with their runs, ready to be trained.
package struct Plan {
  /// A spec with its runs: each configuration with each seed.
  package struct PlannedExperiment {
    package let spec: Spec
    package let runs: [PlannedRun]

    /// The experiment as the database holds it.
    package var record: Experiment {
      let floors = Set(runs.map { $0.floorLoss.map($0.bitsPerByte) })
      var measuring = spec.measuring
      if measuring.prompts == nil {
        measuring.openings = Set(runs.flatMap(\.observations).flatMap(\.prompts)).sorted().map(\.exact)
      }
      return Experiment(
        name: spec.name, description: spec.description, spec: spec.source, specPath: spec.path, axes: spec.axes,
        measuring: measuring, floorBitsPerByte: floors.count == 1 ? floors.first ?? nil : nil)
    }

    /// The runs as the database holds them, each with its value on the axes that have a meaning for it.
    package var gridRecords: [(run: Run, point: [String: Scalar])] {
      runs.map { ($0.record, spec.point(of: $0.configuration)) }
    }
  }

  package private(set) var experiments: [PlannedExperiment] = []
  private(set) var issues: [SpecIssue] = []

  /// Reads the spec files and the texts that they name.
  ///
  /// - Throws: `InvalidSpecs`, with everything that is wrong with any of them.
  package init(specs paths: [String]) throws(InvalidSpecs) {
    let reader = SpecReader(paths: paths)
    issues = reader.issues
    var library = TextLibrary()
    for spec in reader.specs {
      var issues: [SpecIssue] = []
      let runs = Self.runs(of: spec, &library, &issues)
      self.issues += issues
      experiments.append(PlannedExperiment(spec: spec, runs: runs))
    }
    guard issues.isEmpty else { throw InvalidSpecs(issues: issues) }
  }

  /// The runs without repetition. One of several experiments stands there once, with what each of them looks at.
  package var distinctRuns: [PlannedRun] {
    var places: [PlannedRun.Key: Int] = [:]
    var distinct: [PlannedRun] = []
    for run in experiments.flatMap(\.runs) {
      if let place = places[run.key] {
        distinct[place].observations += run.observations.filter { !distinct[place].observations.contains($0) }
      } else {
        places[run.key] = distinct.count
        distinct.append(run)
      }
    }
    return distinct
  }

  /// Bytes of memory that the texts and their tokens take. Several tokenizers share a text.
  package var textMemory: Double {
    var (tokenized, corpora): (Set<TextIdentity>, Set<String>) = ([], [])
    return experiments.flatMap(\.runs).filter { tokenized.insert($0.textIdentity).inserted }.map(\.text)
      .reduce(0) { sum, text in
        let isShared = !corpora.insert(text.corpus.sha256).inserted
        return sum + Double(text.memory - (isShared ? text.corpus.utf8.count : 0))
      }
  }

  private static func runs(
    of spec: Spec, _ library: inout TextLibrary, _ issues: inout [SpecIssue]
  ) -> [PlannedRun] {
    var runs: [PlannedRun] = []
    var names: [String: String] = [:]
    var openings: [TextIdentity: String] = [:]
    func complain(_ key: SpecKey, _ message: String, isMissingFile: Bool = false) {
      let issue = SpecIssue(file: spec.path, key: key.rawValue, message: message, isMissingFile: isMissingFile)
      if !issues.contains(issue) { issues.append(issue) }
    }
    for configuration in spec.configurations {
      do {
        let corpus = try library.corpus(configuration.text(.corpus), beside: spec.folder)
        let name = configuration.text(.corpus)
        let first = names[corpus.sha256, default: name]
        guard Scalar.text(first) == .text(name) else {
          complain(.corpus, "\"\(name)\" holds the same text as \"\(first)\"; leave one out.")
          continue
        }
        names[corpus.sha256] = name
        let text = try library.tokens(of: corpus, configuration)
        guard isLongEnough(text, configuration, complain) else { continue }
        let identity = TextIdentity(corpus, configuration)
        let opening = openings[identity] ?? text.opening
        openings[identity] = opening
        for prompt in spec.measuring.prompts ?? [opening] {
          if let message = text.tokenizer.complaint(about: prompt) { complain(.prompts, message) }
        }
        runs += spec.seeds.map {
          PlannedRun(
            configuration, seed: $0, text: text, measuring: spec.measuring,
            checkpointSeconds: spec.checkpointSeconds, opening: opening)
        }
      } catch let error as CorpusError {
        complain(.corpus, error.description, isMissingFile: error.isMissingFile)
      } catch let error as TokenizerError {
        complain(.tokenizer, error.description)
      } catch {
        complain(.corpus, "\(error)")
      }
    }
    return runs
  }

  private static func isLongEnough(
    _ text: TokenizedCorpus, _ configuration: Configuration, _ complain: (SpecKey, String, Bool) -> Void
  ) -> Bool {
    let needed = configuration.integer(.contextLength) + 1
    for (part, count) in [("the training part", text.training.count), ("the held-out part", text.validation.count)]
    where count < needed {
      complain(
        .corpus,
        "\(part) of \"\(text.corpus.name)\" has \(count) tokens, but context_length \(needed - 1) needs \(needed); "
          + "write a shorter context_length, another validation_fraction, or name a longer text.", false)
      return false
    }
    return true
  }
}

/// Specs that can't be run, with everything that is wrong with them.
package struct InvalidSpecs: Error {
  package let issues: [SpecIssue]
}

extension TokenizedCorpus {
  /// The held-out text's opening words, the prompt where a spec names none: whole words of the first line, up to 24 characters or so; of a
  /// text without spaces its first 24 characters. A word that is one token stays whole.
  package var opening: String {
    // A character that the cut of the tokens parts isn't shown, nor one that ends a text for SQLite.
    let start = tokenizer.decode(Array(validation.prefix(200))).replacing("\u{FFFD}", with: "")
    let line = start.drop { $0.isWhitespace || $0 == "\0" }.prefix { !$0.isNewline && $0 != "\0" }
    var words = ""
    for word in line.split(separator: " ") {
      if !words.isEmpty, words.count + word.count > 24 { break }
      words += (words.isEmpty ? "" : " ") + word
    }
    if tokenizer.kind != .word, !line.contains(" ") { words = String(words.prefix(24)) }
    return words.isEmpty ? String(start.drop { $0 == "\0" }.prefix(1)) : words
  }
}

extension Tokenizer {
  /// Why a text can't be a prompt; nil where it can.
  package func complaint(about prompt: String) -> String? {
    do {
      let tokens = try encode(prompt).tokens
      return tokens.isEmpty ? "\"\(prompt)\" holds no token; write at least one word." : nil
    } catch {
      return "\"\(prompt)\": \(error.description)"
    }
  }
}

extension CorpusError {
  /// Whether the fact is that the file isn't there.
  package var isMissingFile: Bool { if case .missing = self { true } else { false } }
}
