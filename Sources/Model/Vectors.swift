import Kernels

/// What the arithmetic was built for, for programs that import this module alone.
public typealias Vectors = Kernels.Vectors
