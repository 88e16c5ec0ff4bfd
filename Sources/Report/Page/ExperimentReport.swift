import Answers
import Store

/// All that is reported of an experiment, before it is a page, a Markdown file or lines on a terminal.
struct ExperimentReport {
  let results: ExperimentResults
  let headline: [String]
  let table: Table
  let samples: SampleTables?
  let origins: Origins
  let queries: [FigureQuery]

  init(_ results: ExperimentResults, _ database: ResultsDatabase) throws {
    self.results = results
    headline = Answers(results).sentences
    table = Table.comparison(results)
    samples = try SampleTables(results, database)
    origins = Origins(results)
    queries = FigureQuery.all(of: results.experiment.name)
  }
}
