import Foundation
import Model
import Store

/// What some specs ask for: experiments with their runs, ready to be trained.
package struct Plan {
  /// A spec with its runs: each configuration with each seed.
  package struct PlannedExperiment {
    package let spec: Spec
    /// All runs of the spec.
    private let grid: [PlannedRun]
    /// Which of them the plan has: all, or those of a shard.
    private let places: [Int]
    /// The runs that the plan has.
    package let runs: [PlannedRun]

    fileprivate init(spec: Spec, grid: [PlannedRun], where isKept: (PlannedRun) -> Bool = { _ in true }) {
      self.spec = spec
      self.grid = grid
      places = grid.indices.filter { isKept(grid[$0]) }
      runs = places.map { grid[$0] }
    }

    /// The same with some of its runs.
    fileprivate func keeping(_ keys: Set<PlannedRun.Key>) -> PlannedExperiment {
      PlannedExperiment(spec: spec, grid: grid) { keys.contains($0.key) }
    }

    /// The experiment as the database holds it: that of the whole spec, whichever of its runs the plan has.
    package var record: Experiment {
      let floors = Set(grid.map(\.evaluated.floorBitsPerByte))
      var measuring = spec.measuring
      if measuring.prompts == nil {
        measuring.openings = Set(grid.flatMap(\.observations).flatMap(\.prompts)).sorted().map(\.exact)
      }
      return Experiment(
        name: spec.name, description: spec.description, spec: spec.source, specPath: spec.path, axes: spec.axes,
        measuring: measuring, floorBitsPerByte: floors.count == 1 ? floors.first ?? nil : nil)
    }

    /// The runs as the database holds them, each with its place in the grid and its value on the axes that have a meaning for it.
    package var gridRecords: [ResultsDatabase.GridRun] {
      zip(places, runs).map {
        ResultsDatabase.GridRun(run: $1.record, position: $0, point: spec.point(of: $1.configuration))
      }
    }
  }

  package private(set) var experiments: [PlannedExperiment] = []
  private(set) var issues: [SpecIssue] = []

  /// Reads the spec files, each with the changes, and the texts that they name.
  ///
  /// - Throws: `InvalidSpecs`, with everything that is wrong with any of them.
  package init(specs paths: [String], changes: SpecChanges = SpecChanges()) throws(InvalidSpecs) {
    let reader = SpecReader(paths: paths, changes: changes)
    issues = reader.issues
    var library = TextLibrary()
    for draft in reader.drafts {
      var issues: [SpecIssue] = []
      let runs = Self.runs(of: draft, &library, &issues)
      self.issues += issues
      experiments.append(PlannedExperiment(spec: draft.spec, grid: runs))
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

  /// The plan with some of its runs; an experiment of which none is left has no part in it.
  func keeping(_ keys: Set<PlannedRun.Key>) -> Plan {
    var plan = self
    plan.experiments = experiments.map { $0.keeping(keys) }.filter { !$0.runs.isEmpty }
    return plan
  }

  /// Bytes of memory that the texts and their tokens take, with the weights that training goes on from. Several tokenizers share a text.
  package var textMemory: Double {
    var (tokenized, corpora, weights): (Set<TextIdentity>, Set<String>, Set<String>) = ([], [], [])
    let initial = experiments.flatMap(\.runs).compactMap(\.initialWeights).filter { weights.insert($0.sha256).inserted }
    return experiments.flatMap(\.runs).filter { tokenized.insert($0.textIdentity).inserted }.map(\.text)
      .reduce(initial.reduce(0) { $0 + $1.memory }) { sum, text in
        let texts = text.corpora.filter { corpora.insert($0.sha256).inserted }
        return sum + Double(text.memoryOfTokens) + texts.reduce(0) { $0 + Double($1.utf8.count) }
      }
  }

  /// What somebody should know of the texts before hours of training: a held-out part that differs from the rest.
  package var warnings: [String] {
    var seen: Set<[String]> = []
    return experiments.flatMap { experiment in
      experiment.runs.compactMap { run in
        let text = [run.text.corpus.sha256, run.text.heldOutSHA256, run.configuration.text(.tokenizer)]
        guard seen.insert(text).inserted else { return nil }
        return run.text.warning(of: run.configuration).map { "\(experiment.spec.path): \($0)" }
      }
    }
  }

  /// The keys that say what the tokens of a text are.
  private static let keysOfTokens: Set<SpecKey> = [
    .tokenizer, .vocabSize, .validation, .validationFraction, .split, .documentMark, .evalBytes, .initialWeights,
  ]

  /// The runs of a spec, or none where it isn't complete: then only its texts are looked at, as far as the spec says which they are.
  private static func runs(
    of draft: SpecDraft, _ library: inout TextLibrary, _ issues: inout [SpecIssue]
  ) -> [PlannedRun] {
    let spec = draft.spec
    func isKnown(_ keys: Set<SpecKey>) -> Bool { draft.unclear.isDisjoint(with: keys) }
    var runs: [PlannedRun] = []
    var names: [SpecKey: [String: String]] = [:]
    var openings: [TextIdentity: String] = [:]
    var told: Set<SpecIssue> = []
    func complain(_ key: SpecKey, _ message: String, isMissingFile: Bool = false) {
      let place = spec.changes.place(of: key.rawValue, in: spec.path, isOfSpec: true)
      let issue = SpecIssue(file: place, key: key.rawValue, message: message, isMissingFile: isMissingFile)
      if told.insert(issue).inserted { issues.append(issue) }
    }
    func tellBadPrompts(_ prompts: [String], _ text: TokenizedCorpus) {
      for message in prompts.compactMap(text.tokenizer.complaint) { complain(.prompts, message) }
    }
    /// The weights that a configuration's training goes on from; nil after a complaint.
    func initialWeights(_ name: String, _ configuration: Configuration) -> InitialWeights? {
      let weights: InitialWeights
      do throws(WeightFileError) {
        weights = try library.initialWeights(name, beside: spec.folder)
      } catch {
        complain(.initialWeights, error.description, isMissingFile: error.fault == .missing)
        return nil
      }
      let first = names[.initialWeights, default: [:]][weights.sha256, default: name]
      guard Scalar.text(first) == .text(name) else {
        complain(.initialWeights, "\"\(name)\" holds the same weights as \"\(first)\"; leave one out.")
        return nil
      }
      names[.initialWeights, default: [:]][weights.sha256] = name
      if let complaint = weights.complaintAboutTokenizer(configuration) {
        complain(.initialWeights, "\"\(name)\" \(complaint)")
        return nil
      }
      return weights
    }
    /// The tokens of a configuration's text; nil after a complaint.
    func tokens(
      of corpus: Corpus, _ validation: Corpus?, _ configuration: Configuration, _ weights: InitialWeights?
    ) throws(TokenizerError) -> TokenizedCorpus? {
      do throws(TokenizerError) {
        return try library.tokens(of: corpus, validation: validation, configuration, weights)
      } catch {
        guard weights != nil else { throw error }
        complain(
          .initialWeights,
          "\"\(configuration.text(.initialWeights))\" doesn't know all of \"\(corpus.name)\": \(error.fact). "
            + "Leave it out of the text, or name other weights.")
        return nil
      }
    }
    for configuration in spec.configurations {
      do {
        var texts: [SpecKey: Corpus] = [:]
        for key in [SpecKey.corpus, .validation] where isKnown([key]) {
          guard let name = configuration[key]?.exact else { continue }
          let text: Corpus
          do throws(CorpusError) {
            text = try library.corpus(name, beside: spec.folder)
          } catch {
            complain(key, error.description, isMissingFile: error.isMissingFile)
            continue
          }
          let first = names[key, default: [:]][text.sha256, default: name]
          guard Scalar.text(first) == .text(name) else {
            complain(key, "\"\(name)\" holds the same text as \"\(first)\"; leave one out.")
            continue
          }
          names[key, default: [:]][text.sha256] = name
          texts[key] = text
        }
        guard let corpus = texts[.corpus], configuration[.validation] == nil || texts[.validation] != nil else {
          continue
        }
        if let name = configuration[.validation]?.exact, texts[.validation]?.sha256 == corpus.sha256 {
          complain(.validation, "\"\(name)\" holds the same text as \"corpus\"; name a text that isn't trained on.")
          continue
        }
        guard isKnown(keysOfTokens) else { continue }
        var weights: InitialWeights?
        if let name = configuration[.initialWeights]?.exact {
          guard let read = initialWeights(name, configuration) else { continue }
          weights = read
        }
        guard let text = try tokens(of: corpus, texts[.validation], configuration, weights) else { continue }
        guard isKnown([.contextLength]), isLongEnough(text, configuration, complain) else {
          tellBadPrompts(spec.measuring.prompts ?? [], text)
          continue
        }
        // To find it takes longer than all the rest.
        let identity = TextIdentity(text, configuration, weights)
        let opening = openings[identity] ?? text.opening
        openings[identity] = opening
        tellBadPrompts(spec.measuring.prompts ?? (isKnown([.prompts]) ? [opening] : []), text)
        guard let evaluated = library.evaluated(text, configuration, weights) else {
          complain(
            .evalBytes,
            "the held-out part of \"\(text.heldOutCorpus.name)\" has a single word; write eval_tokens instead.")
          continue
        }
        guard draft.isComplete else { continue }
        if let weights, let complaint = weights.complaintAboutArchitecture(configuration) {
          complain(.initialWeights, "\"\(configuration.text(.initialWeights))\" \(complaint)")
          continue
        }
        runs += spec.seeds.map {
          PlannedRun(
            configuration, seed: $0, text: text, initialWeights: weights, evaluated: evaluated,
            measuring: spec.measuring,
            checkpointSeconds: spec.checkpointSeconds, opening: opening)
        }
      } catch {
        complain(.tokenizer, error.description)
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

extension TokenizedCorpus {
  /// A sentence with the remedy where the held-out part's tokens differ from the training part's by more than blocks of the latter do; nil for
  /// a text of its own, which may be meant to differ.
  fileprivate func warning(of configuration: Configuration) -> String? {
    let remedy: String
    switch HoldOut(configuration) {
    case .none: return nil
    case .tail:
      remedy = "Write \"split\": \"lines\" or \"documents\", or name a held-out text of your own with \"validation\"."
    case .lines(let every), .documents(let every, _):
      remedy = String(
        format: "What is held out may be of one kind; write another \"validation_fraction\", such as %.4f.",
        1 / Double(every + 1))
    }
    guard let difference = HeldOutDifference(training: training, heldOut: validation, vocabularySize: tokenizer.size),
      difference.isSignificant
    else { return nil }
    return String(
      format:
        "what is held out of \"%@\" differs from the rest: the frequencies of its %@ tokens by a divergence of %.4f nats, blocks "
        + "of the training part by %.4f (t = %.1f; above %.2f is beyond 99 %%). ", corpus.name, tokenizer.kind.rawValue,
      difference.heldOut, difference.usual, difference.t, HeldOutDifference.bound) + remedy
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
