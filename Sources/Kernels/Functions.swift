/// tanh(x) in each lane, with a relative error of at most 4e-7. NaN stays NaN.
///
/// The rational function of Eigen (`generic_fast_tanh_float`, https://gitlab.com/libeigen/eigen), which is exact enough near 0, where
/// a formula by powers would cancel. Beyond ±7.9 the result is rounded to ±1.
@_transparent
func hyperbolicTangent(_ x: Lanes) -> Lanes {
  let limit: Float = 7.905_311
  // This order of arguments keeps NaN.
  let x = Lanes(repeating: limit).lesser(Lanes(repeating: -limit).greater(x))
  let q = x * x
  var p = Lanes(repeating: 2.000_187_9e-13).addingProduct(q, Lanes(repeating: -2.760_768_5e-16))
  p = Lanes(repeating: -8.604_671_5e-11).addingProduct(p, q)
  p = Lanes(repeating: 5.122_297_1e-8).addingProduct(p, q)
  p = Lanes(repeating: 1.485_722_36e-5).addingProduct(p, q)
  p = Lanes(repeating: 6.372_619_3e-4).addingProduct(p, q)
  p = Lanes(repeating: 4.893_524_6e-3).addingProduct(p, q)
  var d = Lanes(repeating: 1.185_347_06e-4).addingProduct(q, Lanes(repeating: 1.198_258_4e-6))
  d = Lanes(repeating: 2.268_434_63e-3).addingProduct(d, q)
  d = Lanes(repeating: 4.893_525_2e-3).addingProduct(d, q)
  return x * p * d.reciprocals
}

/// erf(x) in each lane, with a relative error of at most 4e-7. NaN stays NaN.
///
/// The rational function of XLA (`ErfImpl32`, https://github.com/openxla/xla). Beyond ±4 the result is rounded to ±1.
@_transparent
func errorFunction(_ x: Lanes) -> Lanes {
  let x = Lanes(repeating: 4).lesser(Lanes(repeating: -4).greater(x))
  let q = x * x
  var p = Lanes(repeating: 2.770_681_4e-8).addingProduct(q, Lanes(repeating: -2.726_142_3e-10))
  p = Lanes(repeating: -2.101_024e-6).addingProduct(p, q)
  p = Lanes(repeating: -5.692_506_5e-5).addingProduct(p, q)
  p = Lanes(repeating: -7.349_906_3e-4).addingProduct(p, q)
  p = Lanes(repeating: -2.954_599_8e-3).addingProduct(p, q)
  p = Lanes(repeating: -1.609_603_33e-2).addingProduct(p, q)
  var d = Lanes(repeating: -2.133_740_55e-4).addingProduct(q, Lanes(repeating: -1.456_607_2e-5))
  d = Lanes(repeating: -1.682_827e-3).addingProduct(d, q)
  d = Lanes(repeating: -7.373_329_2e-3).addingProduct(d, q)
  d = Lanes(repeating: -1.426_473_9e-2).addingProduct(d, q)
  return x * p * d.reciprocals
}
