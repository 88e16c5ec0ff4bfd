import Answers
import Store

/// All that is reported of an experiment, before it is a page, a Markdown file or lines on a terminal.
struct ExperimentReport {
  let results: ExperimentResults
  let findings: Findings
  let table: Table
  let samples: SampleTables?
  let origins: Origins
  let queries: [FigureQuery]

  /// What came out, in sentences.
  var headline: [String] { findings.sentences }

  init(_ results: ExperimentResults, _ database: ResultsDatabase) throws {
    self.results = results
    findings = Findings(
      results, checks: CoordinateAnswer.answers(of: results, try database.coordinates(of: results.experiment)))
    table = Table.comparison(results)
    samples = try SampleTables(results, database)
    origins = Origins(results)
    queries = FigureQuery.all(of: results.experiment.name)
  }
}
