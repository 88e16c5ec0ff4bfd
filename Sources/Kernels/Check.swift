/// Ends the program with a message if the condition doesn't hold. Unlike a `precondition` this check is also alive in a build
/// without checks, which the module is as a rule: for what a caller may get wrong, where it costs nothing beside the work.
@inline(__always)
func check(_ condition: @autoclosure () -> Bool, _ message: @autoclosure () -> String) {
  if !condition() { fail(message()) }
}

@inline(never)
private func fail(_ message: String) -> Never { fatalError(message) }

/// Checks that a token is one of a vocabulary of so many.
@inline(__always)
func checkToken(_ token: Int32, _ vocabularySize: Int) {
  check(Int(token) >= 0 && Int(token) < vocabularySize, "token \(token) is beyond the vocabulary of \(vocabularySize)")
}
