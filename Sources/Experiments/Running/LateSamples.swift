import Foundation
import Model
import Store
import Words

/// What experiments ask to see of runs that are over. Samples after the last step are made from the stored weights; evaluations and
/// samples between the steps can't be made any more, and are said to be missing.
struct LateSamples {
  private let database: ResultsDatabase
  private let files: ResultFiles
  private let observer: any SweepObserver

  init(_ database: ResultsDatabase, files: ResultFiles, observer: any SweepObserver) {
    (self.database, self.files, self.observer) = (database, files, observer)
  }

  /// Makes the samples that are missing of the plan's finished runs, and tells what stays missing.
  func make(_ plan: Plan) throws {}
}
