struct Headline {
  let results: ExperimentResults; init(_ r: ExperimentResults) { results = r }
  var sentences: [String] { results.learningRateCurves.compactMap(\.sentence) }
}
