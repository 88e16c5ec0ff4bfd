#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Does the work with numbers below the normal range of single precision (1.2e-38) taken for 0, and leaves the thread as
/// it was.
///
/// Weights far down in a softmax, and their gradients, fall there once a model is sure of itself, as it is at a high
/// learning rate. They change nothing, but many processors take a hundred times longer over each of them. The mode is
/// the thread's own: work that is handed to another thread enters it there again.
package func flushingSubnormals<Result>(_ work: () -> Result) -> Result {
  var before = fenv_t()
  fegetenv(&before)
  defer { fesetenv(&before) }
  var flushing = before
  #if arch(x86_64)
    // Flush to zero and denormals are zero: Intel's manual, volume 1, section 10.2.3.
    flushing.__mxcsr |= 0x8040
  #elseif arch(arm64)
    // FZ: Arm's reference manual, FPCR.
    flushing.__fpcr |= 1 << 24
  #endif
  fesetenv(&flushing)
  return work()
}
