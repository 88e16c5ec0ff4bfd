import Store

extension Measuring {
  /// What a spec looks at that says nothing of it.
  package init() {
    func number(_ key: SpecKey) -> Double { key.fallback(beside: [:])?.number ?? 0 }
    self.init(
      evalEvery: Int(number(.evalEvery)), sampleEvery: Int(number(.sampleEvery)), prompts: nil,
      sampleTokens: Int(number(.sampleTokens)), temperature: number(.temperature))
  }
}
