import Foundation
import Model
import Store
import Words

/// The evaluations and samples that an experiment asks for and that runs finished earlier don't have. No run is trained again for
/// them.
///
/// Samples after the last step are drawn from the stored weights. Earlier evaluations and samples can't be made any more, and
/// are said to be missing. The evaluation after the last step is always there.
package struct LateSamples {
  /// What is missing of a finished run.
  private struct Gap {
    let run: PlannedRun
    let record: Run
    /// Samples after the last step.
    var late: [Sample.Key]
  }

  /// The experiment's name.
  private let name: String
  private var gaps: [Gap] = []
  /// Evaluations and samples that can't be made any more.
  private var lostEvaluations = 0
  private var lostSamples = 0

  /// Compares what an experiment asks for with what the database holds; nil where the database doesn't know the experiment.
  package init?(_ experiment: Plan.PlannedExperiment, in database: ResultsDatabase) throws {
    let name = experiment.spec.name
    let stored: Experiment
    do {
      stored = try database.experiment(named: name)
    } catch ResultsDatabaseError.noExperiment {
      return nil
    }
    self.name = name
    let looked = try database.looked(at: stored)
    let records = try database.runs(of: stored).reduce(into: [:]) { $0[PlannedRun.Key($1)] = $1 }
    for run in experiment.runs {
      guard let record = records[run.key], record.state.isOver, let id = record.id else { continue }
      let seen = looked[id] ?? Looked()
      for observation in run.observations {
        // A run that diverged or was stopped is looked at up to its last step alone, where it may have ended before it was.
        let reached = record.state == .finished ? run.steps : record.stepsDone - 1
        let evaluations = observation.evaluations.steps(after: 0)
        lostEvaluations += evaluations.count { $0 <= reached && $0 < run.steps && !seen.evaluations.contains($0) }
        let samples = observation.samples.steps(after: 0).filter { $0 <= reached }.flatMap(observation.samples)
          .filter { !seen.samples.contains($0) }
        let late = samples.filter { $0.step == run.steps && record.outcome.weights != nil }
        lostSamples += samples.count - late.count
        if !late.isEmpty { gaps.append(Gap(run: run, record: record, late: late)) }
      }
    }
  }

  /// What stays missing, in a sentence; nil where nothing does.
  package var missing: String? {
    guard lostEvaluations + lostSamples > 0 else { return nil }
    let parts = [(lostEvaluations, "evaluation"), (lostSamples, "sample")].filter { $0.0 > 0 }.map(Wording.number)
    return
      "\(name): \(parts.joined(separator: " and ")) that the spec now asks for can't be made: the runs were over "
      + "before, and of a finished run only the weights of its last step are kept."
  }

  /// Whether a weight file holds the run's own model: the same sizes and vocabulary, and, to the rounding of sums, the held-out loss
  /// that the run ended with. Earlier versions named weight files by numbers of runs, which two databases in one folder share.
  private static func holds(_ file: WeightFile, _ gap: Gap) -> Bool {
    guard file.model.architecture == gap.run.architecture, file.tokenizer == gap.run.text.tokenizer,
      let loss = gap.record.outcome.finalLoss
    else { return false }
    let places = gap.run.evaluatedTokens
    let tokens = gap.run.text.validation.dropFirst(places.lowerBound - 1).prefix(places.count + 1)
    return abs(file.model.evaluate(Array(tokens)).loss - loss) <= 1e-4 * max(1, abs(loss))
  }

  /// Draws the samples after the last step from the stored weights and adds them to the database, until it is asked to stop.
  ///
  /// - Returns: How many there were.
  /// - Throws: `ResultsDatabaseError`; a weight file that can't be read is told to the observer.
  package func make(
    in database: ResultsDatabase, _ files: ResultFiles, stop: StopSignal, _ observer: any SweepObserver
  ) throws -> Int {
    var made = 0
    for gap in gaps where !stop.isSet {
      guard let weights = gap.record.outcome.weights, let reference = gap.record.reference else { continue }
      do {
        let file = try WeightFile(contentsOf: files.url(weights), memory: Machine.memory)
        guard Self.holds(file, gap) else {
          observer.note(
            "\(name): samples of run \(reference.id) can't be drawn: \(files.url(weights).relativePath) holds another "
              + "model's weights, as its loss tells. Other databases of earlier versions may have written to that file."
          )
          continue
        }
        let model = file.model
        let samples = try gap.late.map { key in
          try key.sample(of: gap.run) { prompt, count, temperature, random in
            var generator = Generator(model, temperature: temperature, random: random)
            return generator.generate(after: prompt, count: count)
          }
        }
        if try database.add(samples, to: reference) { made += samples.count }
      } catch let error as WeightFileError {
        observer.note("\(name): samples of run \(reference.id) are missing. \(error)")
      }
    }
    return made
  }
}

extension PlannedRun.Key {
  fileprivate init(_ run: Run) { self.init(identity: run.config, seed: run.seed) }
}
